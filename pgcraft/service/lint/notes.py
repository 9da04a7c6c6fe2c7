"""How a rule says what it found."""

from typing import NamedTuple

from pgcraft.catalog.objects import CatalogObject


class Note(NamedTuple):
    """What a rule found: on which object, what, and how to mend it."""

    item: CatalogObject
    message: str
    remedy: str


def note(item: CatalogObject, message: str, remedy: str) -> Note:
    """Say what was found; the message goes on after the object's name."""
    return Note(item, message, remedy)
