"""A fresh database on the development server for one piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.devdb.address import to_conninfo
from pgcraft.devdb.databases import PREFIX, drop_database, scratch_database
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_name
from pgcraft.render import Statement, render_catalog
from pgcraft.service.requests import DevServer
from pgcraft.worker.failures import first_line

Connection = psycopg.Connection[tuple[Any, ...]]

_LEFT_DATABASES = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname"
_LEFT_ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user ORDER BY rolname"


@contextmanager
def fresh_database(server: DevServer, purpose: str) -> Iterator[str]:
    """Give the SQLAlchemy URL of a new database, dropped at the end.

    A server of our own is emptied first: databases of work that was called off, and every role, are gone.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    if server.is_ours:
        _empty(server.base_url)
    with scratch_database(server.base_url, purpose, is_ours=server.is_ours) as url:
        yield url


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """Give a connection that commits each statement by itself."""
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        yield connection


def apply_catalog(connection: Connection, catalog: Catalog, only: frozenset[ObjectId] | None = None) -> None:
    """Make the objects of a catalog, without any migration.

    Args:
        connection: to an empty database.
        catalog: what to make.
        only: of these objects alone, which must need no others; None for all.

    Raises:
        PGCraftDatabaseError: PGC520, PostgreSQL refused one of the statements.
    """
    connection.execute("SET check_function_bodies = off")
    for statement in render_catalog(catalog):
        if only is None or statement.source in only:
            _run(connection, statement)
    connection.execute("RESET check_function_bodies")


def _run(connection: Connection, statement: Statement) -> None:
    try:
        connection.execute(statement.sql.encode())
    except psycopg.Error as error:
        raise PGCraftDatabaseError(
            "PGC520",
            f"PostgreSQL refuses {statement.source}: {error.diag.message_primary or error}",
            remedy="mend its declaration",
            detail=f"{statement.sql}\n\n{error}",
        ) from error


def _empty(base_url: str) -> None:
    try:
        opened = psycopg.connect(to_conninfo(base_url), autocommit=True)
    except psycopg.OperationalError as error:
        raise PGCraftDatabaseError(
            "PGC504",
            f"the development server is out of reach: {first_line(error)}",
            remedy="it is started anew with the next attempt",
            detail=str(error),
        ) from error
    with opened as connection:
        for (database,) in connection.execute(_LEFT_DATABASES, (PREFIX,)).fetchall():
            drop_database(base_url, database)
        roles = connection.execute(_LEFT_ROLES).fetchall()
        for (role,) in roles:
            name = quote_name(role)
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())
