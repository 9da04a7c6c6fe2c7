"""What of a difference is ours to undo: roles, memberships and privileges are shared with others.

Without a directory of scripts (``compare_metadata()`` and ``produce_migrations()`` on a context of one's own) nobody
keeps what was made by whom. Then of what Alembic compares, tables and their parts, all counts as ours, as for Alembic.
"""

from dataclasses import replace

from sqlalchemy import Connection, text

from pgcraft.catalog.definitions import Grant, Role
from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.privileges import intersect, subtract, unite
from pgcraft.diff.compare import Change, Diff
from pgcraft.reconcile.closing import Closing
from pgcraft.reconcile.foreign_facts import keep_comments
from pgcraft.render.roles import ROLE_MARK
from pgcraft.scripts.made import History

_MARKED_ROLES = text(
    "SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.shobj_description(oid, 'pg_authid') = :mark"
)


class Ownership:
    """Tells what the migrations made.

    Args:
        connection: to the database, for the comments that mark our roles.
        closing: tells which roles have on our objects what is declared and nothing else.
        current: the database.
        schemas: those that Alembic looks into.
        version_table: Alembic's own, which no model can change.
    """

    def __init__(
        self,
        connection: Connection,
        history: History,
        closing: Closing,
        current: Catalog,
        schemas: frozenset[str],
        version_table: ObjectId,
    ) -> None:
        self._connection = connection
        self._history = history
        self._closing = closing
        self._current = current
        self._schemas = schemas
        self._version_table = version_table

    def is_ours(self, object_id: ObjectId) -> bool:
        """Whether the migrations made an object, so that it may go when nobody declares it any more."""
        if not self._history.is_kept and object_id.kind in (Kind.TABLE, *INSIDE, Kind.INDEX):
            table = object_id if object_id.kind is Kind.TABLE else object_id.table
            return object_id.schema in self._schemas and table in self._current.by_id
        is_grant = object_id.kind is Kind.GRANT
        return self._history.made(object_id) or (is_grant and self._closing.is_exact(object_id))

    def limit(self, diff: Diff, wanted: Catalog) -> Diff:
        """Return a difference without what would take something from somebody else.

        Roles that no migration made yet are added even where the cluster has them: another cluster may not.
        """
        diff = self._without_version_table(diff, is_declared=self._version_table in wanted.by_id)
        declared = wanted.of_kind(Kind.ROLE) if self._history.is_kept else ()
        roles = {item.id: item for item in declared if not self._history.made(item.id)}
        spoken = (keep_comments(change, self._history) for change in diff.changed if change.id not in roles)
        changes = (self._limit_change(change) for change in spoken if change is not None)
        removed = (self._limit_removal(item) for item in diff.removed)
        return Diff(
            added=make_catalog((*diff.added, *roles.values())).objects if roles else diff.added,
            removed=tuple(item for item in removed if item is not None),
            changed=tuple(change for change in changes if change is not None),
        )

    def _without_version_table(self, diff: Diff, *, is_declared: bool) -> Diff:
        version = self._version_table

        def is_other(object_id: ObjectId) -> bool:
            is_named = version.name in (object_id.name, object_id.parent)
            return not is_named or version not in (object_id, object_id.table)

        removed = tuple(item for item in diff.removed if is_other(item.id))
        if not is_declared:
            return replace(diff, removed=removed)
        return Diff(
            added=tuple(item for item in diff.added if is_other(item.id)),
            removed=removed,
            changed=tuple(change for change in diff.changed if is_other(change.id)),
        )

    def _limit_change(self, change: Change) -> Change | None:
        if change.id.kind is Kind.GRANT:
            return self._limit_grant(change)
        if change.id.kind is Kind.ROLE:
            return self._limit_role(change)
        return change

    def _limit_grant(self, change: Change) -> Change | None:
        """Leave the grantee what it has from others, unless it is a role of ours."""
        if self._closing.is_exact(change.id):
            return change
        current, wanted = change.current.defined_as(Grant), change.wanted.defined_as(Grant)
        kept = unite(wanted, subtract(current, self._history.granted(change.id)))
        return None if kept == current else replace(change, wanted=replace(change.wanted, definition=kept))

    def _limit_role(self, change: Change) -> Change | None:
        """Leave a role the memberships it has from others, and its options when it is not ours."""
        current, wanted = change.current.defined_as(Role), change.wanted.defined_as(Role)
        foreign = {group for group in current.member_of if not self._history.joined(change.id.name, group)}
        options = tuple(pair for pair in current.membership_options if pair[0] in foreign)
        base = wanted if change.id.name in self._marked_roles() else current
        members = tuple(sorted({*wanted.member_of, *foreign}))
        kept = replace(base, member_of=members, membership_options=options, password_variable=None)
        return None if kept == current else replace(change, wanted=replace(change.wanted, definition=kept))

    def _limit_removal(self, item: CatalogObject) -> CatalogObject | None:
        is_whole = item.id.kind is not Kind.GRANT or self._closing.is_exact(item.id)
        if is_whole or not self._history.made(item.id):
            return item
        own = intersect(item.defined_as(Grant), self._history.granted(item.id))
        return replace(item, definition=own) if own != Grant() else None

    def _marked_roles(self) -> frozenset[str]:
        return frozenset(self._connection.scalars(_MARKED_ROLES, {"mark": ROLE_MARK}))
