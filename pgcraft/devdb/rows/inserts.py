"""INSERTs of made-up rows, as text. Standard library only."""

from pgcraft.devdb.rows.shapes import ColumnShape, RelationShape, quote_columns
from pgcraft.identifiers import quote_literal, quote_name

Row = dict[str, str | None]
"""A row by column name, each value as text."""


def write_insert(
    shape: RelationShape, values: dict[str, str], *, returning: bool = False, overriding: bool = False
) -> str:
    """Write an INSERT of literals; it may give back every column as text, and override numbers of the server."""
    texts = ", ".join(f"{quote_name(column.name)}::text" for column in shape.columns)
    ending = f" RETURNING {texts}" if returning else ""
    if not values:
        return f"INSERT INTO {shape.sql} DEFAULT VALUES{ending}"
    literals = ", ".join(write_literal(shape.column(name), value) for name, value in values.items())
    system = "OVERRIDING SYSTEM VALUE " if overriding else ""
    return f"INSERT INTO {shape.sql} ({quote_columns(tuple(values))}) {system}VALUES ({literals}){ending}"


def write_literal(column: ColumnShape, value: str) -> str:
    """Write a value as a constant of the column's type."""
    return f"{quote_literal(value)}::{column.type_sql}"
