"""The comparison of everything, and the operations that it leads to, in one order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import Connection, MetaData

from pgcraft import garbage
from pgcraft.alembic.comparing.others import Others
from pgcraft.alembic.comparing.settings import Settings
from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import ConcurrentIndexOp, settle_concurrency
from pgcraft.alembic.operations.frame import ask_for_server, notify
from pgcraft.alembic.operations.inspect_ops import CARRIED, FOREIGN, PLANNED, STEPS
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.renaming import say_rename
from pgcraft.alembic.operations.saying import Speaker
from pgcraft.alembic.operations.standing import FORGOTTEN
from pgcraft.alembic.operations.tables import regroup
from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, Kind, ObjectId, make_catalog
from pgcraft.collect.metadata import collect_drafts, link_drafts
from pgcraft.configure import check_server
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.carrying import Carrying, plan_carrying
from pgcraft.diff.cascade import find_fallen
from pgcraft.diff.compare import Diff, compare_again, compare_catalogs
from pgcraft.diff.following import find_following
from pgcraft.diff.intentions.grouping import Planned
from pgcraft.diff.order import Step, order_steps
from pgcraft.diff.plan import make_step
from pgcraft.diff.renames import Rename, find_renames
from pgcraft.diff.whole import plan_whole
from pgcraft.elements.declared import find_declared
from pgcraft.introspect import read_catalog
from pgcraft.models.value_columns import find_value_columns
from pgcraft.reconcile.bare_types import adopt_schemas
from pgcraft.reconcile.canonical import canonicalize
from pgcraft.reconcile.casts import find_cast
from pgcraft.reconcile.closing import Closing
from pgcraft.reconcile.foreign_facts import overlook_settings
from pgcraft.reconcile.notify import is_seen_by_postgrest
from pgcraft.reconcile.owned_sequences import read_owned_sequences
from pgcraft.reconcile.ownership import Ownership
from pgcraft.reconcile.renaming import Renaming
from pgcraft.reconcile.server_need import check_server_version, find_server_need
from pgcraft.reconcile.unnamed_constraints import adopt_names, step_aside
from pgcraft.reconcile.unsaid import adopt_storage
from pgcraft.scripts.made import History, read_history
from pgcraft.sqltext.dialect import names_up_to

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

Operation = ops.MigrateOperation


def compare_everything(
    context: "AutogenContext",
    metadata: Iterable[MetaData],
    read: Callable[[], Catalog],
    schemas: Iterable[str | None],
) -> list[Operation]:
    """Return the operations of a revision, in run order.

    Args:
        metadata: the models.
        read: gives the database; its objects need not be linked. It is called when the models are collected.
        schemas: those that Alembic looks into, None for the default one.
    """
    connection = context.connection
    if connection is None:
        raise TypeError("autogenerate needs a connection")
    longest = context.dialect.max_identifier_length
    with garbage.paused(), names_up_to(longest), Renaming(connection) as renaming:
        return _Comparison(context, connection, metadata, read, schemas, renaming).complete()


class _Comparison:
    """Models and database side by side."""

    def __init__(
        self,
        context: "AutogenContext",
        connection: Connection,
        metadata: Iterable[MetaData],
        read: Callable[[], Catalog],
        schemas: Iterable[str | None],
        renaming: Renaming,
    ) -> None:
        self._context = context
        self._connection = connection
        self._default_schema = context.dialect.default_schema_name or "public"
        self._metadata = tuple(metadata)
        self._taken: frozenset[ObjectId] = frozenset()
        self._drafts = [collect_drafts(each) for each in self._metadata]
        collected = make_catalog(draft.object for drafts in self._drafts for draft in drafts)
        self._current = read()
        for each in self._metadata:
            check_server(each, self._current.server_version)
        self._declared = find_declared(self._metadata)
        self._wanted = self._name(collected)
        first = self._metadata[0] if self._metadata else None
        self._history: History = read_history(context.migration_context, first, self._default_schema)
        self._renaming = renaming
        self._rename(collected)
        self._current = overlook_settings(self._current, self._wanted, self._history)
        migration = context.migration_context
        self._ownership = Ownership(
            connection,
            self._history,
            Closing(connection, self._wanted, self._history),
            self._current,
            frozenset(schema or self._default_schema for schema in schemas),
            self._table_id(migration.version_table_schema, migration.version_table),
        )

    def _rename(self, collected: Catalog) -> None:
        """Do what is declared to be renamed, and look again."""
        renaming = self._renaming
        if not renaming.do(find_renames(self._current, self._wanted)):
            return
        self._look_again(collected)
        sequences = {column: sequence for sequence, column in read_owned_sequences(self._connection).items()}
        if renaming.do(find_following(self._current, self._wanted, renaming.done, sequences)):
            self._look_again(collected)
        self._history = self._history.after(rename.up for rename in renaming.done)

    def _look_again(self, collected: Catalog) -> None:
        self._current = read_catalog(self._connection, is_linked=False)
        self._wanted = self._name(collected)

    def complete(self) -> list[Operation]:
        canonical, diff = self._compare()
        passwords = list(self._set_passwords())
        others = Others(self._context)
        is_settled = self._is_settled(diff) and not self._renaming.done
        if not passwords and is_settled and not self._settings().may_differ and not others:
            self._context.opts[STEPS] = ()
            return []
        self._link(canonical)
        found = self._plan(passwords)
        return [*found, *others.compare(self._settings().pair_tables(self._ownership.is_ours))] if others else found

    def _name(self, collected: Catalog) -> Catalog:
        collected = adopt_schemas(collected, self._current)
        collected = adopt_storage(collected, self._current, self._declared)
        return step_aside(adopt_names(collected, self._current), self._taken)

    def _compare(self) -> tuple[Catalog, Diff]:
        by_text = compare_catalogs(self._current, self._wanted)
        canonical = canonicalize(self._connection, self._wanted, by_text)
        diff = compare_again(by_text, canonical)
        taken = frozenset(change.id for change in diff.changed if "text" in change.facts and self._is_taken(change.id))
        if taken - self._taken:
            self._taken |= taken
            self._wanted = step_aside(self._wanted, self._taken)
            return self._compare()
        return canonical, self._ownership.limit(diff, self._wanted)

    def _limit(self, diff: Diff) -> Diff:
        """Return a difference without what is somebody else's, or left out by ``env.py``."""
        return self._settings().limit(self._ownership.limit(diff, self._wanted))

    def _settings(self) -> Settings:
        return Settings(self._context, self._current, self._wanted, self._declared, self._default_schema)

    def _is_taken(self, object_id: ObjectId) -> bool:
        return object_id.kind is Kind.CONSTRAINT and self._history.is_kept and not self._ownership.is_ours(object_id)

    def _is_settled(self, diff: Diff) -> bool:
        """Whether nothing is to be done for a difference: what is only in the database may belong to somebody else."""
        return not diff.added and not diff.changed and not any(self._may_go(item.id) for item in diff.removed)

    def _may_go(self, object_id: ObjectId) -> bool:
        is_our_column = object_id.kind is Kind.COLUMN and self._wanted.find(object_id.table) is not None
        return is_our_column or self._ownership.is_ours(object_id)

    def _table_id(self, schema: str | None, name: str) -> ObjectId:
        return ObjectId(Kind.TABLE, schema or self._default_schema, name)

    def _link(self, canonical: Catalog) -> None:
        """Read again, now with what depends on what: there is something to plan."""
        self._current = overlook_settings(read_catalog(self._connection), self._wanted, self._history)
        linked = [link_drafts(drafts, each) for drafts, each in zip(self._drafts, self._metadata, strict=True)]
        self._wanted = self._name(
            linked[0] if len(linked) == 1 else make_catalog(item for catalog in linked for item in catalog.objects)
        )
        self._canonical = make_catalog(
            replace(item, definition=canonical.by_id[item.id].definition) for item in self._wanted.objects
        )

    def _plan(self, passwords: list[RolePasswordOp]) -> list[Operation]:
        ownership, canonical = self._ownership, self._canonical
        diff = self._limit(compare_catalogs(self._current, canonical))
        carried = tuple(self._carry())
        whole = plan_whole(
            self._current,
            self._wanted,
            diff,
            is_ours=ownership.is_ours,
            cast=partial(find_cast, self._connection),
            more=(each.action for each in carried),
        )
        closing = Closing(self._connection, self._wanted, self._history)
        inside = tuple(closing.close_columns(whole.inside, self._current))
        speaker = Speaker(self._current, self._wanted, self._declared, self._default_schema, whole.new_columns)
        new = frozenset(action.id for action in inside if action.id.kind is Kind.TABLE and action.verb is Verb.CREATE)
        steps = [self._say(speaker, action, new) for action in inside]
        beside = tuple(self._renaming.let_go_back(whole.beside, self._current))
        steps += [make_step(each.action, each) for each in self._close(closing, inside, beside)]
        steps += [Step(each, each.role_id, requires=frozenset({each.role_id})) for each in passwords]
        renames = [self._say_rename(rename) for rename in self._renaming.done]
        self._context.opts[STEPS] = (*renames, *steps)
        planned = (*(rename.action for rename in self._renaming.done), *inside, *whole.beside)
        self._context.opts[PLANNED] = Planned(self._current, self._wanted, diff, planned)
        self._context.opts[FORGOTTEN] = {action.id: action.forgotten for action in inside if action.forgotten}
        self._context.opts[CARRIED] = frozenset(each.column for each in carried if each.is_whole)
        self._context.opts[FOREIGN] = {step.subject: self._find_foreign(step.subject) for step in steps if step.goes}
        ordered = regroup((*(step.item for step in renames), *order_steps(steps)))
        touched = {step.subject for step in (*renames, *steps)}
        if touched and is_seen_by_postgrest(touched, self._metadata, self._history, self._current, self._wanted):
            ordered.append(notify())
        need = find_server_need(self._metadata, self._history)
        return [ask_for_server(*need, check_server_version(*need)), *ordered] if need and ordered else ordered

    def _say_rename(self, rename: Rename) -> Step[Operation]:
        return make_step(rename.action, say_rename(rename, self._default_schema))

    @staticmethod
    def _say(speaker: Speaker, action: Action, new: frozenset[ObjectId]) -> Step[Operation]:
        operation = settle_concurrency(speaker.say(action), is_new=action.id.table in new)
        step: Step[Operation] = make_step(action, operation)
        return replace(step, is_alone=step.is_alone or isinstance(operation, ConcurrentIndexOp))

    def _carry(self) -> Iterator[Carrying]:
        for table in (table for each in self._metadata for table in each.tables.values()):
            values = find_value_columns(table)
            if values is not None:
                yield from plan_carrying(
                    self._current,
                    self._wanted,
                    self._table_id(table.schema, table.name),
                    name_column=values.name_column,
                    names=values.names,
                    relation=values.relation,
                )

    def _close(self, closing: Closing, inside: tuple[Action, ...], actions: tuple[Action, ...]) -> Iterator[CatalogOp]:
        """Return the planned actions, and more of them, so that our roles have no rights but declared ones."""
        found = [*closing.close_tables(inside, self._current), *closing.close(actions, self._current)]
        goes = (action.id for action in inside if action.verb in (Verb.DROP, Verb.SET_ASIDE))
        made = (action.id for action in actions if action.verb in (Verb.CREATE, Verb.DROP))
        found += closing.close_to_new_roles(self._current, frozenset({*goes, *made}))
        yield from map(CatalogOp, found)

    def _find_foreign(self, object_id: ObjectId) -> tuple[ObjectId, ...]:
        fallen = find_fallen(self._current, {object_id})
        strangers = (other for other in fallen if other not in self._wanted.by_id)
        return tuple(sorted(other for other in strangers if not self._ownership.is_ours(other)))

    def _set_passwords(self) -> Iterator[RolePasswordOp]:
        for item in self._wanted.of_kind(Kind.ROLE):
            variable = item.defined_as(Role).password_variable
            if variable and self._history.is_kept and not self._history.has_password(item.id, variable):
                yield RolePasswordOp(item.id, variable)
