"""A balance that may not fall too low."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.naming import limit_name
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.entity import qualify
from pgcraft.plugins.equality import has_own_equality, write_equal_of
from pgcraft.plugins.ledger.amounts import get_dimensions, write_amount
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.sqltext.plpgsql import write_block, write_if, write_raise

if TYPE_CHECKING:
    from sqlalchemy import Table


@requires("table", "value_column")
class LedgerBalanceCheckPlugin(Plugin):
    """Refuses rows that would bring a balance under its minimum, also when many write at a time.

    Requires ``table`` and ``value_column``. Writers of one balance wait for each other's transactions, by an advisory
    lock on the values of its dimensions. Under REPEATABLE READ they cannot see what others wrote, and are refused;
    under SERIALIZABLE PostgreSQL tells, provided that all who write the ledger are serializable
    (https://www.postgresql.org/docs/current/transaction-iso.html).

    Args:
        dimensions: names of the columns that a balance is kept by.
        min_balance: the lowest balance allowed.
    """

    def __init__(self, dimensions: Sequence[str], min_balance: int | float | Decimal = 0) -> None:
        self.dimensions = tuple(dimensions)
        self.min_balance = min_balance

    def run(self, ctx: FactoryContext) -> None:
        """Register the function and its trigger, and an index over the dimensions."""
        table: Table = ctx["table"]
        dimensions = get_dimensions(ctx, self.dimensions, type(self).__name__)
        op = "_".join(("balance", *dimensions))
        body = self._write_body(ctx, qualify(table), dimensions)
        firing = Firing(
            relation=table.name, timing="after", events=("insert",), for_each_row=False, new_table="new_rows"
        )
        declare_trigger(ctx, "balance_check", op, body, firing, reaches=[(ctx.schemaname, table.name)])
        columns = [column for name in dimensions for column in table.columns if column.name == name]
        Index(limit_name(f"ix__{table.name}__{'_'.join(dimensions)}__balance"), *columns, _table=table)

    def _write_body(self, ctx: FactoryContext, table: str, dimensions: tuple[str, ...]) -> str:
        listed = ", ".join(f"n.{quote_name(name)}" for name in dimensions)
        same = " AND ".join(
            _write_same(column) for name in dimensions for column in ctx.all_columns if column.name == name
        )
        shown = ", ".join(f"touched.{quote_name(name)}" for name in dimensions)
        message = f"balance of {ctx.fullname} for ({', '.join(dimensions)}) = ".replace("%", "%%")
        refuse = write_raise(
            quote_literal(f"{message}% would be %, and must not be under {self.min_balance}"),
            ("pg_catalog.row_to_json(touched)" if len(dimensions) > 1 else f"{shown}", "balance"),
            errcode="'check_violation'",
        )
        stale = "pg_catalog.current_setting('transaction_isolation') = 'repeatable read'"
        lines = [
            *write_if(
                [stale],
                write_raise(
                    quote_literal(f"{ctx.fullname} cannot be written under REPEATABLE READ".replace("%", "%%")),
                    errcode="'feature_not_supported'",
                    hint="'use READ COMMITTED or SERIALIZABLE: the balance must see what others have committed'",
                ),
            ),
            "PERFORM pg_catalog.pg_advisory_xact_lock(keys.key)",
            "FROM (",
            f"    SELECT DISTINCT pg_catalog.hashtextextended(ROW({listed})::pg_catalog.text, TG_RELID::bigint) AS key",
            "    FROM new_rows AS n",
            "    ORDER BY key",
            ") AS keys;",
            f"FOR touched IN SELECT DISTINCT {listed} FROM new_rows AS n LOOP",
            f"    SELECT coalesce(pg_catalog.sum({write_amount(ctx, 't')}), 0)",
            "    INTO balance",
            f"    FROM {table} AS t",
            f"    WHERE {same};",
            *(f"    {line}" for line in write_if([f"balance < {self.min_balance}"], refuse)),
            "END LOOP;",
            "RETURN NULL;",
        ]
        return write_block(lines, variables=("touched pg_catalog.record", "balance numeric"))


def _write_same(column: Column[Any]) -> str:
    """Write the condition of one dimension; only ``=`` can use the index, and only that of PostgreSQL is found."""
    name = quote_name(column.name)
    if not has_own_equality(column.type):
        return write_equal_of(column.type, f"t.{name}", f"touched.{name}")
    operator = "IS NOT DISTINCT FROM" if column.nullable else "="
    return f"t.{name} {operator} touched.{name}"
