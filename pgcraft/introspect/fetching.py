"""Queries on whatever connection is at hand, with names printed in full."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from pgcraft.identifiers import quote_literal

Row = Sequence[Any]
Fetch = Callable[[str], Iterable[Row]]
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


@contextmanager
def qualified_names(fetch: Fetch) -> Iterator[None]:
    """Have every name printed with its schema while inside: the search path is empty."""
    ((before,),) = fetch("SELECT pg_catalog.current_setting('search_path')")
    fetch("SELECT pg_catalog.set_config('search_path', '', false)")
    yield
    fetch(f"SELECT pg_catalog.set_config('search_path', {quote_literal(before)}, false)")


class Scope:
    """Which objects are read: those of users' schemas that no extension owns."""

    def __init__(self, schemas: Iterable[str] | None) -> None:
        named = "" if schemas is None else f" AND n.nspname = ANY ({_array(schemas)})"
        self.schemas = f"n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'{named}"

    def of(self, catalog: str, alias: str) -> str:
        """Return the condition on objects of one system catalog, whose namespace is joined as ``n``."""
        return f"{self.schemas} AND {not_of_extension(catalog, alias)}"


def not_of_extension(catalog: str, alias: str) -> str:
    """Return the condition that no extension owns an object."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass "
        f"AND e.objid = {alias}.oid AND e.deptype = 'e')"
    )


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(quote_literal(name) for name in sorted(names))}]::name[]"
