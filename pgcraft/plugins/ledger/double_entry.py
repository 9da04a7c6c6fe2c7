"""Double entry: debits and credits of an entry are equal when its transaction ends."""

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, Index, Text

from pgcraft.declare.column_markers import as_text_clause
from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.naming import limit_name
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.entity import qualify
from pgcraft.plugins.ledger.amounts import DIRECTIONS, write_amount
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.sqltext.plpgsql import write_block, write_if, write_raise

if TYPE_CHECKING:
    from sqlalchemy import Table


@produces("direction_column")
class DoubleEntryPlugin(Plugin):
    """Adds the column that says which side of an entry a row stands on: ``debit`` or ``credit``.

    Produces ``direction_column``.

    Args:
        column_name: the column's name.
    """

    def __init__(self, column_name: str = "direction") -> None:
        self.column_name = column_name

    def run(self, ctx: FactoryContext) -> None:
        """Add the column with its check."""
        allowed = ", ".join(quote_literal(direction) for direction in DIRECTIONS)
        check = as_text_clause(f"{quote_name(self.column_name)} IN ({allowed})")
        name = limit_name(f"{ctx.tablename}_{self.column_name}")
        ctx.injected_columns.append(Column(self.column_name, Text, nullable=False))
        ctx.table_items.append(CheckConstraint(check, name=name))
        ctx["direction_column"] = self.column_name


@requires("table", "direction_column", "entry_id_column", "value_column")
class DoubleEntryTriggerPlugin(Plugin):
    """Refuses an entry whose debits and credits differ at the end of the transaction that wrote to it.

    Requires ``table``, ``direction_column``, ``entry_id_column`` and ``value_column``. The trigger is deferred, so a
    journal may come in one statement a row
    (https://www.postgresql.org/docs/current/sql-createtrigger.html, constraint triggers).
    """

    def run(self, ctx: FactoryContext) -> None:
        """Register the function and its trigger, and an index over the entries."""
        table: Table = ctx["table"]
        body = _write_body(ctx, qualify(table))
        firing = Firing(relation=table.name, timing="after", events=("insert",), is_deferred=True)
        declare_trigger(ctx, "double_entry", "double_entry", body, firing, reaches=[(ctx.schemaname, table.name)])
        column = next(column for column in table.columns if column.name == ctx["entry_id_column"])
        Index(limit_name(f"ix__{table.name}__{column.name}"), column, _table=table)


def _write_body(ctx: FactoryContext, table: str) -> str:
    entry = quote_name(ctx["entry_id_column"])
    message = f"entry % of {ctx.fullname.replace('%', '%%')} does not balance: debits less credits are %"
    refuse = write_raise(quote_literal(message), (f"NEW.{entry}", "difference"), errcode="'check_violation'")
    lines = [
        f"SELECT pg_catalog.sum({write_amount(ctx, 't')})",
        "INTO difference",
        f"FROM {table} AS t",
        f"WHERE t.{entry} = NEW.{entry};",
        *write_if(["difference <> 0"], refuse),
        "RETURN NULL;",
    ]
    return write_block(lines, variables=("difference numeric",))
