"""Alembic's own tests, without pgcraft and with it."""
