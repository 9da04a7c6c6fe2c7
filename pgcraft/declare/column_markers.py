"""Column markers in SQL text: ``{price} > 0`` names the column ``price``, quoted where PostgreSQL needs it.

``{{text}}`` stands for a literal ``{text}``. Braces around what cannot be a column's name, as in the pattern
``'^[A-Z]{3}$'`` or the array ``'{1,2}'``, stay as they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, TextClause, text

from pgcraft.errors import PGCraftColumnError, Place, find_nearest
from pgcraft.identifiers import quote_name

_MARKER = re.compile(r"\{\{([^{}]*)\}\}|\{([^{}]*)\}")
_NAME_LIKE = re.compile(r"[^\W\d][\w $-]*\Z")

ColumnNames = Mapping[str, str]
"""What a marker may say, with the column's name in the database."""


def name_columns(columns: Iterable[Column[Any]]) -> dict[str, str]:
    """Return what markers may call these columns: their names, and their keys where these differ."""
    found: dict[str, str] = {}
    for column in columns:
        found[column.key] = column.name
        found.setdefault(column.name, column.name)
    return found


def find_marker(text_: str) -> str | None:
    """Return the name in a text that is one marker and nothing else, or None."""
    match = _MARKER.fullmatch(text_.strip())
    return match[2] if match and match[2] is not None else None


def strip_marker(text_: str) -> str:
    """Return the column that ``{column}`` or plain ``column`` names."""
    return find_marker(text_) or text_


@dataclass(frozen=True, slots=True)
class ItemMarkers:
    """The markers of one check, index or foreign key.

    Attributes:
        names: what they may say.
        item: what they stand in, as ``check "positive"``.
        table: the table's name with its schema, for the message.
        place: where the item was declared.
        write: gives the SQL for a column's name.
    """

    names: ColumnNames
    item: str
    table: str
    place: Place
    write: Callable[[str], str] = quote_name

    def expand(self, sql: str) -> str:
        """Put columns where markers stand, by their quoted names or as ``write`` gives them.

        Raises:
            PGCraftColumnError: PGC104, a marker names no column of the table.
        """
        return _MARKER.sub(self._expand, sql)

    def get_name(self, marker: str) -> str:
        """Return the database's name of the column that ``{column}`` or plain ``column`` names.

        Raises:
            PGCraftColumnError: PGC104, the table has no such column.
        """
        name = strip_marker(marker)
        if name not in self.names:
            raise self._unknown(name)
        return self.names[name]

    def _expand(self, match: re.Match[str]) -> str:
        literal, name = match[1], match[2]
        if literal is not None:
            return f"{{{literal}}}"
        if name in self.names:
            return self.write(self.names[name])
        if _NAME_LIKE.match(name):
            raise self._unknown(name)
        return match[0]

    def _unknown(self, name: str) -> PGCraftColumnError:
        near = find_nearest(name, self.names)
        known = ", ".join(dict.fromkeys(self.names.values()))
        advice = f'did you mean "{near}"? If not, add the column' if near else "add the column"
        literal = "" if near else f"\nfor literal braces write {{{{{name}}}}}"
        return PGCraftColumnError(
            "PGC104",
            f'{self.item} names column "{name}", which table {self.table} does not have',
            place=self.place,
            remedy=f"{advice}; {self.table} has {known}{literal}",
        )


def as_text_clause(sql: str) -> TextClause:
    """Wrap SQL text for SQLAlchemy so that it arrives as it stands: a colon in it begins no bind parameter."""
    return text(sql.replace(":", "\\:"))
