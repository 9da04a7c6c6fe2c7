"""Views over ledgers: balances, and the latest row of each."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Select, Table, select
from sqlalchemy.dialects.postgresql import distinct_on

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.factory.base import ResourceFactory
from pgcraft.models.naming import build_name
from pgcraft.models.provenance import find_caller
from pgcraft.plugins.ledger.amounts import find_direction, get_columns, get_dimensions, sum_amounts
from pgcraft.views.view import PGCraftView


class LedgerView(PGCraftView):
    """The base of the views over a ledger.

    Args:
        source: the ledger's factory, or the class that was registered with it.
        dimensions: names of the columns to group by.
        name: the view's name, where one ledger has several of a kind; from the naming convention when left out.
        bypass_row_security: count the rows of everyone, whatever policies the ledger has.

    Raises:
        PGCraftColumnError: PGC104, the ledger has no such column (a ValueError too).
        PGCraftValidationError: PGC126, the source is no ledger.
    """

    naming_key: ClassVar[str]

    def __init__(
        self,
        source: object,
        dimensions: Sequence[str],
        *,
        name: str | None = None,
        bypass_row_security: bool = False,
    ) -> None:
        place = Place(*find_caller(), type(self).__name__)
        ctx = read_ledger(source, place)
        columns = get_dimensions(ctx, dimensions, type(self).__name__, place)
        view_name = name or build_name(ctx.metadata, self.naming_key, schema=ctx.schemaname, table_name=ctx.tablename)
        query = self.make_query(ctx, columns)
        super().__init__(view_name, ctx.schemaname, ctx.metadata, query, bypass_row_security=bypass_row_security)

    def make_query(self, ctx: FactoryContext, dimensions: tuple[str, ...]) -> Select[Any]:
        """Return the view's query."""
        raise NotImplementedError


class BalanceView(LedgerView):
    """Declares the view ``T_balances``: what the rows of each combination of dimensions add up to, as ``balance``.

    With double entry, debits add and credits subtract, unless the direction is a dimension itself.
    """

    naming_key: ClassVar[str] = "ledger_balance_view"

    def make_query(self, ctx: FactoryContext, dimensions: tuple[str, ...]) -> Select[Any]:
        """Return the sums by dimension."""
        table: Table = ctx["table"]
        grouped = get_columns(table, dimensions)
        signed = find_direction(ctx) not in dimensions
        return select(*grouped, sum_amounts(ctx, is_signed=signed).label("balance")).group_by(*grouped)


class LatestView(LedgerView):
    """Declares the view ``T_latest``: the last row that was written for each combination of dimensions."""

    naming_key: ClassVar[str] = "ledger_latest_view"

    def make_query(self, ctx: FactoryContext, dimensions: tuple[str, ...]) -> Select[Any]:
        """Return the first row of each in the order of time backwards."""
        table: Table = ctx["table"]
        grouped = get_columns(table, dimensions)
        time = get_columns(table, (ctx["created_at_column"],))[0]
        keys = get_columns(table, ctx["pk_columns"].names)
        order = (*grouped, time.desc(), *(key.desc() for key in keys))
        return select(table).ext(distinct_on(*grouped)).order_by(*order)


def read_ledger(source: object, place: Place) -> FactoryContext:
    """Return the context of a ledger.

    Raises:
        PGCraftValidationError: PGC126, it is none.
    """
    factory = source if isinstance(source, ResourceFactory) else getattr(source, "__pgcraft_factory__", None)
    if isinstance(factory, ResourceFactory) and "value_column" in factory.ctx:
        return factory.ctx
    raise PGCraftValidationError(
        "PGC126", f"source is {source!r}, which is no ledger", place=place, remedy="pass what PGCraftLedger(…) gave"
    )
