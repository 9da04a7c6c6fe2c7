"""A trigger and the function that it calls, named by the conventions: what plugins make that act on writes."""

from collections.abc import Iterable
from dataclasses import dataclass

from pgcraft.catalog.definitions import Timing
from pgcraft.declare.context import FactoryContext
from pgcraft.models.definitions import Need, TriggerDefinition
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import build_name
from pgcraft.models.register import register_function, register_trigger


@dataclass(frozen=True, kw_only=True)
class Firing:
    """When a trigger calls its function.

    Attributes:
        relation: name of the table or view it stands on, in the resource's schema.
        events: of ``insert``, ``update``, ``delete``, ``truncate``.
        update_columns: those that an UPDATE must name for it; any when left out.
        new_table: the name by which the function knows the rows that a statement wrote.
        is_deferred: it fires when the transaction ends, as a constraint.
    """

    relation: str
    timing: Timing
    events: tuple[str, ...]
    for_each_row: bool = True
    update_columns: tuple[str, ...] = ()
    new_table: str | None = None
    is_deferred: bool = False


def declare_trigger(
    ctx: FactoryContext,
    kind: str,
    op: str,
    body: str,
    firing: Firing,
    *,
    table_name: str | None = None,
    reaches: Iterable[tuple[str, str]] = (),
    needs: tuple[Need, ...] = (),
    settings: tuple[tuple[str, str], ...] = (),
) -> str:
    """Register a trigger with its function, and give the trigger's name.

    Args:
        ctx: of the factory.
        kind: whose names the conventions have as ``{kind}_function`` and ``{kind}_trigger``.
        op: what the function does, for its name.
        body: of the function, in PL/pgSQL.
        firing: when it is called.
        table_name: what it is named after; the resource when left out.
        reaches: the tables that the body names, as ``(schema, name)``. Where there is one, the function runs with its
            owner's rights.
        needs: what its caller needs where row security stands on these tables, and it runs with the caller's rights.
            Without, it runs with its owner's there too, and sees the rows of everyone.
        settings: what is set while it runs, beside the path.
    """
    names = {"schema": ctx.schemaname, "table_name": table_name or ctx.tablename, "op": op}
    function = build_name(ctx.metadata, f"{kind}_function", **names)
    trigger = build_name(ctx.metadata, f"{kind}_trigger", **names)
    reached = tuple(reaches)
    register_function(
        ctx.metadata,
        GeneratedFunction(
            schema=ctx.schemaname,
            name=function,
            body=body,
            security_definer=bool(reached),
            settings=settings,
            depends_on=reached,
            needs=needs,
            bypass_row_security=not needs,
        ),
    )
    register_trigger(ctx.metadata, _trigger(ctx.schemaname, trigger, function, firing))
    return trigger


def _trigger(schema: str, name: str, function: str, firing: Firing) -> TriggerDefinition:
    return TriggerDefinition(
        schema=schema,
        relation=firing.relation,
        name=name,
        timing=firing.timing,
        events=firing.events,
        function=(schema, function),
        for_each_row=firing.for_each_row,
        update_columns=firing.update_columns,
        new_table=firing.new_table,
        is_constraint=firing.is_deferred,
        deferrable=firing.is_deferred,
        initially_deferred=firing.is_deferred,
    )
