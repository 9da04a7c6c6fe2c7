"""Values for the columns of a relation that satisfy its checks; needs psycopg.

A value is text as PostgreSQL's input function of the column's type reads it.
"""

from dataclasses import dataclass, field
from itertools import chain

import psycopg

from pgcraft.devdb.candidates import Wish, make_candidates
from pgcraft.devdb.column_types import VALUE
from pgcraft.devdb.shapes import ColumnShape, Connection, RelationShape
from pgcraft.identifiers import quote_literal, quote_name

MAX_COMBINATIONS = 20_000


@dataclass
class _Group:
    """Columns that one check or several bind together, with those checks."""

    columns: set[str]
    checks: list[str] = field(default_factory=list)


def choose_values(
    connection: Connection, shape: RelationShape, names: tuple[str, ...], variant: int, given: dict[str, str]
) -> dict[str, str]:
    """Choose values for the named columns, beside given ones, that the checks let pass; NULL is left out.

    Where no combination passes, or a check cannot be evaluated, the first candidates are given.
    """
    chosen = {}
    for group in _group_columns(shape, names):
        columns = [column for column in shape.columns if column.name in group.columns]
        free = [column for column in columns if column.name in names]
        candidates = {column.name: make_candidates(_wish(column, group.checks, variant)) for column in free}
        first = {name: values[0] for name, values in candidates.items()}
        found = _find_combination(connection, columns, candidates, group.checks, given) if group.checks else None
        chosen.update(first if found is None else found)
    return chosen


def _group_columns(shape: RelationShape, names: tuple[str, ...]) -> list[_Group]:
    """Divide the columns so that no check reaches over two groups."""
    groups = [_Group({column.name}, _domain_checks(column)) for column in shape.columns]
    for check, columns in shape.checks:
        touched = [group for group in groups if group.columns & set(columns)]
        rest = [group for group in groups if not group.columns & set(columns)]
        merged = _Group(set().union(*(group.columns for group in touched)), list(chain(*(g.checks for g in touched))))
        merged.checks.append(check)
        groups = [*rest, merged]
    return [group for group in groups if group.columns & set(names)]


def _domain_checks(column: ColumnShape) -> list[str]:
    return [VALUE.sub(lambda _: quote_name(column.name), check) for check in column.domain_checks]


def _wish(column: ColumnShape, checks: list[str], variant: int) -> Wish:
    return Wish(column.type, variant, " ".join(checks))


def _find_combination(
    connection: Connection,
    columns: list[ColumnShape],
    candidates: dict[str, tuple[str, ...]],
    checks: list[str],
    given: dict[str, str],
) -> dict[str, str] | None:
    """Let PostgreSQL pick the first combination of candidates for which no check is false."""
    limit = max(2, int(MAX_COMBINATIONS ** (1 / max(len(candidates), 1))))
    tables = []
    for column in columns:
        if column.name in candidates:
            values = [f"({quote_literal(value)})" for value in candidates[column.name][:limit]]
            rows = ", ".join(values if column.is_required else [*values, "(NULL)"])
        else:
            rows = f"({_fixed_value(column, given)})"
        name = quote_name(column.name)
        tables.append(f"(SELECT v::text AS t, v::{column.base_sql} AS v FROM (VALUES {rows}) x(v)) AS {name}")
    texts = ", ".join(f"{quote_name(name)}.t" for name in candidates)
    shown = ", ".join(f"{quote_name(column.name)}.v AS {quote_name(column.name)}" for column in columns)
    conditions = " AND ".join(f"({check}) IS NOT FALSE" for check in checks)
    combinations = f"SELECT ARRAY[{texts}] AS texts, {shown} FROM {', '.join(tables)}"
    query = f"SELECT c.texts FROM ({combinations}) c WHERE {conditions} LIMIT 1"
    try:
        with connection.transaction():
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        return None
    return {name: value for name, value in zip(candidates, row[0], strict=True) if value is not None} if row else None


def _fixed_value(column: ColumnShape, given: dict[str, str]) -> str:
    if column.name in given:
        return quote_literal(given[column.name])
    has_plain_default = column.default and not column.is_server_made and "nextval(" not in column.default
    return f"({column.default})::text" if has_plain_default else "NULL"
