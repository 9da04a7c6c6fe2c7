"""What plugins and users declare of statistics objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.catalog.statistics import KINDS_OF_STATISTICS
from pgcraft.models.given import Form, GivenName, Unfit, names, some_words, text, text_or_none, texts


def _target(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000):
        return value
    raise Unfit("a number from 0 to 10000, or None")


def _kinds(value: object) -> tuple[object, ...]:
    return () if value in ((), []) else some_words(*KINDS_OF_STATISTICS)(value)  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class StatisticsDefinition(GivenName):
    """A statistics object, in the schema of its table.

    Attributes:
        schema: of the table or materialized view.
        table: its name.
        columns: of it.
        expressions: SQL over its columns; two columns and expressions at least, or one expression.
        kinds: of ``ndistinct``, ``dependencies`` and ``mcv``; all of them when left out.
        target: how much ANALYZE samples for it; what others set stays when it is left out.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "table", "name"), text),
        "columns": names,
        "expressions": texts,
        "kinds": _kinds,
        "target": _target,
        "comment": text_or_none,
    }

    schema: str
    table: str
    name: str
    columns: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    target: int | None = None
    comment: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse."""
        count = len(self.columns) + len(self.expressions)
        if count < 2 and not self.expressions:
            yield f"it is about {count or 'no'} column{'s' if count != 1 else ''}", "name two, or give an expression"
        if count == 1 and self.kinds:
            yield "it has kinds, and one expression", "leave kinds out: one expression has none"
