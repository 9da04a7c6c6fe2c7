"""A screen is known to the application alone: so it can be added, read and taken away without the others."""

from tests.architecture.imports import read_imports

BASES = {"action_screen", "work", "confirm"}
"""What screens are made of, and the question that several of them ask."""


def test_no_screen_knows_another():
    """Its parts stand in its own folder; what two screens need is a widget, a page of present/, or a base."""
    room = "pgcraft_tui.screens."
    known = {
        f"{source} imports {target}"
        for source, targets in read_imports("pgcraft_tui").items()
        for target in targets
        if source.startswith(room) and target.startswith(room)
        if _name(source) != _name(target) and _name(target) not in BASES
    }
    assert set() == known


def _name(module: str) -> str:
    """Return the screen that a module is, or is a part of."""
    return module.split(".")[2]
