"""A fresh database on the development server for one piece of work."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from pgcraft.devdb.address import to_conninfo
from pgcraft.devdb.databases import PREFIX, create_database, drop_database, scratch_database
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_name
from pgcraft.render.roles import ROLE_MARK
from pgcraft.service.requests import DevServer
from pgcraft.worker.failures import first_line

Connection = psycopg.Connection[tuple[Any, ...]]

STALE_AFTER_S = 3600.0
_STAMP = re.compile(r"_([0-9a-f]{8})_[0-9a-f]{8}\Z")
"""What ends the name of a database on a server that the user named: seconds since 1970, and chance."""

_DATABASES = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
_IDLE = "NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)"
_ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user ORDER BY rolname"
_MARKED_ROLES = "SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = %s ORDER BY rolname"


@contextmanager
def fresh_database(server: DevServer, purpose: str) -> Iterator[str]:
    """Give the SQLAlchemy URL of a new database, dropped at the end.

    A server of our own is emptied first: databases of work that was called off, and every role, are gone. On a server
    that the user named, roles that the work made are dropped with the database, and so are databases that earlier work
    left there an hour ago or more.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    if server.is_ours:
        _empty(server.base_url)
        with scratch_database(server.base_url, purpose) as url:
            yield url
        return
    _drop_stale(server.base_url)
    with _roles_dropped(server.base_url):
        name = f"{PREFIX}{purpose}_{int(time.time()):x}_{secrets.token_hex(4)}"
        try:
            yield create_database(server.base_url, name, is_ours=False)
        finally:
            drop_database(server.base_url, name)


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """Give a connection that commits each statement by itself."""
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        yield connection


def server_major(connection: Connection) -> int:
    """Give the major version of the server at the other end."""
    return connection.info.server_version // 10000


@contextmanager
def _opened(base_url: str) -> Iterator[Connection]:
    try:
        connection = psycopg.connect(to_conninfo(base_url), autocommit=True)
    except psycopg.OperationalError as error:
        raise PGCraftDatabaseError(
            "PGC504",
            f"the development server is out of reach: {first_line(error)}",
            remedy="start it, or leave out --url and dev_url: then a private server is started",
            detail=str(error),
        ) from error
    with connection:
        yield connection


@contextmanager
def _roles_dropped(base_url: str) -> Iterator[None]:
    """Drop at the end the roles that bear our mark and were not there before."""
    with _opened(base_url) as connection:
        before = {role for (role,) in connection.execute(_MARKED_ROLES, (ROLE_MARK,))}
    try:
        yield
    finally:
        with _opened(base_url) as connection:
            for (role,) in connection.execute(_MARKED_ROLES, (ROLE_MARK,)).fetchall():
                if role not in before:
                    with suppress(psycopg.errors.DependentObjectsStillExist):
                        connection.execute(f"DROP ROLE {quote_name(role)}".encode())


def _drop_stale(base_url: str) -> None:
    with _opened(base_url) as connection:
        names = [name for (name,) in connection.execute(f"{_DATABASES} AND {_IDLE}".encode(), (PREFIX,))]
    for name in names:
        made_at = _STAMP.search(name)
        if made_at and time.time() - int(made_at[1], 16) > STALE_AFTER_S:
            drop_database(base_url, name)


def _empty(base_url: str) -> None:
    with _opened(base_url) as connection:
        for (database,) in connection.execute(_DATABASES, (PREFIX,)).fetchall():
            drop_database(base_url, database)
        roles = connection.execute(_ROLES).fetchall()
        for (role,) in roles:
            name = quote_name(role)
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())
