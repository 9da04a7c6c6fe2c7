"""What of a difference is ours to undo: roles, memberships and privileges are shared with others."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, text

from pgcraft.alembic.history import History
from pgcraft.catalog.definitions import Grant, Role
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.compare import Change, Diff
from pgcraft.render.grants import grant_target, grantee_name
from pgcraft.render.roles import ROLE_MARK, grant_role

T = TypeVar("T", str, tuple[str, str])

_MARKED_ROLES = text(
    "SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.shobj_description(oid, 'pg_authid') = :mark"
)
_IMPLICIT = re.compile(r"_(?:check|excl|fkey|key|pkey)\d*\Z")
_PRIVILEGE = re.compile(r"(\w+)(?: \(([^)]*)\))?")


class Ownership:
    """Tells what the migrations made.

    Args:
        connection: to the database, for the comments that mark our roles.
    """

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection = connection
        self._history = history

    def is_ours(self, object_id: ObjectId) -> bool:
        """Whether the migrations made an object, so that it may go when nobody declares it any more."""
        return self._history.made(object_id)

    def is_our_part(self, item: CatalogObject) -> bool:
        """Whether the migrations made a constraint or an index: they name it, or left the naming to PostgreSQL."""
        schema, table = item.id.schema, item.id.parent or ""
        is_unnamed = item.id.name.startswith(f"{item.id.parent}_") and bool(_IMPLICIT.search(item.id.name))
        if item.id.kind is Kind.INDEX or not is_unnamed:
            return self._history.made(item.id) or self._history.mentions(item.id.name)
        return self._history.made_table(schema, table) or self._history.made_table(None, table)

    def limit(self, diff: Diff, wanted: Catalog) -> Diff:
        """Give a difference without what would take something from somebody else.

        Roles that no migration made yet are added even where the cluster has them: another cluster may not.
        """
        added = {item.id: item for item in diff.added}
        if self._history.is_kept:
            added |= {item.id: item for item in wanted.of_kind(Kind.ROLE) if not self._history.made(item.id)}
        changes = (self._limit_change(change) for change in diff.changed if change.id not in added)
        removed = (self._limit_removal(item) for item in diff.removed)
        return Diff(
            added=tuple(added[key] for key in sorted(added)),
            removed=tuple(item for item in removed if item is not None),
            changed=tuple(change for change in changes if change is not None),
        )

    def _limit_change(self, change: Change) -> Change | None:
        if change.id.kind is Kind.GRANT:
            return self._limit_grant(change)
        if change.id.kind is Kind.ROLE:
            return self._limit_role(change)
        return change

    def _limit_grant(self, change: Change) -> Change | None:
        """Leave the grantee what it has from others."""
        current, wanted = change.current.defined_as(Grant), change.wanted.defined_as(Grant)
        foreign = _without(current, self._granted(change.id))
        kept = Grant(
            privileges=_unite(wanted.privileges, foreign.privileges),
            grantable=_unite(wanted.grantable, foreign.grantable),
            columns=_unite(wanted.columns, foreign.columns),
        )
        return None if kept == current else replace(change, wanted=replace(change.wanted, definition=kept))

    def _limit_role(self, change: Change) -> Change | None:
        """Leave a role the memberships it has from others, and its options when it is not ours."""
        current, wanted = change.current.defined_as(Role), change.wanted.defined_as(Role)
        foreign = (group for group in current.member_of if not self._made_member(change.id.name, group))
        base = wanted if change.id.name in self._marked_roles() else current
        kept = replace(base, member_of=_unite(wanted.member_of, foreign), password_variable=None)
        return None if kept == current else replace(change, wanted=replace(change.wanted, definition=kept))

    def _limit_removal(self, item: CatalogObject) -> CatalogObject | None:
        if item.id.kind is not Kind.GRANT or not self._history.made(item.id):
            return item
        own = _only(item.defined_as(Grant), self._granted(item.id))
        return replace(item, definition=own) if own != Grant() else None

    def _made_member(self, role: str, group: str) -> bool:
        statement = grant_role(role, group)
        return any(text == statement or f"{statement};" in text for text in self._history.strings)

    def _marked_roles(self) -> frozenset[str]:
        return frozenset(self._connection.scalars(_MARKED_ROLES, {"mark": ROLE_MARK}))

    def _granted(self, grant_id: ObjectId) -> Grant:
        """Give every privilege that a migration ever granted."""
        tail = f" ON {grant_target(grant_id)} TO {grantee_name(grant_id)}"
        privileges: set[str] = set()
        columns: set[tuple[str, str]] = set()
        for statement in self._history.strings:
            granted, found, rest = statement.partition(tail)
            if found and granted.startswith("GRANT ") and rest in ("", " WITH GRANT OPTION"):
                for name, listed in _PRIVILEGE.findall(granted.removeprefix("GRANT ")):
                    columns.update((name.lower(), column.strip().strip('"')) for column in listed.split(",") if listed)
                    privileges.update(() if listed else {name.lower()})
        return Grant(tuple(privileges), tuple(privileges), tuple(columns))


def _without(grant: Grant, other: Grant) -> Grant:
    return _filter(grant, lambda name, names: name not in names, other)


def _only(grant: Grant, other: Grant) -> Grant:
    return _filter(grant, lambda name, names: name in names, other)


def _filter(grant: Grant, test: Callable[[object, Iterable[object]], bool], other: Grant) -> Grant:
    return Grant(
        privileges=tuple(name for name in grant.privileges if test(name, other.privileges)),
        grantable=tuple(name for name in grant.grantable if test(name, other.grantable)),
        columns=tuple(pair for pair in grant.columns if test(pair, other.columns)),
    )


def _unite(left: Iterable[T], right: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(set(left).union(right)))
