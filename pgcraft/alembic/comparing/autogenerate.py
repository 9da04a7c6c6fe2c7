"""The comparison of everything, and the operations that it leads to, in one order."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import Connection, MetaData

from pgcraft import garbage
from pgcraft.alembic.comparing.others import Others
from pgcraft.alembic.comparing.settings import EnvironmentSettings
from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import ConcurrentIndexOp, settle_concurrency
from pgcraft.alembic.operations.frame import ask_for_server, notify
from pgcraft.alembic.operations.inspect_ops import PLANNED, STEPS
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.renaming import say_rename
from pgcraft.alembic.operations.saying import Speaker
from pgcraft.alembic.operations.standing import FORGOTTEN
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.diff.access import hazards_of_password
from pgcraft.diff.actions import Verb
from pgcraft.diff.likely import RENAMED
from pgcraft.diff.online import ONLINE
from pgcraft.diff.order import Step, order_steps
from pgcraft.diff.plan import make_step
from pgcraft.reconcile.comparison import Comparison, Place, Plan
from pgcraft.reconcile.limits import Limits
from pgcraft.reconcile.notify import is_seen_by_postgrest
from pgcraft.reconcile.renaming import Renaming
from pgcraft.reconcile.server_need import check_server_version, find_server_need
from pgcraft.scripts.made import read_history
from pgcraft.scripts.tables import regroup
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, names_up_to

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

Operation = ops.MigrateOperation


def compare_everything(
    context: "AutogenContext",
    connection: Connection,
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
    models, migration = tuple(metadata), context.migration_context
    default_schema = context.dialect.default_schema_name or DEFAULT_SCHEMA
    place = Place(default_schema, tuple(schemas), (migration.version_table_schema, migration.version_table))
    longest = context.dialect.max_identifier_length
    with garbage.paused(), names_up_to(longest), Renaming(connection) as renaming:
        find_history = partial(read_history, migration, models[0] if models else None, default_schema)
        comparison = Comparison(connection, models, read, find_history, place, renaming, context.opts.get(RENAMED, {}))
        return _complete(context, comparison, models, default_schema)


def _complete(
    context: "AutogenContext",
    comparison: Comparison,
    metadata: tuple[MetaData, ...],
    default_schema: str,
) -> list[Operation]:
    settings, others = EnvironmentSettings(context), Others(context)
    passwords = [RolePasswordOp(role, variable) for role, variable in comparison.list_new_passwords()]
    if comparison.is_settled and not passwords and not settings.asks_of_columns and not others:
        context.opts[STEPS] = ()
        return []
    comparison.link()
    limits = Limits(settings, comparison.current, comparison.wanted, comparison.declared, default_schema)
    plan = comparison.plan(limits.limit, is_online=bool(context.opts.get(ONLINE)))
    unsaid = DEFAULT_SCHEMA if default_schema == DEFAULT_SCHEMA else ""  # a revision runs under other paths, too
    declared, collected = comparison.declared, comparison.collected
    speaker = Speaker(comparison.current, comparison.wanted, declared, unsaid, plan.new_columns, collected)
    steps = _make_steps(plan, speaker, passwords)
    first = [make_step(each, say_rename(name, unsaid) if name else CatalogOp(each)) for each, name in plan.first]
    context.opts[STEPS] = (*first, *steps)
    context.opts[FORGOTTEN] = {action.id: action.forgotten for action in plan.inside if action.forgotten}
    context.opts[PLANNED] = plan.planned
    ordered = regroup((*(step.item for step in first), *order_steps(steps)))
    touched = {step.subject for step in (*first, *steps)}
    if touched and is_seen_by_postgrest(touched, metadata, comparison.history, comparison.current, comparison.wanted):
        ordered.append(notify())
    need = find_server_need(metadata, comparison.history) if ordered else None
    head = [ask_for_server(*need, check_server_version(*need))] if need else []
    more = others.compare(limits.pair_tables(comparison.ownership.is_ours)) if others else ()
    return [*head, *ordered, *more]


def _make_steps(plan: Plan, speaker: Speaker, passwords: list[RolePasswordOp]) -> list[Step[Operation]]:
    """Return what is done, each in Alembic's words where it has some."""
    new = {action.id for action in plan.inside if (action.verb, action.id.kind) == (Verb.CREATE, Kind.TABLE)}
    steps: list[Step[Operation]] = []
    for action in plan.inside:
        operation = settle_concurrency(speaker.say(action), is_new=action.id.table in new)
        step = make_step(action, operation)
        is_beside = isinstance(operation, ConcurrentIndexOp)
        steps.append(step._replace(is_alone=True, hazards=()) if is_beside else step)
    steps += [make_step(action, CatalogOp(action)) for action in plan.beside]
    steps += [
        Step(each, each.role_id, requires=frozenset({each.role_id}), hazards=hazards_of_password(each.role_id))
        for each in passwords
    ]
    return steps
