"""The child process: the only one that imports the user's code, SQLAlchemy, Alembic and psycopg.

`python -m pgcraft.worker` is started by `pgcraft.service.child`, answers one request and ends.
"""
