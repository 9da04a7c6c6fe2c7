"""Catalogs without what a comparison is not about."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from pgcraft.catalog.default_privileges import DefaultPrivileges, name_defaults
from pgcraft.catalog.definitions import Policy
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog


def leave_out(catalog: Catalog, ids: Collection[ObjectId]) -> Catalog:
    """Return a catalog without some objects, closed again."""
    if not ids:
        return catalog

    def rest(found: tuple[ObjectId, ...]) -> tuple[ObjectId, ...]:
        return tuple(each for each in found if each not in ids)

    return make_catalog(
        (
            replace(item, parts=rest(item.parts), depends_on=rest(item.depends_on))
            for item in catalog.objects
            if item.id not in ids
        ),
        server_version=catalog.server_version,
    )


def name_creators(catalog: Catalog, user: str, deployer: str = "") -> Catalog:
    """Return a catalog whose default privileges are those of whoever deployed, where the models name nobody.

    Args:
        user: as whom the catalog was read; default privileges of that role name nobody there.
        deployer: the role that is to be named by nobody; empty where each is to be named.
    """

    def name(item: CatalogObject) -> CatalogObject:
        facts = item.defined_as(DefaultPrivileges)
        creator = facts.creator or user
        creator = "" if creator == deployer else creator
        object_id = item.id._replace(name=name_defaults(facts.on, facts.grantee, creator))
        return replace(item, id=object_id, definition=replace(facts, creator=creator))

    if not any(catalog.of_kind(Kind.DEFAULTS)):
        return catalog
    objects = (name(item) if item.id.kind is Kind.DEFAULTS else item for item in catalog.objects)
    return make_catalog(objects, server_version=catalog.server_version)


def find_version_tables(catalog: Catalog, schema: str | None, name: str) -> Iterator[ObjectId]:
    """Return Alembic's table with all that stands on it.

    Args:
        schema: that ``env.py`` names; None for any.
    """
    for table in catalog.of_kind(Kind.TABLE):
        columns = [part.name for part in table.parts if part.kind is Kind.COLUMN]
        if table.id.name == name and schema in (None, table.id.schema) and columns == ["version_num"]:
            yield table.id
            yield from table.parts
            yield from (each.id for each in catalog.of_kind(Kind.GRANT) if each.id.granted_on == table.id)


def find_grants_on_nothing(catalog: Catalog) -> Iterator[ObjectId]:
    """Return the grants on relations and functions that a catalog does not have: on what is not modelled."""
    relations = {item.id.qualified for item in catalog.objects if item.id.kind in RELATIONS}
    for item in catalog.of_kind(Kind.GRANT):
        on = item.id.granted_on
        if (on.kind in RELATIONS and on.qualified not in relations) or (
            on.kind is Kind.FUNCTION and not catalog.find(on)
        ):
            yield item.id


def find_bare_schema(catalog: Catalog, name: str | None) -> Iterator[ObjectId]:
    """Return the schema that is there for Alembic's table alone, with the grants on it; nothing else is in it."""
    schema = ObjectId(Kind.SCHEMA, None, name or "")
    if schema in catalog.by_id and all(item.id.schema != name for item in catalog.objects):
        yield schema
        yield from (each.id for each in catalog.of_kind(Kind.GRANT) if each.id.granted_on == schema)


def find_concerned_roles(catalog: Catalog) -> frozenset[str]:
    """Return the roles that a database names: in grants and in policies."""
    granted = {item.id.grantee for item in catalog.of_kind(Kind.GRANT)}
    return frozenset(granted.union(*(item.defined_as(Policy).roles for item in catalog.of_kind(Kind.POLICY))))


def find_other_roles(catalog: Catalog, roles: Collection[str]) -> frozenset[ObjectId]:
    """Return the roles of a cluster that are not among those named."""
    return frozenset(item.id for item in catalog.of_kind(Kind.ROLE) if item.id.name not in roles)
