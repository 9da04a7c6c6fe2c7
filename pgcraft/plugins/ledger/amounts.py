"""What a ledger's rows add up to."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, case, func
from sqlalchemy.sql.functions import FunctionElement

from pgcraft.declare.column_markers import ColumnNames
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError, Place, find_nearest
from pgcraft.identifiers import quote_name

DEBIT = "debit"
CREDIT = "credit"
DIRECTIONS = (DEBIT, CREDIT)


def find_direction(ctx: FactoryContext) -> str | None:
    """Return the name of the column that says debit or credit; None where the ledger has single entries."""
    name: str | None = ctx.find("direction_column")
    return name


def write_amount(ctx: FactoryContext, alias: str) -> str:
    """Write what one row adds: its value, and where it has a direction, less than nothing for a credit."""
    value = f"{alias}.{quote_name(ctx['value_column'])}"
    direction = find_direction(ctx)
    if direction is None:
        return value
    return f"CASE {alias}.{quote_name(direction)} WHEN '{DEBIT}' THEN {value} ELSE -{value} END"


def get_columns(table: Table, names: Sequence[str]) -> list[Any]:
    """Return the columns of these names, in their order."""
    by_name = {column.name: column for column in table.columns}
    return [by_name[name] for name in names]


def sum_amounts(ctx: FactoryContext, *, is_signed: bool = True) -> FunctionElement[Any]:
    """Return the sum of a ledger's rows; a credit counts as less than nothing where rows have a direction."""
    table: Table = ctx["table"]
    value = get_columns(table, (ctx["value_column"],))[0]
    direction = find_direction(ctx)
    if direction is None or not is_signed:
        return func.sum(value)
    side = get_columns(table, (direction,))[0]
    return func.sum(case((side == DEBIT, value), else_=-value))


def get_dimensions(ctx: FactoryContext, names: Sequence[str], item: str, place: Place | None = None) -> tuple[str, ...]:
    """Return the names of columns that dimensions are called by.

    Raises:
        PGCraftColumnError: PGC104, the ledger has no such column, or none is named (a ValueError too).
    """
    known = ctx.column_names
    at = place or ctx.place_of(item)
    if not names or isinstance(names, str):
        raise PGCraftColumnError(
            "PGC104", f"{item} names no dimensions: {names!r}", place=at, remedy="give a list of column names"
        )
    return tuple(_get(name, known, item, ctx, at) for name in names)


def _get(name: str, known: ColumnNames, item: str, ctx: FactoryContext, place: Place) -> str:
    if name in known:
        return known[name]
    near = find_nearest(name, known)
    advice = f'did you mean "{near}"? ' if near else ""
    raise PGCraftColumnError(
        "PGC104",
        f'{item} names column "{name}", which {ctx.fullname} does not have',
        place=place,
        remedy=f"{advice}{ctx.fullname} has {_join(dict.fromkeys(known.values()))}",
    )


def _join(names: Iterable[str]) -> str:
    return ", ".join(names)
