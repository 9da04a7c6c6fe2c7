# app.py
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, select

from myapp.models import users

engine = create_engine("postgresql+psycopg://localhost/mydb")
app = FastAPI()


class UserCreate(BaseModel):
    name: str
    email: str
    age: int | None = None


@app.get("/users")
def list_users():
    with engine.connect() as conn:
        rows = conn.execute(select(users)).mappings().all()
        return [dict(r) for r in rows]


@app.get("/users/{user_id}")
def get_user(user_id: int):
    with engine.connect() as conn:
        row = conn.execute(
            select(users).where(users.c.id == user_id)
        ).mappings().first()
    if not row:
        raise HTTPException(status_code=404)
    return dict(row)


@app.post("/users", status_code=201)
def create_user(body: UserCreate):
    with engine.begin() as conn:
        result = conn.execute(
            users.insert()
            .values(**body.model_dump(exclude_none=True))
            .returning(users)
        )
        return dict(result.mappings().first())
