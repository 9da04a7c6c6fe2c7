"""Migrations: pgcraft's comparisons as an Alembic plugin, and revisions of plain Alembic and SQL."""
