"""Which privileges a role holds on each object, and by which ways."""

from collections.abc import Iterable, Iterator, Mapping

from pgcraft.catalog.definitions import Function, Grant
from pgcraft.catalog.kinds import GRANTABLE, KINDS
from pgcraft.catalog.memberships import Memberships, list_memberships
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import ALL_PRIVILEGES, PRIVILEGES, PUBLIC, target_of
from pgcraft.service.access.types import Right, Way
from pgcraft.service.role_facts import RoleFacts

PREDEFINED: dict[str, dict[str, tuple[str, ...]]] = {
    "pg_read_all_data": {"table": ("select",), "sequence": ("select",), "schema": ("usage",)},
    "pg_write_all_data": {"table": ("insert", "update", "delete"), "sequence": ("update",), "schema": ("usage",)},
    "pg_maintain": {"table": ("maintain",)},
}
"""What PostgreSQL's own roles may do with everything."""


class Holding:
    """What one role holds.

    Args:
        catalog: of the models, or read from a database.
        owners: who owns what; empty where nobody says.
    """

    def __init__(self, catalog: Catalog, role: str, facts: RoleFacts, owners: Mapping[ObjectId, str]) -> None:
        self._catalog, self._facts, self._owners = catalog, facts, owners
        self.role = role
        known = list_memberships(catalog) if facts.memberships is None else facts.memberships
        self.memberships = Memberships(known)
        self.groups = self.memberships.inherited(role)
        self.names = {*self.groups, PUBLIC}
        self.is_superuser = role in facts.superusers
        self._grants: dict[ObjectId, list[tuple[str, Grant]]] = {}
        for item in catalog.of_kind(Kind.GRANT):
            if item.id.grantee in self.names:
                for target in target_of(item.id):
                    self._grants.setdefault(target, []).append((item.id.grantee, item.defined_as(Grant)))

    def owner_of(self, object_id: ObjectId) -> str:
        """Return who owns an object; empty where nobody says."""
        return self._owners.get(object_id, "")

    def owns(self, object_id: ObjectId) -> bool:
        """Whether the role has the rights of the owner."""
        return self.is_superuser or self.owner_of(object_id) in self.groups

    def list_rights(self, item: CatalogObject) -> tuple[Right, ...]:
        """Return what the role holds on an object, in the order in which privileges are written."""
        ways: dict[str, list[Way]] = {}
        for privilege, way in self._list_ways(item):
            ways.setdefault(privilege, []).append(way)
        return tuple(_make_right(name, ways[name]) for name in PRIVILEGES if name in ways)

    def holds(self, privilege: str, object_id: ObjectId) -> bool:
        """Whether the role holds a privilege on an object, or on some columns of it."""
        item = self._catalog.find(object_id)
        return item is not None and any(right.privilege == privilege for right in self.list_rights(item))

    def find_closed_schema(self, object_id: ObjectId) -> str:
        """Return the schema of an object where the role may not use it; empty where it may."""
        schema = object_id.schema
        if schema is None or self.is_superuser:
            return ""
        schema_id = ObjectId(Kind.SCHEMA, None, schema)
        if schema == "public":
            return "" if self._facts.public_is_open or self._may_use(schema_id) else schema
        item = self._catalog.find(schema_id)
        return "" if item is None or self._may_use(schema_id) else schema

    def _may_use(self, schema: ObjectId) -> bool:
        item = self._catalog.find(schema) or CatalogObject(schema, Grant())  # of public nothing but its grants is known
        return any(privilege == "usage" for privilege, _ in self._list_ways(item))

    def _list_ways(self, item: CatalogObject) -> Iterator[tuple[str, Way]]:
        on = KINDS[item.id.kind].granted_as
        every = ALL_PRIVILEGES["table" if on == "view" else on]
        if self.is_superuser:
            yield from ((privilege, Way("superuser", self.role)) for privilege in every)
            return
        owner = self.owner_of(item.id)
        if owner in self.groups:
            yield from ((privilege, Way("owner", owner, self.groups[owner], grantable=True)) for privilege in every)
        for name, rights in PREDEFINED.items():
            if name in self.groups:
                for privilege in rights.get("table" if on == "view" else on, ()):
                    yield privilege, Way("predefined role", name, self.groups[name])
        if isinstance(item.definition, Function) and item.definition.is_public:
            yield "execute", Way("default", PUBLIC)
        for grantee, grant in self._grants.get(item.id, ()):
            yield from _list_granted(grantee, self.groups.get(grantee, ()), grant)


def list_grantable(catalog: Catalog) -> Iterable[CatalogObject]:
    """Return what privileges are about: schemas, relations, sequences, and functions that can be called."""
    for item in catalog.of_kind(*GRANTABLE):
        if not (isinstance(item.definition, Function) and item.definition.returns in ("trigger", "event_trigger")):
            yield item


def _list_granted(grantee: str, through: tuple[str, ...], grant: Grant) -> Iterator[tuple[str, Way]]:
    for privilege in grant.privileges:
        yield privilege, Way("grant", grantee, through, grantable=privilege in grant.grantable)
    for privilege in dict(grant.columns):
        columns = tuple(column for name, column in grant.columns if name == privilege)
        is_grantable = any(name == privilege for name, _ in grant.grantable_columns)
        yield privilege, Way("grant", grantee, through, columns, is_grantable)


def _make_right(privilege: str, ways: list[Way]) -> Right:
    is_whole = any(not way.columns for way in ways)
    columns = () if is_whole else tuple(sorted({column for way in ways for column in way.columns}))
    return Right(privilege, tuple(sorted(ways, key=lambda way: (way.reason, way.through, way.grantee))), columns)
