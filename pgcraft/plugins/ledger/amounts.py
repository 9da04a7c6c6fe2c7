"""What a ledger's rows add up to."""

from collections.abc import Iterable, Sequence

from pgcraft.errors import PGCraftColumnError, Place, find_nearest
from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.markers import ColumnNames

DEBIT = "debit"
CREDIT = "credit"
DIRECTIONS = (DEBIT, CREDIT)


def find_direction(ctx: FactoryContext) -> str | None:
    """Give the name of the column that says debit or credit; None where the ledger has single entries."""
    name: str | None = ctx.find("direction_column")
    return name


def write_amount(ctx: FactoryContext, alias: str) -> str:
    """Write what one row adds: its value, and where it has a direction, less than nothing for a credit."""
    value = f"{alias}.{quote_name(ctx['value_column'])}"
    direction = find_direction(ctx)
    if direction is None:
        return value
    return f"CASE {alias}.{quote_name(direction)} WHEN '{DEBIT}' THEN {value} ELSE -{value} END"


def get_dimensions(ctx: FactoryContext, names: Sequence[str], item: str, place: Place | None = None) -> tuple[str, ...]:
    """Give the names of columns that dimensions are called by.

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
