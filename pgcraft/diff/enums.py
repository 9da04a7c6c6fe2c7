"""Changes of an enumerated type: values are added in place, or the type is made again under its columns."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint, Enum, Index
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.changes import Alteration
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.fallen import find_fallen, order_objects
from pgcraft.identifiers import find_free_name, quote_literal, quote_name, quote_qualified
from pgcraft.render import render_create, render_drop

_OLD = "{}__old"


def find_columns(catalog: Catalog, enum_id: ObjectId) -> tuple[CatalogObject, ...]:
    """Give the columns of a type or of an array of it, sorted."""
    name = quote_qualified(enum_id.schema, enum_id.name)
    return tuple(
        item for item in catalog.of_kind(Kind.COLUMN) if item.defined_as(Column).type.replace("[]", "") == name
    )


def find_remade(diff: Diff, current: Catalog) -> frozenset[ObjectId]:
    """Give the columns whose type is made again because it loses values."""
    losing = (change.id for change in diff.changed if change.id.kind is Kind.ENUM and not only_gains(change))
    return frozenset(column.id for enum_id in losing for column in find_columns(current, enum_id))


def only_gains(change: Change) -> bool:
    """Whether all old values are kept, in their order."""
    values = iter(change.wanted.defined_as(Enum).values)
    return all(value in values for value in change.current.defined_as(Enum).values)


def alter_enum(change: Change, current: Catalog, wanted: Catalog) -> Alteration:
    """Give the way from one set of values to another."""
    if only_gains(change):
        return Alteration(_add_values(change), tuple(_remake_alone(change, current, wanted)))
    columns = find_columns(current, change.id)
    declared = tuple(wanted.by_id[column.id] for column in columns if column.id in wanted.by_id)
    old_name = _choose_name(change.id, current, wanted)
    return Alteration(
        tuple(_remake(change.wanted, declared, old_name)), tuple(_remake(change.current, columns, old_name))
    )


def _add_values(change: Change) -> tuple[str, ...]:
    """Give the SQL that adds the new values, each at its place; a run that failed later on may have done so already."""
    known, wanted = change.current.defined_as(Enum).values, change.wanted.defined_as(Enum).values
    name = quote_qualified(change.id.schema, change.id.name)
    found = []
    for index, value in enumerate(wanted):
        if value not in known:
            following = next((later for later in wanted[index:] if later in known), None)
            place = f" BEFORE {quote_literal(following)}" if following is not None else ""
            found.append(f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {quote_literal(value)}{place}")
    return tuple(found)


def _choose_name(enum_id: ObjectId, *catalogs: Catalog) -> str:
    """Give the name that a type has while it is made again; types share theirs with tables and views."""
    found = (item.id for catalog in catalogs for item in catalog.of_kind(Kind.ENUM, *RELATIONS))
    return find_free_name(_OLD.format(enum_id.name), {each.name for each in found if each.schema == enum_id.schema})


def _remake(item: CatalogObject, columns: tuple[CatalogObject, ...], old_name: str) -> Iterator[str]:
    """Give the SQL that makes a type again and moves its columns over; a value that is gone makes it fail.

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


def find_standing(enum_id: ObjectId, catalog: Catalog, wanted: Catalog) -> frozenset[ObjectId]:
    """Give what stands on a type or its columns and stays; what others built is not ours to drop.

    Args:
        catalog: the database.
        wanted: the models.
    """
    columns = find_columns(catalog, enum_id)
    fallen = find_fallen(catalog, [enum_id, *(column.id for column in columns)])
    return (fallen | _find_texts(catalog, columns, enum_id)).intersection(wanted.by_id)


def _remake_alone(change: Change, catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Give the SQL that takes back added values: all that stands on the type is dropped and given back.

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


def _find_texts(catalog: Catalog, columns: tuple[CatalogObject, ...], enum_id: ObjectId) -> frozenset[ObjectId]:
    """Give constraints and indexes of the columns' tables that hold a constant of the type."""
    tables = {column.id.table for column in columns}
    parts = (catalog.by_id[part] for table in tables for part in catalog.by_id[table].parts)
    return frozenset(part.id for part in parts if holds_constant(part, enum_id))


def holds_constant(item: CatalogObject, enum_id: ObjectId) -> bool:
    """Whether the text of a constraint or an index names a type."""
    match item.definition:
        case Constraint():
            return mentions_name(item.definition.text, enum_id.name)
        case Index():
            texts = (*item.definition.elements, item.definition.where or "")
            return any(mentions_name(text, enum_id.name) for text in texts)
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
