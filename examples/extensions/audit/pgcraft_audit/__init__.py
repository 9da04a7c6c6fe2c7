"""Who changed what: the second tier of an extension, two plugins that work on one table."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, DateTime, Identity, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from pgcraft.extension import PGCraftExtension
from pgcraft.factory import FactoryContext
from pgcraft.identifiers import quote_qualified
from pgcraft.models import GeneratedFunction, TriggerDefinition, register_function, register_trigger
from pgcraft.plugin import Plugin, produces, requires

# Where rows are really written: a resource with a history has a log behind its view.
WRITTEN_TABLES = ("append_only_log_table", "eav_attribute_table", "table")

BODY = """
BEGIN
    INSERT INTO {shadow} (operation, who, role, request, old, new)
    VALUES (
        lower(TG_OP),
        coalesce(
            nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub',
            session_user
        ),
        nullif(current_setting('role', true), 'none'),
        nullif(concat_ws(' ', current_setting('request.method', true), current_setting('request.path', true)), ''),
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
    );
    RETURN NULL;
END;
"""
"""Inside of a definer function ``current_user`` is the owner, so the claims of the request tell who it was."""


def get_written_table(ctx: FactoryContext) -> Table:
    """Return the table that a factory's rows are written to."""
    return next(table for table in map(ctx.find, WRITTEN_TABLES) if table is not None)


@requires("table")
@produces("audit_table")
class ShadowTablePlugin(Plugin):
    """Makes ``T_audit``: when, what, who, as which role, by which request, and the row before and after.

    Requires ``table``; produces ``audit_table``.
    """

    def run(self, ctx: FactoryContext) -> None:
        """Make the table."""
        ctx["audit_table"] = Table(
            f"{ctx.tablename}_audit",
            ctx.metadata,
            Column("id", BigInteger, Identity(always=True), primary_key=True),
            Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
            Column("operation", Text, nullable=False),
            Column("who", Text, nullable=False),
            Column("role", Text),
            Column("request", Text),
            Column("old", JSONB),
            Column("new", JSONB),
            schema=ctx.schemaname,
        )


@requires("table", "audit_table")
class ShadowTriggerPlugin(Plugin):
    """Fills the shadow table after each row that is written.

    Requires ``table`` and ``audit_table``.
    """

    def run(self, ctx: FactoryContext) -> None:
        """Declare the function and its trigger."""
        shadow: Table = ctx["audit_table"]
        name = f"{ctx.tablename}_audit"
        register_function(
            ctx.metadata,
            GeneratedFunction(
                schema=ctx.schemaname,
                name=name,
                body=BODY.format(shadow=quote_qualified(shadow.schema, shadow.name)),
                security_definer=True,
                depends_on=((ctx.schemaname, shadow.name),),
            ),
        )
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=get_written_table(ctx).name,
                name=name,
                timing="after",
                events=("insert", "update", "delete"),
                function=(ctx.schemaname, name),
            ),
        )


@dataclass
class AuditExtension(PGCraftExtension):
    """Gives every factory a shadow table and the trigger that fills it."""

    name: str = "audit"

    def plugins(self) -> list[Plugin]:
        """Return the two plugins; what they require puts them after the one that makes the table."""
        return [ShadowTablePlugin(), ShadowTriggerPlugin()]
