"""All that a role can reach, from a catalog."""

from collections.abc import Iterator, Mapping

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Function, Policy, Role, Table, Trigger, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.diff.owners import find_stated_owners
from pgcraft.errors import PGCraftConfigError, find_nearest
from pgcraft.identifiers import quote_names
from pgcraft.service.access.holding import Holding, list_grantable
from pgcraft.service.access.types import AccessAnswer, Behind, Reached, Right, RowFilter, Rule
from pgcraft.service.role_facts import RoleFacts

OWNER = "its owner"
"""Whoever owns it, where nobody says."""
_WRITES = ("insert", "update", "delete")
_ATTRIBUTES = ("login", "inherit", "createdb", "createrole", "bypassrls")


def find_reach(
    catalog: Catalog,
    role: str,
    source: str,
    *,
    facts: RoleFacts | None = None,
    owners: Mapping[ObjectId, str] | None = None,
) -> AccessAnswer:
    """Return all that a role can reach.

    Args:
        catalog: of the models, or read from a database.
        role: its name; ``PUBLIC`` for what everyone can.
        source: what the catalog is, in words.
        facts: what of roles is in no catalog.
        owners: who owns what; None for what the catalog states.

    Raises:
        PGCraftConfigError: PGC005, there is no such role.
    """
    known = facts or RoleFacts()
    _check_role(catalog, role, known, source)
    return _Reach(
        catalog, Holding(catalog, role, known, find_stated_owners(catalog) if owners is None else owners), known
    ).answer(source)


def find_reached(catalog: Catalog, role: str, item: CatalogObject) -> Reached | None:
    """Return what a role holds on one object by what models declare; None where that is nothing."""
    facts = RoleFacts()
    holding = Holding(catalog, role, facts, find_stated_owners(catalog))
    rights = holding.list_rights(item)
    return _Reach(catalog, holding, facts).reach(item, rights) if rights else None


def list_roles(catalog: Catalog, facts: RoleFacts) -> tuple[str, ...]:
    """Return every role that is known, sorted."""
    declared = {item.id.name for item in catalog.of_kind(Kind.ROLE)}
    grantees = {item.id.grantee for item in catalog.of_kind(Kind.GRANT)}
    members = {name for each in facts.memberships or () for name in (each.member, each.group)}
    return tuple(sorted({*declared, *grantees, *members, *facts.superusers, *facts.logins, PUBLIC}))


def _check_role(catalog: Catalog, role: str, facts: RoleFacts, source: str) -> None:
    known = list_roles(catalog, facts)
    if role in known:
        return
    near = find_nearest(role, known)
    raise PGCraftConfigError(
        "PGC005",
        f'there is no role "{role}" in {source}',
        remedy=f'did you mean "{near}"?' if near else f"it has {', '.join(known)}",
    )


