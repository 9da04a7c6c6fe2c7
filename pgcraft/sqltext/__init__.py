"""SQL text of what SQLAlchemy builds, and the layout of PL/pgSQL."""
