alembic revision --autogenerate -m "add products table"
