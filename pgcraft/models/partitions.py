"""What plugins and users declare of partitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, Given, flag, pair, pairs, text, text_or_none


@dataclass(frozen=True, kw_only=True)
class PartitionDefinition(Given):
    """A partition of a table that has ``postgresql_partition_by``, or of another partition.

    Attributes:
        of: schema and name of what it is a partition of.
        values: ``FROM ('2026-01-01') TO ('2027-01-01')``, ``IN ('a', 'b')``, ``WITH (modulus 4, remainder 0)`` or
            ``DEFAULT``.
        partition_by: ``LIST (region)`` where it is divided itself.
        options: storage parameters, as pairs.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name", "values"), text),
        "of": pair,
        **dict.fromkeys(("partition_by", "comment"), text_or_none),
        "options": pairs,
        "unlogged": flag,
    }

    schema: str
    name: str
    of: tuple[str, str]
    values: str
    partition_by: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    unlogged: bool = False
    comment: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse."""
        if self.partition_by and self.options:
            yield "it is divided itself and has options", "give the options to its partitions, which hold the rows"
        if self.of == (self.schema, self.name):
            yield "it is a partition of itself", "name its table in of=…"
