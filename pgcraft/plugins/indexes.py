"""The indexes of a resource."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Index, Table, TextClause

from pgcraft.factory.context import FactoryContext
from pgcraft.index import PGCraftIndex
from pgcraft.markers import as_text_clause, expand_markers, find_marker, get_column_name, strip_marker
from pgcraft.plugin import Dynamic, Plugin, requires

_SUFFIX = r"(\s+(ASC|DESC|NULLS\s+(FIRST|LAST)|COLLATE\s+\S+|[a-z_]+_ops(\s*\(.*\))?))*\s*\Z"
_BARE_ELEMENT = re.compile(r'("([^"]|"")+"|[\w$]+)' + _SUFFIX, re.IGNORECASE)
_CALL = re.compile(r"[\w.\"$]+\s*\(", re.IGNORECASE)


@requires("pk_columns", Dynamic("table_key"))
class IndexPlugin(Plugin):
    """Puts every ``PGCraftIndex`` on a table.

    Args:
        table_key: the context key of the table.
    """

    is_internal = True

    def __init__(self, table_key: str = "table") -> None:
        self.table_key = table_key

    def run(self, ctx: FactoryContext) -> None:
        """Add the indexes."""
        for index in ctx.indexes:
            self._add(index, ctx, ctx[self.table_key])

    def _add(self, index: PGCraftIndex, ctx: FactoryContext, table: Table) -> None:
        where = {"item": str(index), "table": ctx.fullname, "place": ctx.place_of("PGCraftIndex")}
        names = ctx.column_names

        def expand(sql: str) -> str:
            return expand_markers(sql, names, **where)  # type: ignore[arg-type]

        def find_column(name: str) -> Column[Any]:
            found = get_column_name(name, names, **where)  # type: ignore[arg-type]
            return next(column for column in table.columns if column.name == found)

        elements = [_element(expression, expand, find_column) for expression in index.expressions]
        options: dict[str, Any] = {key: _option(key, value, expand, find_column) for key, value in index.kwargs.items()}
        Index(index.name, *elements, unique=index.unique, _table=table, **options)


def _element(
    expression: str, expand: Callable[[str], str], find_column: Callable[[str], Column[Any]]
) -> Column[Any] | TextClause:
    name = find_marker(expression)
    if name is not None:
        return find_column(name)
    return as_text_clause(_parenthesize(expand(expression)))


def _parenthesize(sql: str) -> str:
    """Put parentheses around what PostgreSQL takes in an index only with them: ``price * 2``."""
    text = sql.strip()
    if _BARE_ELEMENT.match(text):
        return text
    opening = _CALL.match(text)
    start = opening.end() - 1 if opening else 0 if text.startswith("(") else None
    if start is not None and re.match(_SUFFIX, text[_closing(text, start) + 1 :], re.IGNORECASE):
        return text
    return f"({text})"


def _closing(sql: str, start: int) -> int:
    """Give the index of the parenthesis that closes the one at ``start``; strings and quoted names are passed over."""
    depth, quote = 0, ""
    for index in range(start, len(sql)):
        char = sql[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return index
    return len(sql)


def _option(key: str, value: object, expand: Callable[[str], str], find_column: Callable[[str], Column[Any]]) -> object:
    match key, value:
        case "postgresql_where", str():
            return as_text_clause(expand(value))
        case "postgresql_include", list() | tuple():
            return [find_column(strip_marker(item)) if isinstance(item, str) else item for item in value]
        case "postgresql_ops", dict():
            return {find_column(strip_marker(name)).key: ops for name, ops in value.items()}
        case _:
            return value
