"""The indexes of a resource."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, MetaData, Table, TextClause

from pgcraft.catalog.tokens import Token, TokenType, find_closing
from pgcraft.catalog.words import list_words
from pgcraft.declare.arguments import check_name
from pgcraft.declare.column_markers import ItemMarkers, as_text_clause, find_marker
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError
from pgcraft.index import PGCraftIndex
from pgcraft.models.declarations import get_declarations
from pgcraft.models.renames import renamed_from
from pgcraft.plugin import Dynamic, Plugin, requires


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
            add_index(index, ctx[self.table_key], ctx.metadata, ctx.markers_of(index))


def add_index(index: PGCraftIndex, table: Table, metadata: MetaData, markers: ItemMarkers) -> None:
    """Put an index on a table, or on what stands in for a materialized view.

    Args:
        index: with column markers.
        table: what it is of.
        metadata: knows the names that indexes have.
        markers: what the index's markers may say.

    Raises:
        PGCraftValidationError: PGC102, another index has its name; PGC101, PostgreSQL would cut it; PGC104, a marker
            names no column.
    """
    _claim_name(index.name, str(table.schema), metadata, markers)
    elements = _Elements(table, markers)
    options: dict[str, Any] = {key: elements.option(key, value) for key, value in index.kwargs.items()}
    keys = [elements.key(expression) for expression in index.expressions]
    if index.renamed_from is not None:
        options["info"] = renamed_from(index.renamed_from)
    Index(index.name, *keys, unique=index.unique, _table=table, **options)


def _claim_name(name: str | None, schema: str, metadata: MetaData, markers: ItemMarkers) -> None:
    """Take an index's name: in one schema each stands for one index."""
    if name is None:
        return
    check_name(name, "name of the index", markers.place)
    names = get_declarations(metadata).index_names
    known = names.find((schema, name))
    if known is not None:
        raise PGCraftValidationError(
            "PGC102",
            f'index "{name}" is declared twice in schema {schema}, the first time on {known.definition}',
            place=markers.place,
            remedy=f"the first stands at {known.place}; rename one of them",
        )
    names.add((schema, name), markers.table)


@dataclass(frozen=True)
class _Elements:
    """The parts of one index, made SQLAlchemy's."""

    table: Table
    markers: ItemMarkers

    def key(self, expression: str) -> Column[Any] | TextClause:
        """Return a column, or an expression as PostgreSQL takes it in an index."""
        if find_marker(expression) is not None:
            return self.column(expression)
        return as_text_clause(_parenthesize(self.markers.expand(expression)))

    def option(self, key: str, value: object) -> object:
        """Return a keyword argument, its markers expanded."""
        match key, value:
            case "postgresql_where", str():
                return as_text_clause(self.markers.expand(value))
            case "postgresql_include", list() | tuple():
                return [self.column(item) if isinstance(item, str) else item for item in value]
            case "postgresql_ops", dict():
                return {self.column(name).key: ops for name, ops in value.items()}
            case _:
                return value

    def column(self, marker: str) -> Column[Any]:
        """Return the column that a marker names."""
        name = self.markers.get_name(marker)
        return next(column for column in self.table.columns if column.name == name)


def _parenthesize(sql: str) -> str:
    """Put parentheses around what PostgreSQL takes in an index only with them: ``price * 2``."""
    text = sql.strip()
    words = list_words(text)
    end = _end_of_element(words)
    return text if end and _is_order(words[end:]) else f"({text})"


def _end_of_element(words: Sequence[Token]) -> int:
    """Return how many words a name, a call or a group takes that all begins with; 0 when it begins with none."""
    names = _end_of_path(words)
    if words[names : names + 1] and words[names].text == "(":
        return names + find_closing(words[names:]) + 1
    return names if names == 1 else 0


def _end_of_path(words: Sequence[Token]) -> int:
    end = 0
    while end < len(words) and words[end].name is not None:
        if words[end + 1 : end + 2] == [_DOT]:
            end += 2
        else:
            return end + 1
    return 0


def _is_order(words: Sequence[Token]) -> bool:
    """Whether words say nothing but how an element is collated, compared and sorted."""
    while words:
        path = _end_of_path(words)
        match [word.keyword for word in words[:2]]:
            case ["ASC" | "DESC", *_]:
                taken = 1
            case ["NULLS", "FIRST" | "LAST"]:
                taken = 2
            case ["COLLATE", *_]:
                taken = 1 + _end_of_path(words[1:])
            case _ if path and str(words[path - 1].name).endswith("_ops"):
                has_options = words[path : path + 1] and words[path].text == "("
                taken = path + (find_closing(words[path:]) + 1 if has_options else 0)
            case _:
                return False
        words = words[taken:]
    return True


_DOT = Token(TokenType.MARK, ".")
