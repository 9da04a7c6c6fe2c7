"""Protection of tables that only a resource's own functions may write."""

from typing import TYPE_CHECKING

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.models.definitions import FunctionDefinition, TriggerDefinition
from pgcraft.models.register import register_function, register_trigger
from pgcraft.naming import build_name
from pgcraft.plpgsql import write_block, write_raise
from pgcraft.plugin import Dynamic, Plugin, requires

if TYPE_CHECKING:
    from sqlalchemy import Table

_EVENTS = ("insert", "update", "delete", "truncate")
_IS_DIRECT = "pg_trigger_depth() = 0"
"""True for a statement that a client sent; the resource's own triggers and the cascades of foreign keys run deeper."""


@requires(Dynamic("table_key"))
class ProtectPlugin(Plugin):
    """Makes a table refuse direct INSERT, UPDATE, DELETE and TRUNCATE; foreign keys may still cascade into it.

    Args:
        table_key: context key of the table.
    """

    is_internal = True

    def __init__(self, table_key: str) -> None:
        self.table_key = table_key

    def run(self, ctx: FactoryContext) -> None:
        """Register the function and its trigger."""
        table: Table = ctx[self.table_key]
        names = {"schema": ctx.schemaname, "table_name": table.name, "op": "write"}
        function = build_name(ctx.metadata, "protect_function", **names)
        message = f"table {ctx.schemaname}.{table.name} cannot be written directly".replace("%", "%%")
        hint = f"write through the view {quote_qualified(ctx.schemaname, ctx.tablename)}"
        lines = write_raise(quote_literal(message), errcode="'insufficient_privilege'", hint=quote_literal(hint))
        register_function(
            ctx.metadata,
            FunctionDefinition(
                schema=ctx.schemaname,
                name=function,
                returns="trigger",
                body=write_block(lines),
                settings=(("search_path", ""),),
            ),
        )
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=table.name,
                name=build_name(ctx.metadata, "protect_trigger", **names),
                timing="before",
                events=_EVENTS,
                function=(ctx.schemaname, function),
                for_each_row=False,
                when=_IS_DIRECT,
            ),
        )
