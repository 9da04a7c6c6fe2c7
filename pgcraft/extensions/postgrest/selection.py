"""Which columns an API view shows, and which of them are the base table's."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Label, Select, SelectBase, Table, cast, select
from sqlalchemy.types import TypeEngine

from pgcraft.errors import PGCraftColumnError, PGCraftError, PGCraftValidationError, Place, find_nearest
from pgcraft.extensions.postgrest.shown_types import find_shown_type
from pgcraft.extensions.postgrest.source import Source
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.definitions import Query
from pgcraft.sqltext.dialect import DIALECT
from pgcraft.views.outputs import name_outputs

MAX_WIDTH = 100
"""A list of columns longer than this stands one column a line, as in the printer of queries."""

QueryMaker = Callable[[Select[Any], Table], Any]


class ShownColumn(NamedTuple):
    """A column of an API view.

    Attributes:
        name: in the view.
        column: the base table's column that it shows; None for a joined or computed one.
        type: its SQLAlchemy type.
        shown_type: what the view makes of a type that clients may not name; None where they may.
    """

    name: str
    column: Column[Any] | None
    type: TypeEngine[Any]
    shown_type: TypeEngine[Any] | None = None


class Selection:
    """What an API view selects.

    Args:
        chosen: columns of the source, all of them shown when there is no query.
        query: what the user's function gave.
        outputs: the columns of the query in order.

    Attributes:
        query: None when the view simply shows columns of its source.
    """

    def __init__(
        self, chosen: tuple[Column[Any], ...], query: Query | None = None, outputs: tuple[ShownColumn, ...] = ()
    ) -> None:
        self.query = query
        self._chosen = chosen
        self._outputs = outputs or tuple(ShownColumn(column.name, column, column.type) for column in chosen)

    @property
    def shown(self) -> tuple[ShownColumn, ...]:
        """The view's columns in order."""
        return self._outputs

    @property
    def base_columns(self) -> tuple[Column[Any], ...]:
        """Those of the source that the view shows as they are."""
        if self.query is None:
            return self._chosen
        return tuple(shown.column for shown in self._outputs if shown.column is not None)

    @property
    def has_shown_types(self) -> bool:
        """Whether the view shows a column in another type than the source has it."""
        return any(shown.shown_type is not None for shown in self._outputs)

    def show_types(self, api_schema: str) -> "Selection":
        """Return the same with other types for those that clients of an API may not name."""
        outputs = tuple(shown._replace(shown_type=find_shown_type(shown.type, api_schema)) for shown in self._outputs)
        if self.query is None or all(shown.shown_type is None for shown in outputs):
            return Selection(self._chosen, self.query, outputs)
        return Selection(self._chosen, _cast_outputs(self.query, outputs), outputs)


def select_columns(
    source: Source, columns: Sequence[str] | None, exclude_columns: Sequence[str] | None, place: Place
) -> tuple[Column[Any], ...]:
    """Return the base columns that the user chose.

    Raises:
        PGCraftColumnError: PGC113, the source has no such column, or it stands twice (a ValueError too).
        PGCraftValidationError: PGC114, both lists are given, or no column is left.
    """
    if columns is not None and exclude_columns is not None:
        raise PGCraftValidationError(
            "PGC114", "columns and exclude_columns are both given", place=place, remedy="keep one of them"
        )
    if columns is not None:
        chosen = _get_all(source, columns, "columns", place)
    else:
        hidden = _get_all(source, exclude_columns or (), "exclude_columns", place)
        hidden_names = {column.name for column in hidden}
        chosen = tuple(column for column in source.table.columns if column.name not in hidden_names)
    if not chosen:
        raise PGCraftValidationError(
            "PGC114", "the view would have no column", place=place, remedy="leave it at least one"
        )
    return chosen


