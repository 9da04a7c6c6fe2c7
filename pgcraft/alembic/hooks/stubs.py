"""Stand-ins for tables that only the database knows, while Alembic compares: it cannot sort tables without them."""

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.exc import NoReferenceError
from sqlalchemy.types import NullType


def add_stubs(metadata: MetaData) -> tuple[Table, ...]:
    """Put a stand-in on the metadata for each table that a foreign key points to and nobody declares."""
    missing: dict[tuple[str | None, str], set[str]] = {}
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            try:
                key.column  # noqa: B018  asking for it is what fails
            except NoReferenceError:
                *schema, name, column = key.target_fullname.split(".")
                missing.setdefault((".".join(schema) or metadata.schema, name), set()).add(column)
    return tuple(
        Table(name, metadata, *(Column(column, NullType()) for column in sorted(columns)), schema=schema)
        for (schema, name), columns in sorted(missing.items(), key=str)
    )
