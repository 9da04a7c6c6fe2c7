"""SQLAlchemy's elements that say what a catalog says: what Alembic's operations are made of."""
