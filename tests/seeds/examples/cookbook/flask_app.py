# app.py
from flask import Flask, jsonify, request
from sqlalchemy import create_engine, select

from myapp.models import users

engine = create_engine("postgresql+psycopg://localhost/mydb")
app = Flask(__name__)


@app.get("/users")
def list_users():
    with engine.connect() as conn:
        rows = conn.execute(select(users)).mappings().all()
        return jsonify([dict(r) for r in rows])


@app.post("/users")
def create_user():
    data = request.get_json()
    with engine.begin() as conn:
        result = conn.execute(
            users.insert().values(**data).returning(users)
        )
        return jsonify(dict(result.mappings().first())), 201
