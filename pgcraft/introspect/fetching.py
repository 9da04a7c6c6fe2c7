"""Queries on whatever connection is at hand, with names printed in full."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from pgcraft.identifiers import quote_literal

Row = Sequence[Any]
Rows = Iterable[Row]
Fetch = Callable[[str], Rows]
"""Runs a query that takes no parameters and gives its rows."""


class SQLAlchemyConnection(Protocol):
    """What is used of a SQLAlchemy connection."""

    def exec_driver_sql(self, statement: str) -> Any:
        """Run a statement as it is."""


class PsycopgConnection(Protocol):
    """What is used of a psycopg connection."""

    def execute(self, query: Any) -> Any:
        """Run a statement as it is."""


Connection = SQLAlchemyConnection | PsycopgConnection | Fetch


class RefusedError(Exception):
    """The connection's role may not read what a query asks for; a fetch that goes on after that raises it."""


def make_fetch(connection: Connection) -> Fetch:
    """Return what runs queries on a connection of SQLAlchemy or psycopg, or on whatever runs a query when called."""
    if hasattr(connection, "exec_driver_sql"):
        execute = connection.exec_driver_sql
        return lambda query: [tuple(row) for row in execute(query)]
    if hasattr(connection, "execute"):
        run = connection.execute
        return lambda query: [tuple(row) for row in run(query.encode())]
    return connection


def fetch_each(fetch: Fetch, queries: Sequence[str]) -> list[str | None]:
    """Run queries in one statement, and give for each the columns of its rows as a JSON array of arrays.

    A server far away answers as quickly as to one query, and nothing changes between two of them.
    """
    (found,) = fetch(f"SELECT {', '.join(map(_as_json, queries))}")
    return list(found)


def _as_json(query: str) -> str:
    """Return a subquery of one value; an array a column is half the work for both sides that one a row would be."""
    names = [f"c{place}" for place in range(count_columns(query))]
    columns = ", ".join(f"pg_catalog.json_agg({name})" for name in names)
    return f"(SELECT pg_catalog.json_build_array({columns}) FROM ({query}) q({', '.join(names)}))::text"


@cache
def count_columns(query: str) -> int:
    """Return how many columns a query of ours has: by the commas of its first SELECT, outside of all brackets."""
    depth, count, is_listing = 0, 1, False
    for match in _MARKS.finditer(query):
        mark = match[0]
        if mark in ("(", "[", "CASE"):
            depth += 1
        elif mark in (")", "]", "END"):
            depth -= 1
        elif depth == 0 and mark == "SELECT":
            is_listing = True
        elif depth == 0 and is_listing and mark == "FROM":
            break
        elif depth == 0 and is_listing and mark == ",":
            count += 1
    return count


_MARKS = re.compile(r"'[^']*'|--[^\n]*|\bDISTINCT FROM\b|\b(?:SELECT|FROM|CASE|END)\b|[][(),]")


def decode_rows(text: str | None) -> Rows:
    """Return the rows behind the JSON of their columns; what is no number and no truth value comes as text."""
    columns: list[list[Any] | None] = json.loads(text or "[]")
    return zip(*(column for column in columns if column is not None), strict=True)


@contextmanager
def qualified_names(fetch: Fetch) -> Iterator[None]:
    """Have every name printed with its schema while inside: the search path is empty.

    Nothing is compiled meanwhile either, for that takes longer than all the queries on system catalogs together.
    """
    (before,) = fetch("SELECT " + ", ".join(f"pg_catalog.current_setting('{name}')" for name in _READING))
    found = dict(zip(_READING, before, strict=True))
    _set(fetch, _READING)
    try:
        yield
    except RefusedError:
        _set(fetch, found)
        raise
    _set(fetch, found)


_READING = {"search_path": "", "jit": "off"}


def _set(fetch: Fetch, values: Mapping[str, str]) -> None:
    calls = (f"pg_catalog.set_config('{name}', {quote_literal(value)}, false)" for name, value in values.items())
    fetch(f"SELECT {', '.join(calls)}")


def scope_conditions(schemas: Iterable[str] | None) -> dict[str, str]:
    """Return the conditions by which queries keep to what belongs to users, and to no extension.

    Each is on the system catalog that it is named after, whose alias it uses, and on its schema, which is joined as
    ``n``; ``{schemas}`` is on that alone, and ``{own_schemas}`` on a schema itself.
    """
    named = "" if schemas is None else f" AND n.nspname = ANY ({_array(schemas)})"
    scope = f"n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'{named}"
    owned = {name: f"{scope} AND {_not_of_extension(*catalog)}" for name, catalog in _CATALOGS.items()}
    return {"schemas": scope, "own_schemas": _not_of_extension("pg_namespace", "n"), **owned}


_CATALOGS = {
    "relations": ("pg_class", "c"),
    "functions": ("pg_proc", "p"),
    "types": ("pg_type", "t"),
    "collations": ("pg_collation", "l"),
    "operators": ("pg_operator", "o"),
    "classes": ("pg_opclass", "o"),
    "families": ("pg_opfamily", "o"),
    "parsers": ("pg_ts_parser", "s"),
    "templates": ("pg_ts_template", "s"),
    "conversions": ("pg_conversion", "v"),
    "configurations": ("pg_ts_config", "s"),
    "dictionaries": ("pg_ts_dict", "s"),
    "event_triggers": ("pg_event_trigger", "v"),
}


def _not_of_extension(catalog: str, alias: str) -> str:
    return (
        f"NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass "
        f"AND e.objid = {alias}.oid AND e.deptype = 'e')"
    )


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(quote_literal(name) for name in sorted(names))}]::name[]"
