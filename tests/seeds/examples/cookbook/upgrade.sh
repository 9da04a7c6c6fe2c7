# Upgrade from nothing to head (full schema)
alembic upgrade head --sql > upgrade.sql
