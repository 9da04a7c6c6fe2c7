"""Changes of types that columns are of: in place where they can be, else the type is recreated under its columns.

A type that is recreated takes those that are made of it along.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.kinds import RELATIONS, TYPES, Falls, select
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff import composites, domains, enums, ranges
from pgcraft.diff.cascade import order_objects
from pgcraft.diff.casts import Cast, check_cast
from pgcraft.diff.changes import Alteration, TypeChanges
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.kind_changes import hazards_of_kind, is_of_another_kind
from pgcraft.diff.partitions import check_divider, find_dividing
from pgcraft.diff.remaking import Convert, Remaking, list_own_names
from pgcraft.diff.type_uses import element_type, find_columns, find_kept_columns, find_nested, find_standing, list_names
from pgcraft.identifiers import find_free_name
from pgcraft.render.dispatch import render_create, render_drop

_OLD = "{}__old"
_READERS = select(lambda row: row.falls is Falls.ALWAYS or row.falls is Falls.WITH_OWNER_OR_VIEW)

Groups = Mapping[ObjectId, frozenset[ObjectId]]
"""The types that are recreated together, by that of them which stands for all."""


CHANGES: dict[Kind, TypeChanges] = {
    Kind.ENUM: enums.CHANGES,
    Kind.DOMAIN: domains.CHANGES,
    Kind.COMPOSITE: composites.CHANGES,
    Kind.RANGE: ranges.CHANGES,
}
"""How types of each kind change."""


def find_remade(diff: Diff, current: Catalog, wanted: Catalog) -> frozenset[ObjectId]:
    """Return the columns whose type is recreated."""
    groups = group_remade(diff, current, wanted).values()
    return frozenset(column.id for group in groups for column in find_columns(current, *group))


def leave_moved(diff: Diff, moved: frozenset[ObjectId], wanted: Catalog) -> Diff:
    """Return a difference without the types of columns that come along with a type, under whatever name it has then."""
    names = {name for change in diff.changed if change.id.kind in TYPES for name in list_names(change.wanted)}
    changed = (
        replace(change, facts=tuple(fact for fact in change.facts if fact != "type"))
        if change.id in moved and element_type(wanted.by_id[change.id]) in names
        else change
        for change in diff.changed
    )
    return replace(diff, changed=tuple(change for change in changed if change.facts))


def group_remade(diff: Diff, current: Catalog, wanted: Catalog) -> Groups:
    """Return the types that cannot change where they stand, as an enumerated one that loses values, with their users.

    What goes for good is no such user.
    """
    going = frozenset(item.id for item in diff.removed)
    types = (change for change in diff.changed if change.id.kind in TYPES)
    groups: dict[ObjectId, frozenset[ObjectId]] = {}
    for change in types:
        if not is_of_another_kind(change) and CHANGES[change.id.kind].is_in_place(change, current):
            continue
        group = frozenset({change.id, *(find_nested(current, change.id) - going)})
        _join(groups, group, diff)
    for group in _find_joined(groups, current, wanted) if len(groups) > 1 else ():
        _join(groups, group, diff)
    return groups


def _join(groups: dict[ObjectId, frozenset[ObjectId]], group: frozenset[ObjectId], diff: Diff) -> None:
    """Add a group, and make one of it and all that share a type with it."""
    for other in [each for each, members in groups.items() if members & group]:
        group |= groups.pop(other)
    groups[min(group & {change.id for change in diff.changed})] = group


def _find_joined(groups: Groups, current: Catalog, wanted: Catalog) -> list[frozenset[ObjectId]]:
    """Return the types between which columns move: all of them must be there as they are to be before one goes."""
    members = sorted(frozenset().union(*groups.values()))
    named = {name: each for each in members for name in list_names(current.by_id[each])}
    columns = ((item, wanted.find(item.id)) for item in find_columns(current, *members))
    pairs = ((element_type(old), element_type(new)) for old, new in columns if new is not None)
    return [frozenset(named[name] for name in pair) for pair in pairs if len(named.keys() & set(pair)) > 1]


def alter_types(diff: Diff, current: Catalog, wanted: Catalog, cast: Cast) -> dict[ObjectId, Alteration]:
    """Return the way from one form of each changed type to the other; one of a group changes all of it.

    Args:
        diff: with the wanted types in the form of the database.
        current: the database.
        wanted: the models, as they were declared; that is what gets executed.
        cast: finds how old values become values of another type.
    """
    groups = group_remade(diff, current, wanted)
    going = frozenset(item.id for item in diff.removed)
    changes = {change.id: change for change in diff.changed if change.id.kind in TYPES}
    sides = (current, wanted, cast)
    found = {
        each: _alter_group(group, [changes[other] for other in sorted(group & changes.keys())], going, *sides)
        for each, group in groups.items()
    }
    members = frozenset().union(*groups.values())
    return found | {
        each: Alteration((), ()) if each in members else _alter(change, current, wanted, cast)
        for each, change in changes.items()
        if each not in found
    }


def _alter_group(
    group: frozenset[ObjectId],
    changes: list[Change],
    going: frozenset[ObjectId],
    current: Catalog,
    wanted: Catalog,
    cast: Cast,
) -> Alteration:
    columns = find_kept_columns(current, wanted, going, *group)
    for column in columns:
        check_divider(column.id, current)
    hazards = (
        hazard
        for change in changes
        for hazard in (
            hazards_of_kind(change) if is_of_another_kind(change) else CHANGES[change.id.kind].hazards(change, current)
        )
    )
    return Alteration(
        tuple(_remake(group, current, wanted, columns, partial(_convert, cast))),
        tuple(_remake(group, wanted, current, columns, partial(_convert_back, cast))),
        tuple(dict.fromkeys(hazards)),
    )


def _convert(cast: Cast, item: CatalogObject, value: str, old: str, new: str) -> str:
    return check_cast(cast(value, old, new), item, old, new)


def _convert_back(cast: Cast, _: CatalogObject, value: str, old: str, new: str) -> str:
    return cast(value, new, old).back


def _alter(change: Change, current: Catalog, wanted: Catalog, cast: Cast) -> Alteration:
    changes = CHANGES[change.id.kind]
    up, down = changes.alter(change, wanted.by_id[change.id])
    hazards = changes.hazards(change, current)
    if down is None and _divides(change.id, current):
        return Alteration(up, (), hazards)
    if down is None:
        return Alteration(up, tuple(_remake_alone(change, current, wanted, cast)), hazards, is_remade_by_down=True)
    return Alteration(up, down, hazards)


def _divides(type_id: ObjectId, current: Catalog) -> bool:
    """Whether a table is divided by a column of a type, which then keeps what it got: nothing makes it again."""
    columns = find_columns(current, type_id, *find_nested(current, type_id))
    return any(True for column in columns for _ in find_dividing(column.id, current))


def _remake(
    group: frozenset[ObjectId],
    before: Catalog,
    after: Catalog,
    columns: tuple[CatalogObject, ...],
    convert: Convert,
) -> Iterator[str]:
    """Return the SQL that makes types again.

    Args:
        group: their ids.
        before: where they are as they are.
        after: where they are as they are to be; what is not there stays as it is.
        columns: their columns in the database; what goes for good goes before.
        convert: finds how values become those of another type.
    """
    by_id = {each: before.find(each) or after.by_id[each] for each in group}
    ordered = order_objects(after, [each for each in group if each in after.by_id])
    rest = sorted(group.difference(ordered))
    items = [*(after.by_id[each] for each in ordered), *(by_id[each] for each in rest)]
    sides = ((before.find(column.id), after.find(column.id)) for column in columns)
    moved = tuple((old or item, new or item) for (old, new), item in zip(sides, columns, strict=True))
    yield from Remaking(by_id, items, moved, _choose_names((*by_id.values(), *items), before, after), convert).render()


def find_restructured(diff: Diff, current: Catalog) -> dict[ObjectId, frozenset[ObjectId]]:
    """Return the composite types whose attributes change where they stand, with what reads these and cannot stay.

    What reads them stays while attributes are only added.
    """
    composites_ = (change for change in diff.changed if isinstance(change.wanted.definition, Composite))
    changes = (change for change in composites_ if not is_of_another_kind(change))
    found = (change for change in changes if not {"attributes", "collations"}.isdisjoint(change.facts))
    in_place = (change for change in found if composites.CHANGES.is_in_place(change, current))
    return {
        change.id: frozenset(_list_readers(change.id, current)) if composites.disturbs(change) else frozenset()
        for change in in_place
    }


def _list_readers(type_id: ObjectId, current: Catalog) -> Iterator[ObjectId]:
    for item in (current.by_id[each] for each in current.dependents.get(type_id, ())):
        if item.id.kind in _READERS or _is_atomic(item):
            yield item.id


def _is_atomic(item: CatalogObject) -> bool:
    return isinstance(item.definition, Function) and item.definition.is_atomic


def _choose_names(types: tuple[CatalogObject, ...], *catalogs: Catalog) -> dict[tuple[str, str], str]:
    """Return the names that types have while they are recreated; they share theirs with tables and views."""
    found = (item.id for catalog in catalogs for item in catalog.of_kind(*TYPES, *RELATIONS))
    taken = {(str(each.schema), each.name) for each in found}
    chosen: dict[tuple[str, str], str] = {}
    for schema, name in list_own_names(types):
        if (schema, name) not in chosen:
            free = find_free_name(_OLD.format(name), {other for owner, other in taken if owner == schema})
            chosen[schema, name] = free
            taken.add((schema, free))
    return chosen


def _remake_alone(change: Change, catalog: Catalog, wanted: Catalog, cast: Cast) -> Iterator[str]:
    """Return the SQL that takes back what was added: all that stands on the type is dropped and given back.

    Args:
        catalog: the one before the change.
        wanted: the one after it.
    """
    group = frozenset({change.id, *find_nested(catalog, change.id)})
    standing = find_standing(group, catalog, wanted) - group
    items = [catalog.by_id[object_id] for object_id in order_objects(catalog, standing)]
    attached = (Kind.TRIGGER, Kind.GRANT)
    for item in reversed(items):
        if item.id.kind not in attached or not standing.intersection(item.depends_on):
            yield from render_drop(item)
    yield from _remake(group, wanted, catalog, find_columns(catalog, *group), partial(_convert_back, cast))
    for item in items:
        yield from render_create(item)
