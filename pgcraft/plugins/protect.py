"""Protection of tables that only a resource's own functions may write.

A function of the resource names the resource's view in a setting of the transaction around each of its statements; the
tables take what comes in that time, and from within a trigger only. (A SET clause of the function would do the same,
but only a superuser may write one for a setting that PostgreSQL does not know.) What foreign keys do is known by the
statement that PostgreSQL makes for it. Nobody writes by mistake, neither with a statement nor in a trigger of their
own; who owns a table can still disable its trigger.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.plugin import Dynamic, Plugin, requires
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.sqltext.plpgsql import write_block, write_if, write_raise

if TYPE_CHECKING:
    from sqlalchemy import Table

DELETION = "delete"
"""What the setting tells of beside the resource: to end a version is to change a row of the log, whyever it ends."""
_EVENTS = ("insert", "update", "delete", "truncate")
WRITES = "'pgcraft.writes'"
"""The setting that says whose function writes, as an SQL literal."""
_BEFORE = "allowed_before"
WRITER_VARIABLES = (f"{_BEFORE} pg_catalog.text := pg_catalog.current_setting({WRITES}, true)",)
"""The variables of a function that has lines of :func:`write_protected`."""
_PASS_FOREIGN_KEYS = (
    "GET DIAGNOSTICS statement = PG_CONTEXT;",
    *write_if(
        ["pg_catalog.split_part(statement, E'\\n', 2) LIKE '% ONLY \"%\" %WHERE $% OPERATOR(%'"],
        ["RETURN NULL;"],
    ),
)
"""What a foreign key's ON DELETE or ON UPDATE does passes: PostgreSQL carries it out by a statement of this form, which
stands on the call stack next to the function."""


def name_operation(view: str, operation: str = "") -> str:
    """Return what the setting holds while a function of a resource writes; policies ask whether that is a deletion."""
    return f"{view} {operation}" if operation else view


def write_protected(view: str, lines: Iterable[str], *, operation: str = "") -> list[str]:
    """Write lines that may write the protected tables of a resource; what was allowed before is allowed again after.

    The function declares :data:`WRITER_VARIABLES`. ``FOUND`` stays as the lines left it.

    Args:
        view: the resource's name with its schema.
        lines: statements, none of which returns.
        operation: ``delete``, or nothing else.
    """
    return [
        f"PERFORM pg_catalog.set_config({WRITES}, {quote_literal(name_operation(view, operation))}, true);",
        *lines,
        f"{_BEFORE} := pg_catalog.set_config({WRITES}, {_BEFORE}, true);",
    ]


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
        """Register the function and its trigger.

        The function tells for itself what it lets pass: a condition of the trigger would be prepared anew for every
        statement.
        """
        table: Table = ctx[self.table_key]
        message = f"table {ctx.schemaname}.{table.name} cannot be written directly".replace("%", "%%")
        hint = f"write through the view {quote_qualified(ctx.schemaname, ctx.tablename)}"
        refusal = write_raise(quote_literal(message), errcode="'insufficient_privilege'", hint=quote_literal(hint))
        allowed = ", ".join(quote_literal(name_operation(ctx.fullname, operation)) for operation in ("", DELETION))
        is_own = f"pg_catalog.pg_trigger_depth() > 1 AND pg_catalog.current_setting({WRITES}, true) IN ({allowed})"
        lines = [*write_if([is_own], ["RETURN NULL;"]), *_PASS_FOREIGN_KEYS, *refusal]
        body = write_block(lines, variables=("statement pg_catalog.text",))
        firing = Firing(relation=table.name, timing="before", events=_EVENTS, for_each_row=False)
        declare_trigger(ctx, "protect", "write", body, firing, table_name=table.name)
