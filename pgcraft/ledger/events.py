"""Events of a ledger: SQL functions that write one entry each.

An event takes arguments, makes rows of them, and writes these as one entry. Where it says what is ``desired``, it
writes the difference to what is ``existing``::

    LedgerEvent(
        "recount",
        input=lambda p: select(p("sku", String), p("qty", Integer)),
        desired=lambda rows: select(rows.c.sku, rows.c.qty.label("value")),
        existing=ledger_balances("sku"),
        diff_keys=["sku"],
    )
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, SelectBase, and_, exists, func, select, tuple_

from pgcraft.declare.context import FactoryContext
from pgcraft.plugins.equality import are_same, has_own_equality
from pgcraft.plugins.ledger.amounts import get_columns, get_dimensions, sum_amounts

Parameter = Callable[[str, Any], ColumnElement[Any]]
"""Names an argument of the event's function, with its SQLAlchemy type."""
Existing = Callable[[FactoryContext, FromClause], Select[Any]]
"""Gets the ledger's context and the desired rows, and gives the rows to compare these with."""


@dataclass(frozen=True)
class LedgerEvent:
    """One event.

    Attributes:
        name: the function is called ``S.S_T_<name>``.
        input: gets a maker of parameters and gives the select of the input rows.
        desired: gets the input rows and gives the rows wanted: the ledger's columns, ``value`` among them. The input
            rows themselves when left out.
        existing: gives what is there, as :func:`ledger_balances` does; without it, the desired rows are written.
        diff_keys: the columns by which desired and existing rows belong together.
    """

    name: str
    input: Callable[[Parameter], SelectBase]
    desired: Callable[[FromClause], Select[Any]] | None = None
    existing: Existing | None = None
    diff_keys: Sequence[str] = field(default_factory=list)


def ledger_balances(*keys: str) -> Existing:
    """Return the balances of a ledger by these columns, for the combinations that are desired.

    Args:
        keys: names of the ledger's columns.

    Returns:
        What :class:`LedgerEvent` takes as ``existing``: rows of the keys with their sum as ``value``.
    """

    def existing(ctx: FactoryContext, desired: FromClause) -> Select[Any]:
        names = get_dimensions(ctx, keys, "ledger_balances")
        columns = get_columns(ctx["table"], names)
        amount = sum_amounts(ctx)
        total = func.pg_catalog.sum(*amount.clauses, type_=amount.type)  # it stands in the body of a function
        balances = select(*columns, total.label("value"))
        return balances.where(_is_wanted(columns, [desired.c[name] for name in names])).group_by(*columns)

    return existing


def _is_wanted(columns: Sequence[Any], wanted: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a row has one of the combinations; an index serves it where ``=`` is PostgreSQL's."""
    if all(has_own_equality(column.type) for column in columns):
        return tuple_(*columns).in_(select(*wanted))
    pairs = zip(columns, wanted, strict=True)
    return exists().where(and_(*(are_same(column, other) for column, other in pairs)))
