"""Names of constraints that the models leave to PostgreSQL, which numbers them as they come."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.implicit import choose_constraint_name
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog

_NUMBERED = ("foreign key", "unique")
_Table = tuple[str | None, str | None]
"""Schema and name."""

_NUMBER = re.compile(r"\d*\Z")


def adopt_names(wanted: Catalog, current: Catalog) -> Catalog:
    """Return the wanted catalog with the database's names for nameless foreign keys and unique constraints.

    Of several on the same columns, the database numbered the ones that came first; new ones get a number that is free.
    """
    unsettled = [item for item in wanted.of_kind(Kind.CONSTRAINT) if _is_numbered(item) and not _has(current, item)]
    if not unsettled:
        return wanted
    ours, theirs, open_ = _by_table(wanted), _by_table(current), _group(unsettled)
    names: dict[ObjectId, ObjectId] = {}
    for table, items in open_.items():
        names |= _rename(items, ours[table], theirs.get(table, []))
    return _with_names(wanted, names) if names else wanted


def step_aside(wanted: Catalog, taken: Collection[ObjectId]) -> Catalog:
    """Return nameless constraints other numbers where somebody else's constraints have the names.

    Args:
        taken: constraints of somebody else that say something else than the wanted ones of their names.
    """
    names = {}
    for object_id in sorted(taken):
        item = wanted.find(object_id)
        if item is not None and _NUMBER.sub("", object_id.name) == _choose_name(item, frozenset()):
            ours = {
                other.name for other in wanted.by_id if other.kind is Kind.CONSTRAINT and _is_beside(other, item.id)
            }
            theirs = {other.name for other in taken if _is_beside(other, object_id)}
            names[object_id] = object_id._replace(name=_choose_name(item, ours | theirs))
    return _with_names(wanted, names) if names else wanted


def _is_beside(left: ObjectId, right: ObjectId) -> bool:
    return (left.schema, left.parent) == (right.schema, right.parent)


def _by_table(catalog: Catalog) -> dict[_Table, list[CatalogObject]]:
    return _group(catalog.of_kind(Kind.CONSTRAINT))


def _group(items: Iterable[CatalogObject]) -> dict[_Table, list[CatalogObject]]:
    found: dict[_Table, list[CatalogObject]] = {}
    for item in items:
        found.setdefault((item.id.schema, item.id.parent), []).append(item)
    return found


def _has(catalog: Catalog, item: CatalogObject) -> bool:
    other = catalog.find(item.id)
    return other is not None and _is_same(item, other)


def _rename(
    unsettled: list[CatalogObject], wanted: list[CatalogObject], current: list[CatalogObject]
) -> dict[ObjectId, ObjectId]:
    """Return the new ids of a table's unsettled constraints, where those are others."""
    ids = {item.id for item in unsettled}
    settled = {item.id for item in wanted} - ids
    free = [item for item in current if item.id not in settled]
    found: dict[ObjectId, ObjectId] = {}
    for item in unsettled:
        same = next((other for other in free if _is_numbered(other) and _is_same(item, other)), None)
        if same is not None:
            free.remove(same)
            found[item.id] = same.id
    kept = {item.id.name for item in free if any(_is_same(item, other) for other in wanted)}
    taken = {object_id.name for object_id in (*settled, *found.values())} | kept
    for item in unsettled:
        if item.id not in found:
            chosen = item.id.name if item.id.name not in taken else _choose_name(item, taken)
            taken.add(chosen)
            found[item.id] = item.id._replace(name=chosen)
    return {old: new for old, new in found.items() if old != new}


def _is_numbered(item: CatalogObject) -> bool:
    """Whether a constraint has the name that PostgreSQL would give it, with or without a number."""
    definition = item.defined_as(Constraint)
    return definition.type in _NUMBERED and _NUMBER.sub("", item.id.name) == _choose_name(item, frozenset())


def _choose_name(item: CatalogObject, taken: Iterable[str]) -> str:
    definition = item.defined_as(Constraint)
    return choose_constraint_name(definition.type, item.id.relation[1], definition.columns, frozenset(taken))


def _is_same(left: CatalogObject, right: CatalogObject) -> bool:
    return _is_text_of(left.defined_as(Constraint), right.defined_as(Constraint))


def _is_text_of(left: Constraint, right: Constraint) -> bool:
    return left.text == right.text


def _with_names(catalog: Catalog, names: dict[ObjectId, ObjectId]) -> Catalog:
    return make_catalog(
        replace(item, id=names.get(item.id, item.id), parts=tuple(names.get(part, part) for part in item.parts))
        for item in catalog.objects
    )
