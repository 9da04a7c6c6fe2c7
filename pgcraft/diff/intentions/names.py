"""How objects are called in a sentence: one by its name, many by their number."""

from collections.abc import Iterable, Sequence

from pgcraft.catalog.kinds import KINDS, PARTS, RELATIONS
from pgcraft.catalog.objects import Kind, ObjectId, escape_name

_MOST = 3


def say_object(object_id: ObjectId) -> str:
    """Return ``sales.customers``, ``sales.customers.phone``, ``function api.total(integer)``, ``index i on app.t``."""
    if object_id.kind in RELATIONS or object_id.kind is Kind.COLUMN:
        names = (object_id.schema, object_id.parent, object_id.name)
        return ".".join(escape_name(name) for name in names if name)
    return str(object_id)


def say_relation(part: ObjectId) -> str:
    """Return the name of what a part stands on."""
    return ".".join(escape_name(name) for name in part.relation if name)


def say_part(part: ObjectId) -> str:
    """Return how a part is called where its relation is named: ``phone``, ``index by_phone``."""
    name = escape_name(part.name)
    return name if part.kind is Kind.COLUMN else f"{part.kind} {name}"


def join_words(words: Sequence[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def join_names(names: Sequence[str]) -> str:
    """Return ``a, b and c``, and of more than a line takes ``a, b, c and 4 more``."""
    return join_words(names if len(names) <= _MOST + 1 else (*names[:_MOST], f"{len(names) - _MOST} more"))


def count_with(ids: Iterable[ObjectId], *, of: int = 1) -> str:
    """Return what comes along: `` with api.customers, 3 triggers and its grant``; nothing for nothing.

    Args:
        of: how many objects have it; one of many is not theirs.
    """
    words = _count(ids, article="its" if of == 1 else "a")
    return f" with {join_words(words)}" if words else ""


def count_apart(ids: Iterable[ObjectId]) -> list[str]:
    """Return relations by name and all else by number: ``["api.customers", "2 functions"]``."""
    return _count(ids)


def _count(ids: Iterable[ObjectId], *, article: str = "") -> list[str]:
    found: dict[Kind, list[ObjectId]] = {}
    for each in sorted(ids):
        found.setdefault(each.kind, []).append(each)
    kinds = sorted(found, key=lambda kind: (kind not in RELATIONS, KINDS[kind].drawn))
    return [word for kind in kinds for word in _count_kind(kind, found[kind], article)]


def _count_kind(kind: Kind, ids: Sequence[ObjectId], article: str) -> list[str]:
    if len(ids) > (_MOST if kind in RELATIONS else 1):
        return [f"{len(ids)} {KINDS[kind].plural}"]
    return [f"{article} {kind}" if article and kind in _OWNED else say_object(each) for each in ids]


_OWNED = (*PARTS, Kind.GRANT, Kind.FUNCTION)
"""What a relation has, so that its name need not be told."""
