"""The columns that a query gives, under the names that PostgreSQL will know."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Select, SelectBase, TextClause, select
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.sql.functions import FunctionElement

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.sqltext.dialect import DIALECT


@dataclass(frozen=True)
class Output:
    """One column of a query."""

    name: str
    element: ColumnElement[Any]


@dataclass(frozen=True)
class NamedQuery:
    """A query whose columns all have names of their own.

    Attributes:
        query: what to compile: a select, or text as it was written.
        outputs: its columns in order; empty for text, which does not tell.
    """

    query: SelectBase | TextClause | str
    outputs: tuple[Output, ...]


def name_outputs(query: object, place: Place) -> NamedQuery:
    """Return a query with a name for each of its columns.

    A function without a label is named as PostgreSQL would name it: ``count``.

    Raises:
        PGCraftValidationError: PGC117, it is no query; PGC123, an expression has no name, or a name stands twice.
    """
    match query:
        case str() | TextClause():
            return NamedQuery(query, ())
        case Select():
            return _named(_label(query, place), place)
        case SelectBase():
            return _named(query, place)
        case FromClause():
            return _named(select(query), place)
        case _:
            raise PGCraftValidationError(
                "PGC117", f"the query is {query!r}", place=place, remedy="give a SQLAlchemy select() or SQL text"
            )


def _label(query: Select[Any], place: Place) -> Select[Any]:
    elements = list(query.selected_columns)
    labelled = [_with_name(element, position, place) for position, element in enumerate(elements, 1)]
    if all(new is old for new, old in zip(labelled, elements, strict=True)):
        return query
    return query.with_only_columns(*labelled, maintain_column_froms=True)


def _with_name(element: ColumnElement[Any], position: int, place: Place) -> ColumnElement[Any]:
    if isinstance(element, ColumnClause) or (isinstance(element, Label) and "%(" not in element.name):
        return element
    if isinstance(element, FunctionElement) and getattr(element, "name", None):
        return element.label(element.name)
    raise PGCraftValidationError(
        "PGC123",
        f"column {position} of the query has no name: {element}",
        place=place,
        remedy='give it one: .label("…")',
    )


def _named(query: SelectBase, place: Place) -> NamedQuery:
    names = _read_names(query)
    elements = list(query.selected_columns)
    if len(set(names)) != len(elements):
        listed = ", ".join(names)
        raise PGCraftValidationError(
            "PGC123",
            f"two columns of the query have one name: {listed}",
            place=place,
            remedy='give one of them another name: .label("…")',
        )
    return NamedQuery(query, tuple(map(Output, names, elements)))


def _read_names(query: SelectBase) -> list[str]:
    """Return the names as they will stand in the query's text; only where SQLAlchemy makes one up it must compile."""
    names = [str(column.name) for column in query.subquery().columns]
    if not any("%(" in name for name in names):
        return names
    compiled: Any = query.compile(dialect=DIALECT)
    return [str(column.keyname) for column in compiled._result_columns]  # noqa: SLF001  nothing public has them
