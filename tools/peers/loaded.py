"""A plugin of pytest that loads pgcraft as ``env.py`` does, before the first test."""

from pgcraft.alembic.register import pgcraft_alembic_hook


def pytest_sessionstart() -> None:
    """Make Alembic compare as it does in a project of pgcraft's."""
    pgcraft_alembic_hook()
