"""What stands on a relation, as the rules ask for it."""

from collections.abc import Iterator
from typing import TypeVar

from pgcraft.catalog.definitions import Column, Constraint, Definition, Index, Policy
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.catalog.words import list_words
from pgcraft.identifiers import quote_name

D = TypeVar("D", bound=Definition)


def list_columns(catalog: Catalog, table: CatalogObject) -> dict[str, Column]:
    """Return the columns of a table by their names."""
    return {item.id.name: column for item, column in _list_parts(catalog, table, Column)}


def list_constraints(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[CatalogObject, Constraint]]:
    """Return the constraints of a table."""
    return _list_parts(catalog, table, Constraint)


def list_policies(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[CatalogObject, Policy]]:
    """Return the policies of a table."""
    return _list_parts(catalog, table, Policy)


def list_indexes(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[CatalogObject, Index]]:
    """Return the indexes of a relation; those of its keys come first, as the indexes that PostgreSQL makes of them."""
    for item, constraint in list_constraints(catalog, table):
        if constraint.type in ("primary key", "unique"):
            is_strict = constraint.type == "primary key" or "NULLS NOT DISTINCT" in constraint.text
            elements = tuple(map(quote_name, constraint.columns))
            yield item, Index(elements, constraint.columns, unique=True, nulls_not_distinct=is_strict)
    yield from _list_parts(catalog, table, Index)


def list_leading(catalog: Catalog, table: CatalogObject) -> list[tuple[str, ...]]:
    """Return the columns of each index that finds equal values, up to the first expression; NULLs may be left out."""
    found = []
    for _, index in list_indexes(catalog, table):
        if index.method in ("btree", "hash") and (index.where is None or _leaves_out_nulls(index)):
            plain = {quote_name(name): name for name in index.columns}
            columns: list[str] = []
            for element in index.elements:
                name = _find_column(element, plain)
                if name is None:
                    break
                columns.append(name)
            found.append(tuple(columns))
    return found


def _leaves_out_nulls(index: Index) -> bool:
    """Whether an index is over all rows but those where one of its columns is NULL, which no key points from."""
    words = list_words(strip_parentheses(index.where or ""))
    return [word.keyword for word in words[1:]] == ["IS", "NOT", "NULL"] and words[0].name in index.columns


def _find_column(element: str, plain: dict[str, str]) -> str | None:
    """Return the column that an element of an index is, whatever its order and operator class."""
    return next((name for text, name in plain.items() if element == text or element.startswith(f"{text} ")), None)


def _list_parts(catalog: Catalog, table: CatalogObject, kind: type[D]) -> Iterator[tuple[CatalogObject, D]]:
    for item in map(catalog.find, table.parts):
        if item is not None and isinstance(item.definition, kind):
            yield item, item.definition
