"""The facts of functions, procedures and aggregate functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

Volatility = Literal["volatile", "stable", "immutable"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure.

    Attributes:
        arguments: the list as it stands in parentheses, with names and defaults.
        returns: the result type as written: ``trigger``, ``SETOF text``; empty for a procedure.
        body: the source text, byte for byte.
        settings: ``SET`` clauses, sorted: ``("search_path", "")``; of a list of names the list, ``app, pg_temp``.
        is_atomic: its body is SQL itself (``BEGIN ATOMIC …``, ``RETURN …``), not a string.
        is_public: whether PUBLIC may execute it, as PostgreSQL lets everyone by default.
        cost: of a call; None for PostgreSQL's default, as of ``rows``.
        support: the function that helps the planner, with its schema where that is not PostgreSQL's.
        aggregate: of an aggregate function its options in the order of CREATE AGGREGATE; language and body are empty.
        stated: which of ``OPEN`` the models say something of, be it the default; else what others set stays.
    """

    arguments: str
    returns: str
    language: str
    body: str
    volatility: Volatility = "volatile"
    security_definer: bool = False
    strict: bool = False
    leakproof: bool = False
    parallel: Literal["unsafe", "restricted", "safe"] = "unsafe"
    settings: tuple[tuple[str, str], ...] = ()
    is_procedure: bool = False
    is_atomic: bool = False
    is_public: bool = True
    comment: str | None = None
    cost: float | None = None
    rows: float | None = None
    support: str | None = None
    aggregate: tuple[tuple[str, str], ...] = ()
    stated: tuple[str, ...] = ()
    owner: str | None = None

    OPEN: ClassVar[Mapping[str, object]] = {
        "leakproof": False, "parallel": "unsafe", "cost": None, "rows": None, "support": None,
    }  # fmt: skip
    """The facts that others may set beside the models, with their defaults."""
