"""Defaults of columns that are written through a view.

A view hands a column that the client left out to its trigger as NULL, unless the view's column has a default of its
own (https://www.postgresql.org/docs/current/sql-alterview.html).
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column

from pgcraft.catalog.tokens import find_references
from pgcraft.sqltext.compiling import compile_server_default


def find_view_defaults(columns: Iterable[Column[Any]]) -> tuple[tuple[str, str], ...]:
    """Return column and expression of every default that a view's column can have.

    Those that take from a sequence are left to the trigger: whoever may write the view need not reach the sequence.
    """
    found = ((column.name, compile_server_default(column)) for column in columns)
    return tuple((name, default) for name, default in found if default is not None and not takes_from_sequence(default))


def is_numbered(column: Column[Any]) -> bool:
    """Whether a column has numbers of a sequence, the server's; a key is asked once it has its table."""
    default = compile_server_default(column)
    if column.identity is not None or (default is not None and takes_from_sequence(default)):
        return True
    table = column.table if column.primary_key else None
    return default is None and table is not None and table.autoincrement_column is column


def takes_from_sequence(default: str) -> bool:
    """Whether a default's expression takes the next value of a sequence."""
    return any(is_call and path[-1] == "nextval" for path, is_call in find_references(default))
