"""Changes of types that columns are of: in place where they can be, else the type is recreated under its columns."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.kinds import RELATIONS, TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff import domains, enums
from pgcraft.diff.cascade import find_fallen, order_objects
from pgcraft.diff.changes import Alteration, TypeChanges
from pgcraft.diff.compare import Change, Diff
from pgcraft.identifiers import find_free_name, quote_name, quote_qualified
from pgcraft.render.dispatch import render_create, render_drop

_OLD = "{}__old"


CHANGES: dict[Kind, TypeChanges] = {Kind.ENUM: enums.CHANGES, Kind.DOMAIN: domains.CHANGES}
"""How types of each kind change."""


def find_columns(catalog: Catalog, type_id: ObjectId) -> tuple[CatalogObject, ...]:
    """Return the columns of a type or of an array of it, sorted."""
    name = quote_qualified(type_id.schema, type_id.name)
    return tuple(
        item for item in catalog.of_kind(Kind.COLUMN) if item.defined_as(Column).type.replace("[]", "") == name
    )


def find_remade(diff: Diff, current: Catalog) -> frozenset[ObjectId]:
    """Return the columns whose type is recreated."""
    return frozenset(column.id for type_id in list_remade(diff, current) for column in find_columns(current, type_id))


def list_remade(diff: Diff, current: Catalog) -> frozenset[ObjectId]:
    """Return the types that cannot change where they stand: an enumerated one that loses values."""
    types = (change for change in diff.changed if change.id.kind in TYPES)
    return frozenset(change.id for change in types if not CHANGES[change.id.kind].is_in_place(change, current))


def alter_type(change: Change, current: Catalog, wanted: Catalog) -> Alteration:
    """Return the way from one form of a type to another.

    Args:
        change: with the wanted type in the form of the database.
        current: the database.
        wanted: the models, as they were declared; that is what gets executed.
    """
    changes, declared = CHANGES[change.id.kind], wanted.by_id[change.id]
    hazards = changes.hazards(change)
    if changes.is_in_place(change, current):
        up, down = changes.alter(change, declared)
        if down is None:
            return Alteration(up, tuple(_remake_alone(change, current, wanted)), hazards, is_remade_by_down=True)
        return Alteration(up, down, hazards)
    columns = find_columns(current, change.id)
    kept = tuple(wanted.by_id[column.id] for column in columns if column.id in wanted.by_id)
    old_name = _choose_name(change.id, current, wanted)
    return Alteration(
        tuple(_remake(declared, kept, old_name)), tuple(_remake(change.current, columns, old_name)), hazards
    )


def _choose_name(type_id: ObjectId, *catalogs: Catalog) -> str:
    """Return the name that a type has while it is recreated; types share theirs with tables and views."""
    found = (item.id for catalog in catalogs for item in catalog.of_kind(*TYPES, *RELATIONS))
    return find_free_name(_OLD.format(type_id.name), {each.name for each in found if each.schema == type_id.schema})


def _remake(item: CatalogObject, columns: tuple[CatalogObject, ...], old_name: str) -> Iterator[str]:
    """Return the SQL that makes a type again and moves its columns over; a value that is gone makes it fail.

    Args:
        item: the type as it is to be.
        columns: its columns, with their defaults as they are to be.
        old_name: what it is called meanwhile.
    """
    name = quote_qualified(item.id.schema, item.id.name)
    yield f"ALTER TYPE {name} RENAME TO {quote_name(old_name)}"
    yield from render_create(item)
    for column in columns:
        yield from _move(column, name)
    yield f"DROP TYPE {quote_qualified(item.id.schema, old_name)}"


def find_standing(type_id: ObjectId, catalog: Catalog, wanted: Catalog) -> frozenset[ObjectId]:
    """Return what stands on a type or its columns and stays; what others built is not ours to drop.

    Args:
        catalog: the database.
        wanted: the models.
    """
    columns = find_columns(catalog, type_id)
    fallen = find_fallen(catalog, [type_id, *(column.id for column in columns)])
    return (fallen | _find_texts(catalog, columns, type_id)).intersection(wanted.by_id)


def _remake_alone(change: Change, catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Return the SQL that takes back added values: all that stands on the type is dropped and given back.

    Args:
        catalog: the one before the change.
        wanted: the one after it.
    """
    columns = find_columns(catalog, change.id)
    standing = find_standing(change.id, catalog, wanted)
    items = [catalog.by_id[object_id] for object_id in order_objects(catalog, standing)]
    attached = (Kind.TRIGGER, Kind.GRANT)
    for item in reversed(items):
        if item.id.kind not in attached or not standing.intersection(item.depends_on):
            yield from render_drop(item)
    yield from _remake(change.current, columns, _choose_name(change.id, catalog, wanted))
    for item in items:
        yield from render_create(item)


def _find_texts(catalog: Catalog, columns: tuple[CatalogObject, ...], type_id: ObjectId) -> frozenset[ObjectId]:
    """Return constraints and indexes of the columns' tables that hold a constant of the type."""
    tables = {column.id.table for column in columns}
    parts = (catalog.by_id[part] for table in tables for part in catalog.by_id[table].parts)
    return frozenset(part.id for part in parts if holds_constant(part, type_id))


def holds_constant(item: CatalogObject, type_id: ObjectId) -> bool:
    """Whether the text of a constraint or an index names a type."""
    match item.definition:
        case Constraint():
            return mentions_name(item.definition.text, type_id.name)
        case Index():
            texts = (*item.definition.elements, item.definition.where or "")
            return any(mentions_name(text, type_id.name) for text in texts)
        case _:
            return False


def _move(item: CatalogObject, type_name: str) -> Iterator[str]:
    column = item.defined_as(Column)
    table = quote_qualified(*item.id.relation)
    head, name = f"ALTER TABLE {table} ALTER COLUMN {quote_name(item.id.name)}", quote_name(item.id.name)
    array = "[]" if column.type.endswith("]") else ""
    if column.default is not None:
        yield f"{head} DROP DEFAULT"
    yield f"{head} TYPE {type_name}{array} USING {name}::text{array}::{type_name}{array}"
    if column.default is not None:
        yield f"{head} SET DEFAULT {column.default}"
