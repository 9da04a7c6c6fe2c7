"""The two plugins that the page's audit extension bundles and does not show."""

from sqlalchemy import Column, DateTime, String, Table, func

from pgcraft.factory import FactoryContext
from pgcraft.models import FunctionDefinition, TriggerDefinition, register_function, register_trigger
from pgcraft.plugin import Plugin, produces, requires

BODY = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO {shadow} (operation, {columns}) SELECT TG_OP, OLD.*;
    ELSE
        INSERT INTO {shadow} (operation, {columns}) SELECT TG_OP, NEW.*;
    END IF;
    RETURN NULL;
END;
"""


@requires("table")
@produces("shadow_table")
class ShadowTablePlugin(Plugin):
    """A table beside the factory's that takes a copy of each row that was written."""

    def run(self, ctx: FactoryContext) -> None:
        ctx["shadow_table"] = Table(
            f"{ctx.tablename}_shadow",
            ctx.metadata,
            Column("operation", String(6), nullable=False),
            Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
            *(Column(column.name, column.type) for column in ctx["table"].columns),
            schema=ctx.schemaname,
        )


@requires("shadow_table")
class ShadowTriggerPlugin(Plugin):
    """The trigger that fills it."""

    def run(self, ctx: FactoryContext) -> None:
        name, shadow = f"{ctx.tablename}_shadow", ctx["shadow_table"]
        columns = ", ".join(column.name for column in ctx["table"].columns)
        register_function(
            ctx.metadata,
            FunctionDefinition(
                schema=ctx.schemaname,
                name=name,
                returns="trigger",
                body=BODY.format(shadow=shadow.fullname, columns=columns),
                depends_on=((ctx.schemaname, shadow.name),),
            ),
        )
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=ctx.tablename,
                name="shadow",
                timing="after",
                events=("insert", "update", "delete"),
                function=(ctx.schemaname, name),
            ),
        )
