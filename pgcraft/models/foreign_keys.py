"""Foreign keys by the name of what they point to: dimensions, and references to them or to any table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Table

from pgcraft.errors import Place
from pgcraft.models.renames import info_of

_WITH_SCHEMA = 3
_PART = re.compile(r'"((?:[^"]|"")+)"|([^.]+)')


@dataclass(frozen=True)
class Dimension:
    """What a foreign key may name.

    Attributes:
        schema: the factory's schema.
        name: the factory's table name.
        table: the physical table that foreign keys point to.
    """

    schema: str
    name: str
    table: Table

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    def find_column(self, name: str) -> Column[Any] | None:
        """Return the physical column of a name or key, or None."""
        by_name = (column for column in self.table.columns if column.name == name)
        return self.table.columns.get(name, next(by_name, None))


@dataclass(eq=False)
class Reference:
    """A foreign key of one table, resolved or waiting for its target.

    Attributes:
        label: what messages call it, as ``foreign key "places"``.
        table: the table that has it.
        columns: names of its local columns.
        targets: what it points to, each split at the dots.
        place: the user's line.
        name: the constraint's name; the naming convention makes one when None.
        ondelete: what happens on DELETE of the referenced row.
        onupdate: what happens on UPDATE of the referenced key.
        renamed_from: the name that it had before.
        is_raw: whether it names a table and no dimension.
        constraint: set when the target is known.
    """

    label: str
    table: Table
    columns: tuple[str, ...]
    targets: tuple[tuple[str, ...], ...]
    place: Place
    name: str | None = None
    ondelete: str | None = None
    onupdate: str | None = None
    renamed_from: str | None = None
    is_raw: bool = False
    constraint: ForeignKeyConstraint | None = None

    def __str__(self) -> str:
        return f"{self.label} of {self.table.fullname}"

    @property
    def dimension_name(self) -> str:
        """The name of the dimension it points to, without a schema."""
        return self.targets[0][-2]

    @property
    def dimension_schema(self) -> str | None:
        """The schema as written; None in the short form."""
        return self.targets[0][0] if len(self.targets[0]) == _WITH_SCHEMA else None

    @property
    def raw_table(self) -> tuple[str | None, str]:
        """Schema and name of the table that a raw reference names."""
        *schemas, name, _ = self.targets[0]
        return (schemas[-1] if schemas else None), name

    @property
    def target_columns(self) -> tuple[str, ...]:
        """The columns it points to, as written."""
        return tuple(target[-1] for target in self.targets)

    def attach(self, targets: Iterable[str | Column[Any]]) -> None:
        """Put the constraint on the table."""
        self.constraint = ForeignKeyConstraint(
            [column.key for name in self.columns for column in self.table.columns if column.name == name],
            list(targets),
            name=self.name,
            ondelete=self.ondelete,
            onupdate=self.onupdate,
            info=info_of(self.renamed_from),
        )
        self.table.append_constraint(self.constraint)


def parse_target(target: str) -> tuple[str, ...]:
    """Split ``schema.dimension.column`` at its dots; a part may stand in double quotes."""
    return tuple(match[2] or match[1].replace('""', '"') for match in _PART.finditer(target))
