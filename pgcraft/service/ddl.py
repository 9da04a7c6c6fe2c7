"""The DDL of objects with everything that belongs to them."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Trigger
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.errors import PGCraftConfigError, find_nearest
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


def find_objects(catalog: Catalog, name: str) -> tuple[ObjectId, ...]:
    """Give the objects that a user means by ``api.products``, ``products``, ``schema api`` or a printed id.

    Raises:
        PGCraftConfigError: PGC005, there is none; the nearest name is shown.
    """
    tests = (
        lambda item: name == str(item),
        lambda item: name == _qualified(item),
        lambda item: name == item.name,
    )
    for test in tests:
        found = tuple(item.id for item in catalog.objects if test(item.id))
        if found:
            return _without_grants(found)
    known = {_qualified(item.id) for item in catalog.objects} | {item.id.name for item in catalog.objects}
    near = find_nearest(name, known)
    raise PGCraftConfigError(
        "PGC005",
        f'the models make no object "{name}"',
        remedy=f'did you mean "{near}"?' if near else '"pgcraft show" lists all of them',
    )


def _qualified(object_id: ObjectId) -> str:
    """``api.products``; ``inventory.products.price`` for what a relation scopes."""
    parent = None if object_id.kind is Kind.GRANT else object_id.parent
    return ".".join(part for part in (object_id.schema, parent, object_id.name) if part)


def _without_grants(found: tuple[ObjectId, ...]) -> tuple[ObjectId, ...]:
    """A grant has the name of what it is on; it counts only where it is alone."""
    return tuple(item for item in found if item.kind is not Kind.GRANT) or found


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
