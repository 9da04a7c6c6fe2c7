"""Column markers in SQL text: ``{price} > 0`` names the column ``price``, quoted where PostgreSQL needs it.

``{{text}}`` stands for a literal ``{text}``. Braces around what cannot be a column's name, as in the pattern
``'^[A-Z]{3}$'`` or the array ``'{1,2}'``, stay as they are.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column, TextClause, text

from pgcraft.errors import PGCraftColumnError, Place, find_nearest
from pgcraft.identifiers import quote_name

_MARKER = re.compile(r"\{\{([^{}]*)\}\}|\{([^{}]*)\}")
_NAME_LIKE = re.compile(r"[^\W\d][\w $-]*\Z")

ColumnNames = Mapping[str, str]
"""What a marker may say, with the column's name in the database."""


def name_columns(columns: Iterable[Column[Any]]) -> dict[str, str]:
    """Give what markers may call these columns: their names, and their keys where these differ."""
    found: dict[str, str] = {}
    for column in columns:
        found[column.key] = column.name
        found.setdefault(column.name, column.name)
    return found


def find_marker(text_: str) -> str | None:
    """Give the name in a text that is one marker and nothing else, or None."""
    match = _MARKER.fullmatch(text_.strip())
    return match[2] if match and match[2] is not None else None


def strip_marker(text_: str) -> str:
    """Give the column that ``{column}`` or plain ``column`` names."""
    return find_marker(text_) or text_


def expand_markers(sql: str, names: ColumnNames, *, item: str, table: str, place: Place) -> str:
    """Put quoted column names where markers stand.

    Args:
        sql: text with markers.
        names: what markers may say.
        item: what the text belongs to, as ``check "positive"``.
        table: the table's name with its schema, for the message.
        place: where the item was declared.

    Raises:
        PGCraftColumnError: PGC104, a marker names no column of the table.
    """

    def expand(match: re.Match[str]) -> str:
        literal, name = match[1], match[2]
        if literal is not None:
            return f"{{{literal}}}"
        if name in names:
            return quote_name(names[name])
        if _NAME_LIKE.match(name):
            raise unknown_column(name, names, item=item, table=table, place=place)
        return match[0]

    return _MARKER.sub(expand, sql)


def get_column_name(name: str, names: ColumnNames, *, item: str, table: str, place: Place) -> str:
    """Give the database's name of a column that an item names outside of SQL text.

    Raises:
        PGCraftColumnError: PGC104, the table has no such column.
    """
    if name not in names:
        raise unknown_column(name, names, item=item, table=table, place=place)
    return names[name]


def unknown_column(name: str, names: ColumnNames, *, item: str, table: str, place: Place) -> PGCraftColumnError:
    """Build the error for an item that names a column which its table does not have."""
    near = find_nearest(name, names)
    known = ", ".join(dict.fromkeys(names.values()))
    advice = f'did you mean "{near}"? If not, add the column' if near else "add the column"
    return PGCraftColumnError(
        "PGC104",
        f'{item} names column "{name}", which table {table} does not have',
        place=place,
        remedy=f"{advice}; {table} has {known}" + ("" if near else f"\nfor literal braces write {{{{{name}}}}}"),
    )


def as_text_clause(sql: str) -> TextClause:
    """Wrap SQL text for SQLAlchemy so that it arrives as it stands: a colon in it begins no bind parameter."""
    return text(sql.replace(":", "\\:"))
