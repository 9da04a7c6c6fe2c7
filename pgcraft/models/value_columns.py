"""What a log says of its columns, so that values come along when what they belong to gets another type."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

_KEY = "pgcraft_values"


@dataclass(frozen=True)
class ValueColumns:
    """A table whose rows name what their value belongs to; a column for each type holds the values.

    Attributes:
        name_column: the column with the names.
        names: the names whose values stand in a column, by column.
        relation: schema and name of the view that has a column for each name.
        object_column: table, in the same schema, and column of the JSON objects that hold the current values, too.
        stored: the names whose values stand there.
        old_names: what the names were before; empty for those of which nothing is said.
    """

    name_column: str
    names: dict[str, tuple[str, ...]]
    relation: tuple[str, str]
    object_column: tuple[str, str]
    stored: frozenset[str]
    old_names: dict[str, str]


def give_value_columns(table: Table, values: ValueColumns) -> None:
    """Say it of a table."""
    table.info[_KEY] = values


def find_value_columns(table: Table) -> ValueColumns | None:
    """Return what was said of a table."""
    found: Any = table.info.get(_KEY)
    return found if isinstance(found, ValueColumns) else None
