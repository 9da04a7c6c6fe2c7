"""Rows that stay as they were written."""

from typing import TYPE_CHECKING

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal
from pgcraft.models.definitions import TriggerDefinition
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import build_name
from pgcraft.models.register import register_function, register_trigger
from pgcraft.plugin import Plugin, requires
from pgcraft.sqltext.plpgsql import write_block, write_raise

if TYPE_CHECKING:
    from sqlalchemy import Table


@requires("table")
class ImmutablePlugin(Plugin):
    """Makes a table refuse UPDATE, DELETE and TRUNCATE, whoever asks and however."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register one function and two triggers: TRUNCATE has no rows to fire for."""
        table: Table = ctx["table"]
        self._register(ctx, table, "change", ("update", "delete"), for_each_row=True)
        self._register(ctx, table, "truncate", ("truncate",), for_each_row=False)

    def _register(
        self, ctx: FactoryContext, table: "Table", op: str, events: tuple[str, ...], *, for_each_row: bool
    ) -> None:
        function = self._declare_function(ctx, table)
        names = {"schema": ctx.schemaname, "table_name": table.name, "op": op}
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=table.name,
                name=build_name(ctx.metadata, "protect_trigger", **names),
                timing="before",
                events=events,
                function=(ctx.schemaname, function),
                for_each_row=for_each_row,
            ),
        )

    def _declare_function(self, ctx: FactoryContext, table: "Table") -> str:
        names = {"schema": ctx.schemaname, "table_name": table.name, "op": "change"}
        name = build_name(ctx.metadata, "protect_function", **names)
        message = f"table {ctx.fullname} is a ledger: its rows cannot be changed or removed".replace("%", "%%")
        hint = f"insert rows that make up for them into {ctx.fullname}"
        lines = write_raise(quote_literal(message), errcode="'insufficient_privilege'", hint=quote_literal(hint))
        register_function(ctx.metadata, GeneratedFunction(schema=ctx.schemaname, name=name, body=write_block(lines)))
        return name
