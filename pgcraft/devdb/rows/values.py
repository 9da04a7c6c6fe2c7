"""Values for the columns of a relation that satisfy its checks; needs psycopg.

A value is text as PostgreSQL's input function of the column's type reads it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

import psycopg

from pgcraft.catalog.tokens import replace_word, tokenize
from pgcraft.devdb.rows.candidates import Wish, make_candidates
from pgcraft.devdb.rows.column_types import VALUE
from pgcraft.devdb.rows.shapes import ColumnShape, Connection, RelationShape
from pgcraft.identifiers import quote_literal, quote_name

MAX_COMBINATIONS = 20_000
_TEXTS = quote_name("values, as texts")

Values = Mapping[str, tuple[str, ...]]
"""What columns may hold, by name, in order of preference."""


@dataclass
class _Group:
    """Columns that one check or several bind together, with those checks."""

    columns: set[str]
    checks: list[str] = field(default_factory=list)


def choose_values(
    connection: Connection, shape: RelationShape, names: tuple[str, ...], variant: int, given: Values
) -> dict[str, str]:
    """Choose values for the named columns, and among those that are given, that the checks let pass; NULL is left out.

    Where no combination passes, or a check cannot be evaluated, the first candidates are given.
    """
    chosen = {name: values[0] for name, values in given.items()}
    for group in _group_columns(shape, (*names, *given)):
        columns = [column for column in shape.columns if column.name in group.columns]
        made = {c.name: _make_candidates(c, group.checks, variant) for c in columns if c.name in names}
        candidates = {name: values for name, values in given.items() if name in group.columns} | made
        found = _find_combination(connection, columns, candidates, len(made), group.checks) if group.checks else None
        kept = {name: value for name, value in chosen.items() if name not in candidates}
        chosen = kept | ({name: values[0] for name, values in candidates.items()} if found is None else found)
    return chosen


def _make_candidates(column: ColumnShape, checks: list[str], variant: int) -> tuple[str, ...]:
    """Return values for a column; where it has a default, that comes last."""
    found = make_candidates(Wish(column.type, variant, " ".join(checks)))
    default = column.default or ""
    return tuple(sorted(found, key=lambda value: value == default or default.startswith(quote_literal(value))))


def _group_columns(shape: RelationShape, names: tuple[str, ...]) -> list[_Group]:
    """Divide the columns so that no check, and no computed column, reaches over two groups."""
    groups = [_Group({column.name}, _domain_checks(column)) for column in shape.columns]
    computed = (
        (None, (column.name, *_find_names(shape, column.computed))) for column in shape.columns if column.computed
    )
    open_checks = ((check, columns or _find_names(shape, check)) for check, columns in shape.checks)
    for check, columns in (*computed, *open_checks):
        touched = [group for group in groups if group.columns & set(columns)]
        rest = [group for group in groups if not group.columns & set(columns)]
        merged = _Group(set().union(*(group.columns for group in touched)), list(chain(*(g.checks for g in touched))))
        merged.checks += [check] if check is not None else []
        groups = [*rest, merged]
    return [group for group in groups if group.columns & set(names)]


def _find_names(shape: RelationShape, expression: str) -> tuple[str, ...]:
    named = {token.name for token in tokenize(expression)}
    return tuple(column.name for column in shape.columns if column.name in named)


def _domain_checks(column: ColumnShape) -> list[str]:
    return [replace_word(check, VALUE, quote_name(column.name)) for check in column.domain_checks]


def _find_combination(
    connection: Connection, columns: list[ColumnShape], candidates: Values, free: int, checks: list[str]
) -> dict[str, str] | None:
    """Let PostgreSQL pick the first combination of candidates for which no check is false."""
    limit = max(2, int(MAX_COMBINATIONS ** (1 / max(free, 1))))
    tried = {name: values[:limit] for name, values in candidates.items()}
    query = _write_search(columns, tried, checks)
    try:
        with connection.transaction():
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        return None
    return {name: value for name, value in zip(tried, row[0], strict=True) if value is not None} if row else None


def _write_search(columns: Iterable[ColumnShape], candidates: Values, checks: list[str]) -> str:
    tables, shown, computed = [], [], []
    for column in columns:
        name = quote_name(column.name)
        if column.computed:
            computed.append(f", {column.computed} AS {name}")
            continue
        if column.name in candidates:
            values = [f"({quote_literal(value)})" for value in candidates[column.name]]
            rows = ", ".join(values if column.is_required else [*values, "(NULL)"])
        else:
            rows = f"({_fixed_value(column)})"
        tables.append(f"(SELECT v::text AS t, v::{column.base_sql} AS v FROM (VALUES {rows}) x(v)) AS {name}")
        shown.append(f"{name}.v AS {name}")
    texts = ", ".join(f"{quote_name(name)}.t" for name in candidates)
    combinations = f"SELECT ARRAY[{texts}] AS {_TEXTS}, {', '.join(shown)} FROM {', '.join(tables)}"
    rows = f"SELECT c.*{''.join(computed)} FROM ({combinations}) c"
    conditions = " AND ".join(f"({check}) IS NOT FALSE" for check in checks)
    return f"SELECT {_TEXTS} FROM ({rows}) c WHERE {conditions} LIMIT 1"


def _fixed_value(column: ColumnShape) -> str:
    has_plain_default = column.default and not column.is_server_made and "nextval(" not in column.default
    return f"({column.default})::text" if has_plain_default else "NULL"
