"""Where Alembic calls us: its plugin interface, its implementation, the last touch on a revision."""
