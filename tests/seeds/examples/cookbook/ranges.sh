# From one revision to another
alembic upgrade abc123:def456 --sql > upgrade.sql

# Downgrade SQL
alembic downgrade def456:abc123 --sql > downgrade.sql
