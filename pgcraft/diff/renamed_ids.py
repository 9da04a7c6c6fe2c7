"""The ids that objects have once others got new names, and what else is told by names alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pgcraft.catalog.definitions import Definition, Grant
from pgcraft.catalog.kinds import PARTS, RELATIONS, TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.publications import Published
from pgcraft.catalog.redirecting import QualifiedName, rename_signature
from pgcraft.diff.renames import Rename

Ids = Mapping[ObjectId, ObjectId]
_OWNERS = frozenset({*RELATIONS, Kind.PARTITION})


def map_ids(ids: Iterable[ObjectId], renames: Iterable[Rename]) -> dict[ObjectId, ObjectId]:
    """Return the ids that become others, with these.

    Args:
        renames: in run order.
    """
    found = {each: each for each in ids}
    for rename in renames:
        if not rename.is_inside:
            found = {old: _follow(new, rename) for old, new in found.items()}
    return {old: new for old, new in found.items() if old != new}


def map_id(object_id: ObjectId, renames: Iterable[Rename]) -> ObjectId:
    """Return the id that an object has after all."""
    return map_ids([object_id], renames).get(object_id, object_id)


def take_ids(catalog: Catalog, ids: Ids) -> Iterator[CatalogObject]:
    """Return the objects of a catalog under their new ids, and what names columns by their names alone with these."""
    columns: dict[QualifiedName, dict[str, str]] = {}
    for old, new in ids.items():
        if old.kind is Kind.COLUMN:
            columns.setdefault(old.relation, {})[old.name] = new.name

    def take(found: tuple[ObjectId, ...]) -> tuple[ObjectId, ...]:
        return tuple(ids.get(each, each) for each in found)

    for item in catalog.objects:
        old = item.id
        names = columns.get(old.qualified if old.kind is Kind.GRANT else old.relation) if columns else None
        definition = _take_columns(item.definition, names) if names else item.definition
        yield replace(
            item,
            id=ids.get(old, old),
            definition=definition,
            parts=take(item.parts),
            depends_on=take(item.depends_on),
        )


def _follow(object_id: ObjectId, rename: Rename) -> ObjectId:
    old, new = rename.item.id, rename.id
    if object_id == old:
        return new
    if object_id.kind is Kind.GRANT and object_id.schema == old.schema and _is_granted_on(object_id, old):
        object_id = object_id._replace(schema=new.schema, name=new.name)
    if old.kind is Kind.PUBLICATION and object_id.kind is Kind.PUBLISHED and object_id.name == old.name:
        return object_id._replace(name=new.name)
    if old.kind in _OWNERS and object_id.kind in PARTS and object_id.relation == old.qualified:
        return object_id._replace(schema=new.schema, parent=new.name)
    if old.kind in TYPES or old.kind in _OWNERS:
        return rename_signature(object_id, {old.qualified: new.qualified})
    return object_id


def _is_granted_on(grant: ObjectId, object_id: ObjectId) -> bool:
    on = grant.granted_on
    if object_id.kind is Kind.MATERIALIZED_VIEW and on.kind is Kind.VIEW:
        on = on._replace(kind=Kind.MATERIALIZED_VIEW)
    return on == object_id


def _take_columns(definition: Definition, names: Mapping[str, str]) -> Definition:
    if isinstance(definition, Grant):
        columns, grantable = (
            tuple(sorted((privilege, names.get(column, column)) for privilege, column in pairs))
            for pairs in (definition.columns, definition.grantable_columns)
        )
        return replace(definition, columns=columns, grantable_columns=grantable)
    if isinstance(definition, Published):
        return replace(definition, columns=tuple(sorted(names.get(each, each) for each in definition.columns)))
    return definition
