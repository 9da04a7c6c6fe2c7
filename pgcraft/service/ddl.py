"""The DDL of objects with everything that belongs to them."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Trigger
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.export import format_script as format_script
from pgcraft.render import render_catalog, render_object
from pgcraft.render.statement import Statement

_OF_RELATIONS = frozenset({"table", "view", "materialized view", "sequence"})


def render(catalog: Catalog, ids: tuple[ObjectId, ...] | None = None) -> tuple[Statement, ...]:
    """Give the statements that make objects, in run order.

    Args:
        catalog: the one the objects are from.
        ids: what to make, each with its parts, its grants and the functions that its triggers call, a schema with all
            that is in it; None for the whole catalog.
    """
    everything = render_catalog(catalog)
    if ids is None:
        return everything
    wanted = gather(catalog, ids)
    found = tuple(statement for statement in everything if statement.source in wanted)
    made = {part for statement in found for part in (statement.source, *_inside(catalog, statement.source))}
    alone = (catalog.by_id[item] for item in ids if item in catalog.by_id and item not in made)
    return (*found, *(statement for item in alone for statement in render_object(item, catalog)))


def gather(catalog: Catalog, ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Give the ids with those of everything that belongs to them."""
    found: set[ObjectId] = set()
    waiting = list(ids)
    while waiting:
        object_id = waiting.pop()
        if object_id not in found and object_id in catalog.by_id:
            found.add(object_id)
            waiting += _belongings(catalog, catalog.by_id[object_id])
    return frozenset(found)


def _belongings(catalog: Catalog, item: CatalogObject) -> Iterator[ObjectId]:
    yield from item.parts
    if isinstance(item.definition, Trigger):
        schema, name = item.definition.function
        yield from (needed for needed in item.depends_on if (needed.schema, needed.name) == (schema, name))
    if item.id.kind is Kind.SCHEMA:
        yield from (other.id for other in catalog.objects if other.id.schema == item.id.name)
    yield from (other.id for other in catalog.of_kind(Kind.GRANT) if is_grant_on(other.id, item.id))


def is_grant_on(grant: ObjectId, target: ObjectId) -> bool:
    """Whether a grant is one on this object."""
    if grant.kind is not Kind.GRANT or (grant.schema, grant.name) != (target.schema, target.name):
        return False
    if target.kind is Kind.FUNCTION:
        return grant.signature == f"function({target.signature or ''})"
    if target.kind is Kind.SCHEMA:
        return grant.signature == "schema"
    return grant.signature in _OF_RELATIONS and target.kind.value in _OF_RELATIONS


def _inside(catalog: Catalog, object_id: ObjectId) -> tuple[ObjectId, ...]:
    """Give what is made by the very statement that makes a table."""
    item = catalog.find(object_id)
    return tuple(part for part in item.parts if part.kind in (Kind.COLUMN, Kind.CONSTRAINT)) if item else ()
