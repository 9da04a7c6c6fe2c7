"""A whole catalog as statements that make it on an empty database."""

from collections.abc import Iterable

from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import right_to_own
from pgcraft.graph import order_groups
from pgcraft.render.dispatch import render_alone, state
from pgcraft.render.statement import Statement
from pgcraft.render.tables import create_table_without, foreign_keys

_RANK = {kind: index for index, kind in enumerate(Kind)}

Needs = dict[ObjectId, set[ObjectId]]


def render_catalog(catalog: Catalog) -> tuple[Statement, ...]:
    """Return the statements in run order, the same on every run.

    Objects come by kind, and before that by what they need. Foreign keys of tables that point to each other are added
    when all of them are there; functions may come before the relations that their bodies name where the two need each
    other, so switch ``check_function_bodies`` off when running this.
    """
    needs = _lift_needs(catalog)
    statements: list[Statement] = []
    for group in order_groups(needs, needs, key=_rank):
        statements += _render_group(group, catalog, needs)
    return tuple(statements)


def _rank(object_id: ObjectId) -> tuple[int, tuple[str, ...]]:
    return (_RANK[object_id.kind], object_id.sort_key)


def _lift_needs(catalog: Catalog) -> Needs:
    """Return what each statement's object needs; columns and constraints are made with their tables."""
    owner = {part: item.id for item in catalog.of_kind(Kind.TABLE) for part in item.parts if part.kind in INSIDE}
    needs: Needs = {item.id: set() for item in catalog.objects if item.id not in owner}
    for item in catalog.objects:
        own_id = owner.get(item.id, item.id)
        needs[own_id].update(owner.get(needed, needed) for needed in item.depends_on)
        if (right := right_to_own(item)) in needs:
            needs[own_id].add(right)
        needs[own_id].discard(own_id)
    return needs


def _render_group(group: tuple[ObjectId, ...], catalog: Catalog, needs: Needs) -> list[Statement]:
    """Render what needs each other: foreign keys wait for the end, functions do not wait for what they name."""
    if len(group) == 1:
        return list(render_alone(catalog.by_id[group[0]], catalog))
    members = frozenset(group)
    waiting = _foreign_keys_between(members, catalog)
    loose = {object_id: needs[object_id] - _loose_needs(object_id, members, catalog, waiting) for object_id in group}
    statements: list[Statement] = []
    for smaller in order_groups(group, loose, key=_rank):
        for object_id in smaller:
            statements += _render_without(catalog.by_id[object_id], catalog, waiting)
    for constraint in sorted(waiting):
        statements += render_alone(catalog.by_id[constraint], catalog)
    return statements


def _loose_needs(
    object_id: ObjectId, members: frozenset[ObjectId], catalog: Catalog, waiting: frozenset[ObjectId]
) -> frozenset[ObjectId]:
    if object_id.kind is Kind.FUNCTION:
        return members
    if object_id.kind is not Kind.TABLE:
        return frozenset()
    parts = (catalog.by_id[part] for part in catalog.by_id[object_id].parts if part in catalog.by_id)
    kept = {needed for part in parts if part.id not in waiting for needed in part.depends_on}
    return frozenset(members - kept - set(catalog.by_id[object_id].depends_on))


def _foreign_keys_between(members: Iterable[ObjectId], catalog: Catalog) -> frozenset[ObjectId]:
    inside = frozenset(members)
    return frozenset(
        key.id
        for object_id in inside
        if object_id.kind is Kind.TABLE
        for key in foreign_keys(catalog.by_id[object_id], catalog)
        if inside.intersection(key.depends_on) - {object_id}
    )


def _render_without(item: CatalogObject, catalog: Catalog, left_out: frozenset[ObjectId]) -> tuple[Statement, ...]:
    if item.id.kind is not Kind.TABLE:
        return render_alone(item, catalog)
    return state(item, create_table_without(item, catalog, left_out), catalog)
