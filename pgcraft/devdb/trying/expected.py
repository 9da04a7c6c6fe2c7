"""Who may do what by the declared grants. Standard library only."""

from dataclasses import dataclass
from functools import cached_property

from pgcraft.catalog.definitions import Function, Grant, Role, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.memberships import Memberships, list_memberships
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, target_of

PROTECTION = "cannot be written directly"
"""What the trigger of a protected table says."""

ALWAYS_USABLE = frozenset({"public"})
"""Schemas that everyone may use without a grant."""


@dataclass(frozen=True)
class Expectations:
    """Answers from a catalog; nothing is asked of a database."""

    catalog: Catalog

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Every role that is declared or was granted something, sorted."""
        declared = {item.id.name for item in self.catalog.of_kind(Kind.ROLE)}
        grantees = {item.id.parent for item in self.catalog.of_kind(Kind.GRANT) if item.id.parent}
        return tuple(sorted((declared | grantees) - {PUBLIC}))

    @cached_property
    def _grants(self) -> dict[tuple[ObjectId, str], Grant]:
        """Each grant by object and grantee."""
        found = {}
        for item in self.catalog.of_kind(Kind.GRANT):
            if isinstance(item.definition, Grant):
                found.update({(target, item.id.grantee): item.definition for target in target_of(item.id)})
        return found

    @cached_property
    def _closed_schemas(self) -> frozenset[str]:
        """Schemas that are ours, so that the declared grants say all; of others nothing is known."""
        return frozenset(item.id.name for item in self.catalog.of_kind(Kind.SCHEMA)) - ALWAYS_USABLE

    @cached_property
    def _protected(self) -> frozenset[ObjectId]:
        """Tables with a trigger that refuses whoever writes them directly."""
        catalog = self.catalog
        return frozenset(
            item.id.table
            for item in catalog.of_kind(Kind.TRIGGER)
            for needed in map(catalog.find, item.depends_on)
            if needed and isinstance(needed.definition, Function) and PROTECTION in needed.definition.body
        )

    def inherited(self, role: str) -> frozenset[str]:
        """Return the grantees whose privileges the role has without switching: itself, PUBLIC, what it inherits."""
        return frozenset({PUBLIC, *self._memberships.inherited(role)})

    def reachable(self, role: str) -> frozenset[str]:
        """Return the roles that the role may switch to."""
        return frozenset(self._memberships.reachable(role))

    @cached_property
    def _memberships(self) -> Memberships:
        return Memberships(list_memberships(self.catalog))

    def may(self, role: str, operation: str, relation: ObjectId) -> bool:
        """Whether the role may do this with the table or view, by grants on it or on columns of it.

        Tables behind a resource take no direct write, whatever was granted for the functions that do write them.
        """
        return self._may_use(role, relation.schema) and self._may_behind(role, operation, relation)

    def _may_behind(self, role: str, operation: str, relation: ObjectId) -> bool:
        """Whether the role may do this where it stands behind a view; nobody asks there who may use the schema."""
        if not self._is_granted(role, operation, relation):
            return False
        if operation != "select" and relation in self._protected:
            return False
        item = self.catalog.find(relation)
        if item is None or not _asks_the_caller(item):
            return True
        needed = [other for other in item.depends_on if other.kind in RELATIONS]
        return all(self._may_behind(role, "select", other) for other in needed)

    def granted_columns(self, role: str, operation: str, relation: ObjectId) -> tuple[str, ...] | None:
        """Return the columns that column grants limit the operation to; None when it is not limited."""
        grants = self._grants_of(role, relation)
        if any(operation in grant.privileges for grant in grants):
            return None
        return tuple(sorted({name for grant in grants for privilege, name in grant.columns if privilege == operation}))

    def may_execute(self, role: str, function: ObjectId) -> bool:
        """Whether the role may call the function; one that is not declared only where a grant is."""
        if not self._may_use(role, function.schema):
            return False
        item = self.catalog.find(function)
        is_open = item is not None and is_public(item)
        return is_open or any("execute" in grant.privileges for grant in self._grants_of(role, function))

    def may_count(self, role: str, sequence: ObjectId) -> bool:
        """Whether the role may take a number of the sequence."""
        grants = self._grants_of(role, sequence)
        return self._may_use(role, sequence.schema) and any({"usage", "update"} & {*g.privileges} for g in grants)

    def is_login(self, role: str) -> bool:
        """Whether the role is declared to log in."""
        return self._definition(role).login

    def is_bypassing(self, role: str) -> bool:
        """Whether the role is declared to see every row."""
        return self._definition(role).bypassrls

    def _may_use(self, role: str, schema: str | None) -> bool:
        if schema not in self._closed_schemas:
            return True
        schema_id = ObjectId(Kind.SCHEMA, None, schema)
        return any("usage" in grant.privileges for grant in self._grants_of(role, schema_id))

    def _is_granted(self, role: str, operation: str, relation: ObjectId) -> bool:
        grants = self._grants_of(role, relation)
        if any(operation in grant.privileges for grant in grants):
            return True
        return any(privilege == operation for grant in grants for privilege, _ in grant.columns)

    def _grants_of(self, role: str, target: ObjectId) -> list[Grant]:
        names = self.inherited(role)
        return [grant for name in names if (grant := self._grants.get((target, name)))]

    def _definition(self, role: str) -> Role:
        item = self.catalog.find(ObjectId(Kind.ROLE, None, role))
        return item.definition if item and isinstance(item.definition, Role) else Role()


def is_public(function: CatalogObject) -> bool:
    """Whether everyone may execute the function."""
    return isinstance(function.definition, Function) and function.definition.is_public


def _asks_the_caller(item: CatalogObject) -> bool:
    """Whether it is a view that reads its tables as the one who asks."""
    return isinstance(item.definition, View) and ("security_invoker", "true") in item.definition.options
