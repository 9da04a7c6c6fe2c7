"""Whether PostgREST sees a change: its schema cache holds the exposed views and what they stand on."""

from collections.abc import Iterable

from sqlalchemy import MetaData

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.graph import reach
from pgcraft.resource import get_api_resources
from pgcraft.scripts.made import History


def is_seen_by_postgrest(
    touched: Iterable[ObjectId], metadata: Iterable[MetaData], history: History, current: Catalog, wanted: Catalog
) -> bool:
    """Whether a change of these objects reaches a schema that PostgREST exposes.

    When the models expose nothing any more, every change counts in a project that once exposed something.
    """
    exposed = frozenset(resource.schema for each in metadata for resource in get_api_resources(each))
    touched = frozenset(touched)
    if not exposed:
        return bool(touched) and history.has_notified()
    if any(_stands_in(object_id, exposed) for object_id in touched):
        return True
    known = _find_known(exposed, current) | _find_known(exposed, wanted)
    return any(_relation_of(object_id) in known for object_id in touched)


def _find_known(schemas: frozenset[str], catalog: Catalog) -> frozenset[ObjectId | None]:
    """Return everything in the exposed schemas, and whatever it depends on."""
    edges = {item.id: item.depends_on for item in catalog.objects}
    return frozenset(reach([item.id for item in catalog.objects if _stands_in(item.id, schemas)], edges))


def _stands_in(object_id: ObjectId, schemas: frozenset[str]) -> bool:
    name = object_id.name if object_id.schema is None and object_id.kind is not Kind.ROLE else object_id.schema
    return name in schemas


def _relation_of(object_id: ObjectId) -> ObjectId:
    """Return the table of a part of it, and every other object as it is."""
    if object_id.kind in (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX):
        return object_id.table
    return object_id
