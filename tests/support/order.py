"""In which order files run: one that takes long does not begin when all others have ended."""

import pytest

LONG = (
    "tui/test_terminal_palette.py",
    "tui/test_terminal.py",
    "docs/test_pages_run.py",
    "tui/test_pictures.py",
    "tui/test_leaving.py",
    "tui/test_bursts.py",
    "tui/test_every_action.py",
    "alembic/test_changes.py",
    "alembic/test_alone.py",
    "service/test_migrations.py",
    "service/test_proof.py",
    "service/test_wiring.py",
    "cli/test_commands.py",
    "factories/test_row_security_rules.py",
)
"""The files that take longest, whether they compute or wait; the others follow as they are collected."""


def put_long_ones_first(items: list[pytest.Item]) -> None:
    """Sort tests by their files' place in the list."""
    places = {f"tests/{name}": at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
