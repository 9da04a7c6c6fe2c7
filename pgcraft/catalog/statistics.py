"""The facts of a statistics object."""

from dataclasses import dataclass

KINDS_OF_STATISTICS = ("dependencies", "mcv", "ndistinct")


@dataclass(frozen=True, slots=True)
class Statistics:
    """What PostgreSQL is to know of columns and expressions of a relation together.

    Attributes:
        columns: names, sorted.
        expressions: SQL, in order.
        kinds: of ``dependencies``, ``mcv`` and ``ndistinct``, sorted; none of a single expression.
        target: how much is sampled; None for PostgreSQL's default.
    """

    columns: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS_OF_STATISTICS
    target: int | None = None
    comment: str | None = None
