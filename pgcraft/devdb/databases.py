"""Databases on a development server: made, cloned and dropped in milliseconds, and filled by files. Needs psycopg."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from pgcraft.catalog.statements import split_statements
from pgcraft.devdb.server.address import replace_database, to_conninfo
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_name

PREFIX = "pgcraft_"
EMPTY_TEMPLATE = "template0"


def make_database_name(purpose: str = "scratch") -> str:
    """Return a name that no database has: ``pgcraft_replay_1f0c…``."""
    return f"{PREFIX}{purpose}_{uuid.uuid4().hex[:16]}"


def create_database(
    base_url: str, name: str, *, template: str = EMPTY_TEMPLATE, is_ours: bool = True, owner: str | None = None
) -> str:
    """Create a database and give its SQLAlchemy URL.

    Args:
        base_url: SQLAlchemy URL of any database of the server.
        name: of the new database.
        template: the database to copy; nobody may be connected to it.
        is_ours: the server is a throw-away one: files are copied, with the checkpoint that this takes; on a server
            with other work the copy goes through the log instead.
        owner: a role; the server's user when left out.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    strategy = "file_copy" if is_ours else "wal_log"
    owned = f" OWNER {quote_name(owner)}" if owner else ""
    _execute(base_url, f"CREATE DATABASE {quote_name(name)}{owned} TEMPLATE {quote_name(template)} STRATEGY {strategy}")
    return replace_database(base_url, name)


def drop_database(base_url: str, name: str) -> None:
    """Drop a database, ending its connections; it may be gone already.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    _execute(base_url, f"DROP DATABASE IF EXISTS {quote_name(name)} WITH (FORCE)")


@contextmanager
def scratch_database(
    base_url: str,
    purpose: str = "scratch",
    *,
    template: str = EMPTY_TEMPLATE,
    is_ours: bool = True,
    owner: str | None = None,
) -> Iterator[str]:
    """Return the SQLAlchemy URL of a new database, dropped at the end.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    name = make_database_name(purpose)
    try:
        yield create_database(base_url, name, template=template, is_ours=is_ours, owner=owner)
    finally:
        drop_database(base_url, name)


@contextmanager
def connect_server(base_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Return a connection to the server that commits each statement by itself.

    Raises:
        PGCraftDatabaseError: PGC504, the server is out of reach.
    """
    try:
        connection = psycopg.connect(to_conninfo(base_url), autocommit=True)
    except psycopg.Error as error:
        raise PGCraftDatabaseError(
            "PGC504",
            f"the development server is out of reach: {_first_line(error)}",
            remedy="start it, or mend --url or dev_url; without them a private server is started",
            detail=str(error),
        ) from error
    with connection:
        yield connection


def _execute(base_url: str, statement: str) -> None:
    with connect_server(base_url) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.Error as error:
            raise PGCraftDatabaseError(
                "PGC505",
                f"the development server refused: {_first_line(error)}",
                remedy="give a role that may create databases in --url or dev_url",
                detail=f"{statement}\n{error}",
            ) from error


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def run_script(connection: psycopg.Connection[tuple[object, ...]], text: str) -> None:
    """Run every statement of a file of SQL as psql does: each is committed unless the file says BEGIN.

    The first that fails ends it, as with ``ON_ERROR_STOP``.

    Args:
        connection: in autocommit.
        text: the file.

    Raises:
        psycopg.Error: PostgreSQL refused a statement; a transaction that the file began is over then.
    """
    try:
        for statement in split_statements(text):
            connection.execute(statement.encode())
    except psycopg.Error:
        connection.rollback()
        raise
