"""Which operations of a revision must go together, so that leaving one out leaves out what cannot do without it."""

from collections.abc import Iterable, Iterator
from typing import Any

from pgcraft.catalog.kinds import INSIDE, RELATIONS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.order import Step

Keys = dict[int, str]
"""The keys of operations by the identity of the operation."""


def find_needs(steps: list[Step[Any]], keys: Keys) -> dict[int, tuple[str, ...]]:
    """Return for each operation the keys of those it cannot do without.

    These are: what makes what it requires; for views, functions and the like on a table, too, what makes columns of
    that table, for nobody says which of them they read; whatever else is done to the object, as the other half where it
    is recreated; for what goes, whatever stands on it and must go, or change, before; and for what is told by a new
    name, the rename.
    """
    renames = {step.subject: keys[id(step.item)] for step in steps if step.is_rename}
    made, used = _index(steps, keys, made=True), _index(steps, keys, made=False)
    beside: dict[ObjectId, set[str]] = {}
    for step in steps:
        beside.setdefault(step.subject, set()).add(keys[id(step.item)])
    found = {}
    for step in steps:
        required = {key for each in step.requires for key in made.get(each, ())}
        if _reads_tables(step):
            required |= {key for each in step.requires for key in made.get(_columns_of(each), ())}
        standing = {key for each in _widen(step.removes) for key in used.get(each, ())}
        renamed = {renames[each] for each in (_find_told(step) if renames else ()) if each in renames}
        needed = renamed if step.is_rename else required | standing | renamed | beside[step.subject]
        found[id(step.item)] = tuple(sorted(needed - {keys[id(step.item)]}))
    return found


def _reads_tables(step: Step[Any]) -> bool:
    """Whether nobody says which columns of a table its subject reads."""
    return step.subject.kind not in (Kind.TABLE, Kind.INDEX, *INSIDE)


def _find_told(step: Step[Any]) -> Iterator[ObjectId]:
    """Return what an operation may tell by its name, with the relations of parts."""
    for each in {step.subject, *step.requires, *step.releases}:
        yield each
        if each.parent is not None:
            yield from (each.table._replace(kind=kind) for kind in RELATIONS)
        if each.kind is Kind.GRANT:
            yield each.granted_on


def _index(steps: list[Step[Any]], keys: Keys, *, made: bool) -> dict[ObjectId, set[str]]:
    """Return for each object the operations that make it, or those of objects that stand on it."""
    found: dict[ObjectId, set[str]] = {}
    for step in steps:
        if made:
            ids: Iterable[ObjectId] = _widen(step.provides - step.removes)
        elif _reads_tables(step):
            ids = {*step.releases, *(_columns_of(each) for each in step.releases | step.requires)}
        else:
            ids = step.releases
        for each in ids:
            found.setdefault(each, set()).add(keys[id(step.item)])
    return found


def _widen(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Add to columns the mark of all columns of their table."""
    known = set(ids)
    tables = {each.table for each in known if each.kind is Kind.COLUMN}
    return known | {_columns_of(table) for table in tables - known}


def _columns_of(table: ObjectId) -> ObjectId:
    """Return the mark of all columns of a table; of any other object one that nothing has."""
    return ObjectId(Kind.COLUMN, table.schema, "*", parent=table.name, signature=table.kind.value)