class _Reach:
    def __init__(self, catalog: Catalog, holding: Holding, facts: RoleFacts) -> None:
        self._catalog, self._holding, self._facts = catalog, holding, facts
        self._role = holding.role
        self._is_bypassing = self._role in facts.bypassing or self._define_role().bypassrls

    def answer(self, source: str) -> AccessAnswer:
        found = [self.reach(item, rights) for item, rights in self._list_held()]
        shown = [each for each in found if not (self._is_closed(each) and _is_open_to_all(each.rights))]
        inherited = self._holding.groups
        become = self._holding.memberships.reachable(self._role)
        return AccessAnswer(
            role=self._role,
            source=source,
            attributes=tuple(self._list_attributes()),
            inherits=tuple((name, way) for name, way in sorted(inherited.items()) if name != self._role),
            may_become=tuple(sorted(become.keys() - inherited.keys())),
            reached=tuple(shown),
            notes=tuple(self._list_notes(len(found) - len(shown))),
        )

    def _is_closed(self, reached: Reached) -> bool:
        return bool(self._holding.find_closed_schema(reached.id))

    def _list_held(self) -> Iterator[tuple[CatalogObject, tuple[Right, ...]]]:
        for item in list_grantable(self._catalog):
            if rights := self._holding.list_rights(item):
                yield item, rights

    def _define_role(self) -> Role:
        item = self._catalog.find(ObjectId(Kind.ROLE, None, self._role))
        return item.defined_as(Role) if item else Role()

    def _list_attributes(self) -> Iterator[str]:
        if self._holding.is_superuser:
            yield "superuser"
        role = self._define_role()
        yield from (name for name in _ATTRIBUTES if name != "inherit" and getattr(role, name))
        if not role.inherit:
            yield "noinherit"

    def _list_notes(self, hidden: int) -> Iterator[str]:
        if hidden:
            counted = "1 object" if hidden == 1 else f"{hidden} objects"
            yield f"everyone holds something on {counted} in schemas that {self._role} may not use"
        for item in self._catalog.of_kind(Kind.DEFAULTS):
            facts = item.defined_as(DefaultPrivileges)
            if facts.grantee in self._holding.names and facts.privileges:
                privileges = ", ".join(privilege.upper() for privilege in facts.privileges)
                where = f"schema {item.id.schema}" if item.id.schema else "every schema"
                creator = facts.creator or "whoever deploys"
                yield f"{facts.grantee} gets {privileges} on {facts.on} that {creator} makes in {where}"

    def reach(self, item: CatalogObject, rights: tuple[Right, ...]) -> Reached:
        """Return an object with the rights on it, what keeps them from use, and what is behind it."""
        behind = tuple(self._list_behind(item, rights))
        blocked = self._find_block(item, behind)
        return Reached(item.id, rights, blocked, behind, tuple(self._list_filters(item, rights)))

    def _find_block(self, item: CatalogObject, behind: tuple[Behind, ...]) -> str:
        """Say why nothing can be read or written; TRUNCATE and the like on a view are of no use to anybody."""
        if schema := self._holding.find_closed_schema(item.id):
            return f"{self._role} may not use schema {schema}"
        missing = next((each for each in behind if each.missing and each.does == "select"), None)
        if missing is None or any(_is_write(each) for each in behind):
            return ""
        return f"it reads {missing.id} as {self._role}, which lacks {missing.missing}"

    def _list_behind(self, item: CatalogObject, rights: tuple[Right, ...]) -> Iterator[Behind]:
        held = {right.privilege for right in rights}
        if isinstance(item.definition, View) and item.id.kind is Kind.VIEW:
            yield from self._list_behind_view(item, held)
        elif isinstance(item.definition, Function) and item.definition.security_definer:
            owner = self._name_owner(item.id)
            yield from (Behind(needed, owner, "uses") for needed in item.depends_on if needed.kind in RELATIONS)

    def _list_behind_view(self, item: CatalogObject, held: set[str]) -> Iterator[Behind]:
        is_callers = _asks_the_caller(item)
        who = self._role if is_callers else self._name_owner(item.id)
        for needed in (needed for needed in item.depends_on if needed.kind in RELATIONS):
            if "select" in held:
                yield Behind(needed, who, "select", self._find_unread(needed, item) if is_callers else "")
        triggers = [self._catalog.by_id[part] for part in item.parts if part.kind is Kind.TRIGGER]
        for trigger in triggers:
            definition = trigger.defined_as(Trigger)
            for function in (self._catalog.find(needed) for needed in trigger.depends_on):
                if function is None or not isinstance(function.definition, Function):
                    continue
                is_definer = function.definition.security_definer
                whose = self._name_owner(function.id) if is_definer else self._role
                events = [event for event in definition.events if event in held]
                if events:
                    yield Behind(function.id, whose, f"runs on {' and '.join(events)}")
        writes = [privilege for privilege in _WRITES if privilege in held] if not triggers else []
        tables = [needed for needed in item.depends_on if needed.kind in RELATIONS]
        if is_callers and len(tables) == 1:  # else PostgreSQL writes through it not at all
            for privilege in writes:
                yield Behind(tables[0], who, privilege, self._find_missing(privilege, tables[0]))

    def _find_missing(self, privilege: str, relation: ObjectId) -> str:
        """Return what the role lacks behind a view; PostgreSQL asks nobody there who may use the schema."""
        if not self._holding.holds(privilege, relation):
            return f"{privilege.upper()} on {relation}"
        item = self._catalog.find(relation)
        if item is None or not isinstance(item.definition, View) or not _asks_the_caller(item):
            return ""
        for needed in (needed for needed in item.depends_on if needed.kind in RELATIONS):
            is_read = privilege == "select"
            missing = self._find_unread(needed, item) if is_read else self._find_missing(privilege, needed)
            if missing:
                return missing
        return ""

    def _find_unread(self, relation: ObjectId, view: CatalogObject) -> str:
        """Return what the role lacks to read a relation through a view: all columns count that the view reads."""
        item = self._catalog.find(relation)
        rights = self._holding.list_rights(item) if item else ()
        held = next((right.columns for right in rights if right.privilege == "select"), ())
        reads = {each.name for each in view.depends_on if each.kind is Kind.COLUMN and each.table == relation}
        unread = tuple(sorted(reads.difference(held)))
        if held and unread:
            return f"SELECT ({quote_names(unread)}) on {relation}"
        return self._find_missing("select", relation)

    def _name_owner(self, object_id: ObjectId) -> str:
        return self._holding.owner_of(object_id) or OWNER

    def _list_filters(self, item: CatalogObject, rights: tuple[Right, ...]) -> Iterator[RowFilter]:
        held = {right.privilege for right in rights}
        if item.id.kind is Kind.TABLE and held & {"select", *_WRITES}:
            yield from self._filter(item, self._role, self._holding.names, is_owner=self._holding.owns(item.id))
        elif item.id.kind is Kind.VIEW:
            yield from self._filter_behind(item, self._role, set())
        elif isinstance(item.definition, Function) and item.definition.security_definer:
            yield from self._filter_behind(item, self._name_owner(item.id), set())

    def _filter_behind(self, item: CatalogObject, role: str, seen: set[ObjectId]) -> Iterator[RowFilter]:
        """Filter the tables behind a view by whoever it asks as; what a view that keeps rows shows was read before."""
        who = role if isinstance(item.definition, View) and _asks_the_caller(item) else self._name_owner(item.id)
        for needed in item.depends_on:
            found = self._catalog.find(needed)
            if found is None or needed in seen:
                continue
            seen.add(needed)
            if needed.kind is Kind.TABLE:
                if who == self._role:
                    names, is_owner = self._holding.names, self._holding.owns(needed)
                else:
                    names, is_owner = {PUBLIC, who}, who == OWNER or who == self._name_owner(needed)
                yield from self._filter(found, who, names, is_owner=is_owner)
            elif needed.kind is Kind.VIEW:
                yield from self._filter_behind(found, who, seen)

    def _filter(self, table: CatalogObject, role: str, names: set[str], *, is_owner: bool) -> Iterator[RowFilter]:
        definition = table.defined_as(Table)
        if not definition.row_security:
            return
        is_super = role in self._facts.superusers
        if is_super or (role == self._role and self._is_bypassing) or role in self._facts.bypassing:
            yield RowFilter(table.id, role, f"{role} {'is a superuser' if is_super else 'has BYPASSRLS'}")
        elif is_owner and not definition.force_row_security:
            who = "whoever owns it" if role == OWNER else f"{role}, who owns it,"
            yield RowFilter(table.id, role, f"{who} is not filtered where row security is not forced")
        else:
            yield RowFilter(table.id, role, "", tuple(self._list_rules(table, names)))

    def _list_rules(self, table: CatalogObject, names: set[str]) -> Iterator[Rule]:
        for part in table.parts:
            if part.kind is Kind.POLICY:
                policy = self._catalog.by_id[part].defined_as(Policy)
                if "public" in policy.roles or names.intersection(policy.roles):
                    facts = (policy.command, policy.permissive, policy.roles, policy.using, policy.check)
                    yield Rule(part.name, *facts)


def _is_write(behind: Behind) -> bool:
    """Whether it is a way to write without reading; UPDATE and DELETE by a trigger read the view."""
    return not behind.missing and (behind.does in _WRITES or behind.does.startswith("runs on insert"))


def _is_open_to_all(rights: tuple[Right, ...]) -> bool:
    """Whether a role holds nothing but what everyone does."""
    return all(way.grantee == PUBLIC for right in rights for way in right.ways)


def _asks_the_caller(item: CatalogObject) -> bool:
    return isinstance(item.definition, View) and ("security_invoker", "true") in item.definition.options
