"""SQL text of SQLAlchemy elements, and one way to say which of them could not be made into text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.schema import SchemaItem

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.origins import Origins, place_of
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.provenance import INFO_KEY, read_origins
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, DIALECT

DDL: Any = DIALECT.ddl_compiler(DIALECT, None)  # type: ignore[arg-type]  # as Alembic makes it


def compile_expression(element: Any) -> str:
    """Return the text of an expression inside a table's definition: columns stand there without their table."""
    return str(DDL.sql_compiler.process(element, include_table=False, literal_binds=True))


def schema_of(table: Table) -> str:
    """Return the schema a table stands in."""
    return str(table.schema or DEFAULT_SCHEMA)


def origins_of(item: SchemaItem, owner: SchemaItem) -> Origins:
    """Return whose an item is; where it was not stamped, its owner's."""
    own = item.info.get(INFO_KEY)
    return own if isinstance(own, tuple) and own else read_origins(owner)


@contextmanager
def naming(object_id: ObjectId, origins: Origins = (), place: Place | None = None) -> Iterator[None]:
    """Say which object could not be compiled, and where it was declared.

    Raises:
        PGCraftValidationError: PGC150, SQLAlchemy could not give an element as text.
    """
    try:
        yield
    except (SQLAlchemyError, NotImplementedError, AttributeError, TypeError) as error:  # as SQLAlchemy's types raise
        first_line = next(iter(str(error).splitlines()), type(error).__name__)
        raise PGCraftValidationError(
            "PGC150",
            f"{object_id} cannot be written as SQL: {first_line}",
            place=place or place_of(origins),
            remedy="give each column a type, and write values that have no SQL form with text() or cast()",
            detail=str(error),
        ) from error