def make_selection(
    source: Source, chosen: tuple[Column[Any], ...], query: QueryMaker | None, place: Place
) -> Selection:
    """Return what the view selects: the chosen columns, or what the user's function makes of them.

    Raises:
        PGCraftValidationError: PGC117, the function is none or gives no query; PGC123, a column has no name.
    """
    if query is None:
        return Selection(chosen)
    if not callable(query):
        raise PGCraftValidationError(
            "PGC117",
            f"query is {query!r}, not a function",
            place=place,
            remedy="write query=lambda q, t: q.where(…): it gets the base select and the table",
        )
    named = name_outputs(_call(query, select(*chosen), source.table, place), place)
    if not named.outputs:
        raise PGCraftValidationError(
            "PGC117", f"query gives {named.query!r}", place=place, remedy="let it give a SQLAlchemy select()"
        )
    found: dict[int, str] = {}
    shown_columns = []
    for output in named.outputs:
        base = _find_base(output.element, source.table)
        if base is not None and found.setdefault(id(base), output.name) != output.name:
            base = None  # shown a second time: the first one is written
        shown_columns.append(ShownColumn(output.name, base, output.element.type))
    return Selection(chosen, named.query, tuple(shown_columns))


def _call(query: QueryMaker, base: Select[Any], table: Table, place: Place) -> object:
    try:
        return query(base, table)
    except PGCraftError:
        raise
    except Exception as error:
        raise PGCraftValidationError(
            "PGC117",
            f"the query function failed: {type(error).__name__}: {error}",
            place=place,
            remedy=f"it gets the base select and the table {table.fullname}, whose columns are "
            + ", ".join(f"t.c.{key}" for key in table.columns.keys()),  # noqa: SIM118  the keys, not the columns
        ) from error


def write_select(source: Source, selection: Selection) -> str:
    """Return the text of a view that simply shows columns of its source, one a line when they are too long for one."""
    initial = source.name[0].lower()
    alias = initial if re.match("[a-z]", initial) else "t"
    names = [_write_column(alias, shown) for shown in selection.shown]
    listed = f"SELECT {', '.join(names)}"
    if len(listed) > MAX_WIDTH:
        listed = "SELECT\n    " + ",\n    ".join(names)
    return f"{listed}\nFROM {quote_qualified(source.schema, source.name)} AS {alias}"


def _write_column(alias: str, shown: ShownColumn) -> str:
    name = quote_name(shown.name)
    if shown.shown_type is None:
        return f"{alias}.{name}"
    return f"{alias}.{name}::{shown.shown_type.compile(dialect=DIALECT).lower()} AS {name}"


def _cast_outputs(query: Query, outputs: Sequence[ShownColumn]) -> Query:
    """Wrap a query, so that each column has the type that the view shows."""
    if not isinstance(query, SelectBase):
        return query
    inner = query.subquery("shown")
    columns: list[ColumnElement[Any]] = []
    for output in outputs:
        column = inner.c[output.name]
        columns.append(column if output.shown_type is None else cast(column, output.shown_type).label(output.name))
    return select(*columns)


def _find_base(element: object, table: Table) -> Column[Any] | None:
    inner = element.element if isinstance(element, Label) else element
    return inner if isinstance(inner, Column) and inner.table is table else None


def _get_all(source: Source, names: Sequence[str], argument: str, place: Place) -> tuple[Column[Any], ...]:
    known = source.columns
    given = [names] if isinstance(names, str) else list(names)
    found: list[Column[Any]] = []
    for name in given:
        if name not in known:
            near = find_nearest(str(name), known)
            listed = ", ".join(column.name for column in source.table.columns)
            raise PGCraftColumnError(
                "PGC113",
                f'{argument} names "{name}", which {source.schema}.{source.name} does not have',
                place=place,
                remedy=(f'did you mean "{near}"? ' if near else "") + f"it has {listed}",
            )
        if any(known[name] is column for column in found):
            raise PGCraftColumnError(
                "PGC113", f'{argument} names "{name}" twice', place=place, remedy="take one of the two out"
            )
        found.append(known[name])
    return tuple(found)
