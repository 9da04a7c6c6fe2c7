"""The comparison of everything: Alembic's findings about tables and ours about all else, in one order."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import Connection, MetaData

from pgcraft import garbage
from pgcraft.alembic.comparing.canonical import canonicalize
from pgcraft.alembic.comparing.closing import Closing
from pgcraft.alembic.comparing.false_findings import leave_foreign_parts, leave_settled
from pgcraft.alembic.comparing.foreign_facts import leave_comments, overlook_settings
from pgcraft.alembic.comparing.notify import is_seen_by_postgrest
from pgcraft.alembic.comparing.ownership import Ownership
from pgcraft.alembic.comparing.server_need import find_server_need
from pgcraft.alembic.comparing.unnamed_constraints import adopt_names, complete_constraint, name_checks, step_aside
from pgcraft.alembic.history.made import History, read_history
from pgcraft.alembic.operations.catalog_operations import CatalogOp, NotifyOp
from pgcraft.alembic.operations.concurrent import settle_concurrency
from pgcraft.alembic.operations.drops import make_exact
from pgcraft.alembic.operations.inspect_ops import CARRIED, FOREIGN, STEPS
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.steps import StepMaker
from pgcraft.alembic.operations.tables import (
    TableName,
    find_table,
    flatten,
    keep_own_tables,
    regroup,
    split_rings,
    table_id,
)
from pgcraft.alembic.operations.types import RetypeColumnOp, find_way, keep_from_default, leave_types_to_us, make_retype
from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, Kind, ObjectId, make_catalog
from pgcraft.collect import collect
from pgcraft.configure import check_server
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.carrying import Carrying, plan_carrying
from pgcraft.diff.cascade import find_fallen
from pgcraft.diff.columns import find_new_columns
from pgcraft.diff.compare import Diff, compare_again, compare_catalogs
from pgcraft.diff.defaults import find_resting, leave_resting, plan_resting
from pgcraft.diff.order import Step, order_steps
from pgcraft.diff.plan import PLANNED, find_going, plan_changes
from pgcraft.diff.tables import plan_tables
from pgcraft.diff.types import find_remade
from pgcraft.introspect import read_catalog
from pgcraft.models.value_columns import find_value_columns

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

Operation = ops.MigrateOperation


def compare_everything(
    context: "AutogenContext",
    metadata: Iterable[MetaData],
    current: Catalog,
    found: list[Operation],
    *,
    stubs: frozenset[TableName],
) -> list[Operation]:
    """Return Alembic's operations with ours among them, in run order.

    Args:
        metadata: the models, without the stand-ins for tables of somebody else.
        current: the database; its objects need not be linked.
        found: Alembic's operations.
        stubs: the tables that stood on the metadata as stand-ins.
    """
    connection = context.connection
    if connection is None:
        raise TypeError("autogenerate needs a connection")
    with garbage.paused():
        return _Comparison(context, connection, metadata, current, stubs).complete(found)


class _Comparison:
    """Models and database side by side."""

    def __init__(
        self,
        context: "AutogenContext",
        connection: Connection,
        metadata: Iterable[MetaData],
        current: Catalog,
        stubs: frozenset[TableName],
    ) -> None:
        self._context = context
        self._connection = connection
        self._default_schema = context.dialect.default_schema_name or "public"
        self._metadata = tuple(metadata)
        self._current = current
        for each in self._metadata:
            check_server(each, self._current.server_version)
        self._taken: frozenset[ObjectId] = frozenset()
        self._wanted = self._collect(is_linked=False)
        self._stubs = stubs
        first = self._metadata[0] if self._metadata else None
        self._history: History = read_history(context.migration_context, first, self._default_schema)

        self._current = overlook_settings(self._current, self._wanted, self._history)
        self._ownership = Ownership(connection, self._history, Closing(connection, self._wanted, self._history))

    def complete(self, found: list[Operation]) -> list[Operation]:
        canonical, diff = self._compare()
        passwords = list(self._set_passwords())
        if not found and not passwords and self._is_settled(diff):
            self._context.opts[STEPS] = ()
            return []
        self._link(canonical)
        return self._plan(found, passwords)

    def _collect(self, *, is_linked: bool) -> Catalog:
        catalogs = [collect(each, is_linked=is_linked) for each in self._metadata]
        items = (item for catalog in catalogs for item in catalog.objects)
        collected = catalogs[0] if len(catalogs) == 1 else make_catalog(items)
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

    def _is_taken(self, object_id: ObjectId) -> bool:
        return object_id.kind is Kind.CONSTRAINT and self._history.is_kept and not self._ownership.is_ours(object_id)

    def _is_settled(self, diff: Diff) -> bool:
        """Whether nothing is to be done for a difference: what is only in the database may belong to somebody else."""
        kinds = {*PLANNED, Kind.CONSTRAINT, Kind.INDEX}
        ours = (item for item in diff.removed if item.id.kind in kinds and self._ownership.is_ours(item.id))
        return not diff.added and not diff.changed and not any(ours)

    def _link(self, canonical: Catalog) -> None:
        """Read and collect again, now with what depends on what: there is something to plan."""
        self._current = overlook_settings(read_catalog(self._connection), self._wanted, self._history)
        self._wanted = self._collect(is_linked=True)
        self._canonical = make_catalog(
            replace(item, definition=canonical.by_id[item.id].definition) for item in self._wanted.objects
        )

    def _plan(self, found: list[Operation], passwords: list[Operation]) -> list[Operation]:
        ownership, canonical = self._ownership, self._canonical
        diff = ownership.limit(compare_catalogs(self._current, canonical), self._wanted)
        maker = StepMaker(self._current, self._wanted, self._default_schema)
        steps = [maker.make(operation) for operation in self._tidy(found, canonical)]
        retyped = frozenset(step.subject for step in steps if isinstance(step.item, RetypeColumnOp))
        moved = find_remade(diff, self._current)
        going = find_going(
            self._current,
            self._wanted,
            diff,
            is_ours=ownership.is_ours,
            disturbed=moved.union(*(step.removes for step in steps)),
        )
        new_columns = find_new_columns(diff, self._current, self._wanted, retyped=retyped, going=going)
        steps = [step for step in steps if step.goes or step.subject not in new_columns]
        leaving = frozenset(column for step in steps if step.goes for column in step.removes)
        resting = find_resting(self._current, self._wanted, going, leaving)
        steps = [step for step in steps if step.subject not in resting or keep_from_default(step.item)]
        diff = leave_resting(diff, resting)
        inside = plan_tables(
            self._current,
            self._wanted,
            diff,
            covered=_find_covered(steps),
            moved=moved,
            new_columns=new_columns,
            is_ours=lambda item: ownership.is_ours(item.id),
        )
        carried = tuple(self._carry())
        inside += (*plan_resting(self._current, self._wanted, resting), *(each.action for each in carried))
        steps += [maker.make(CatalogOp(action)) for action in inside]
        disturbed = moved.union(*(step.removes for step in steps))
        plan = plan_changes(self._current, self._wanted, diff, is_ours=ownership.is_ours, disturbed=disturbed)
        steps += [maker.make(operation) for operation in self._close(steps, plan.actions)]
        steps += [maker.make(operation) for operation in passwords]
        self._context.opts[STEPS] = tuple(steps)
        self._context.opts[CARRIED] = frozenset(each.column for each in carried if each.is_whole)
        self._context.opts[FOREIGN] = {step.subject: self._find_foreign(step.subject) for step in steps if step.goes}
        ordered = regroup(order_steps(steps))
        touched = {step.subject for step in steps}
        if touched and is_seen_by_postgrest(touched, self._metadata, self._history, self._current, self._wanted):
            ordered.append(NotifyOp())
        need = find_server_need(self._metadata, self._history)
        return [need, *ordered] if need and ordered else ordered

    def _carry(self) -> Iterator[Carrying]:
        for table in (table for each in self._metadata for table in each.tables.values()):
            values = find_value_columns(table)
            if values is not None:
                yield from plan_carrying(
                    self._current,
                    self._wanted,
                    ObjectId(Kind.TABLE, table.schema or self._default_schema, table.name),
                    name_column=values.name_column,
                    names=values.names,
                    relation=values.relation,
                )

    def _close(self, steps: list[Step[Operation]], actions: tuple[Action, ...]) -> Iterator[CatalogOp]:
        """Return the planned actions, and more of them, so that our roles have no rights but declared ones."""
        closing = Closing(self._connection, self._wanted, self._history)
        yield from closing.close_tables(steps, self._current)
        yield from map(CatalogOp, closing.close(actions, self._current))
        made = (action.id for action in actions if action.verb in (Verb.CREATE, Verb.DROP))
        touched = frozenset({*(step.subject for step in steps if step.goes), *made})
        yield from closing.close_to_new_roles(self._current, touched)

    def _find_foreign(self, object_id: ObjectId) -> tuple[ObjectId, ...]:
        fallen = find_fallen(self._current, {object_id})
        strangers = (other for other in fallen if other not in self._wanted.by_id)
        return tuple(sorted(other for other in strangers if not self._ownership.is_ours(other)))

    def _tidy(self, found: list[Operation], canonical: Catalog) -> Iterator[Operation]:
        own = keep_own_tables(list(flatten(found)), stubs=self._stubs, made=self._history.made_table)
        for operation in own:
            complete_constraint(operation, self._wanted, self._default_schema)
        open_ = leave_settled(own, self._current, canonical, self._default_schema)
        is_ours = self._ownership.is_ours
        ours = leave_foreign_parts(open_, self._current, self._wanted, self._default_schema, is_ours=is_ours)
        new = frozenset(find_table(operation) for operation in ours if isinstance(operation, ops.CreateTableOp))
        for operation in leave_comments(split_rings(ours), self._history, self._default_schema):
            complete_constraint(operation, self._wanted, self._default_schema)
            named = name_checks(operation, self._wanted, self._default_schema)
            settled = self._bring_values_along(leave_types_to_us(named))
            yield settle_concurrency(make_exact(settled, self._current, self._default_schema), new)

    def _bring_values_along(self, operation: Operation) -> Operation:
        if not isinstance(operation, ops.AlterColumnOp) or operation.modify_type is None:
            return operation
        column = table_id(operation, self._default_schema).column(operation.column_name)
        old, new = self._current.by_id[column], self._wanted.by_id[column]
        ways = (find_way(self._connection, old, new), find_way(self._connection, new, old))
        return make_retype(operation, up=ways[0], down=ways[1])

    def _set_passwords(self) -> Iterator[Operation]:
        for item in self._wanted.of_kind(Kind.ROLE):
            variable = item.defined_as(Role).password_variable
            if variable and self._history.is_kept and not self._history.has_password(item.id, variable):
                yield RolePasswordOp(item.id, variable)


def _find_covered(steps: Iterable[Step[Operation]]) -> frozenset[ObjectId]:
    """Return what Alembic's operations make, change or drop; an altered column only where its default is."""
    covered: set[ObjectId] = set()
    for step in steps:
        if not isinstance(step.item, ops.AlterColumnOp) or _sets_default(step.item):
            covered |= step.provides | step.removes
    return frozenset(covered)


def _sets_default(operation: ops.AlterColumnOp) -> bool:
    is_taken_along = isinstance(operation, RetypeColumnOp) and bool(operation.up.before or operation.up.afterwards)
    return is_taken_along or operation.modify_server_default is not False
