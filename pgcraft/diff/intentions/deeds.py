"""What is done to an object, over all that is done to it."""

from collections.abc import Iterable
from enum import Enum, auto

from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.actions import Verb


class Deed(Enum):
    """What becomes of an object in the end."""

    NEW = auto()
    GONE = auto()
    AGAIN = auto()
    RENAMED = auto()
    REPLACED = auto()
    ALTERED = auto()
    ASIDE = auto()
    OTHER = auto()


def find_deeds(steps: Iterable[tuple[str, ObjectId]]) -> dict[ObjectId, Deed]:
    """Return it for each object, in the order in which they are first touched.

    Args:
        steps: verb and object of all that is done, in run order.
    """
    verbs: dict[ObjectId, set[str]] = {}
    for verb, object_id in steps:
        verbs.setdefault(object_id, set()).add(verb)
    return {object_id: _sum_up(found) for object_id, found in verbs.items()}


def _sum_up(verbs: set[str]) -> Deed:
    if {Verb.CREATE, Verb.DROP} <= verbs:
        return Deed.AGAIN
    found = (deed for verb, deed in _FIRST.items() if verb in verbs)
    return next(found, Deed.ASIDE if verbs & {Verb.SET_ASIDE, Verb.RESTORE} else Deed.OTHER)


_FIRST = {
    Verb.CREATE: Deed.NEW,
    Verb.DROP: Deed.GONE,
    Verb.RENAME: Deed.RENAMED,
    Verb.REPLACE: Deed.REPLACED,
    Verb.ALTER: Deed.ALTERED,
}
"""What counts most of all that is done."""
