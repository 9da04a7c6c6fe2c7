"""A fresh database on the development server for one piece of work, and what a catalog declares made in it."""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import psycopg

from pgcraft.catalog.objects import Catalog
from pgcraft.devdb.databases import PREFIX, connect_server, create_database, drop_database, scratch_database
from pgcraft.devdb.deployer import DEPLOYER, Deployer, make_deployer
from pgcraft.devdb.server.address import get_database, replace_database, to_conninfo
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_name
from pgcraft.render.catalog import render_catalog
from pgcraft.render.roles import ROLE_MARK
from pgcraft.render.statement import Statement
from pgcraft.service.requests import DevServer
from pgcraft.service.types import DeployAs
from pgcraft.versions import read_major

Connection = psycopg.Connection[tuple[Any, ...]]

_LOCKS = 0x70676372
"""The first half of the advisory locks that databases in use on a server that the user named are known by.

The second half ends the database's name, in hexadecimal digits. A lock goes with the process that holds it, however
that ends; pg_locks shows it from every database.
"""

_DATABASES = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
_LEFT_BEHIND = """
SELECT datname FROM pg_database
WHERE datname ~ %s
  AND pg_has_role(datdba, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)
  AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = %s
      AND lpad(to_hex(objid::bigint), 8, '0') = right(pg_database.datname, 8)
  )
"""
_DEPLOYERS_LEFT_BEHIND = """
SELECT rolname FROM pg_roles
WHERE rolname ~ %s
  AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = %s
      AND lpad(to_hex(objid::bigint), 8, '0') = right(rolname, 8)
  )
"""
_ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user ORDER BY rolname"
_MARKED_ROLES = "SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = %s ORDER BY rolname"


@contextmanager
def fresh_database(server: DevServer, purpose: str, deploy_as: DeployAs = "superuser") -> Iterator[str]:
    """Return the SQLAlchemy URL of a new database, dropped at the end.

    A server of our own is emptied first: databases of work that was called off, and every role, are gone. On a server
    that the user named, roles that the work made are dropped with the database, and so are databases that earlier work
    left there when it was killed.

    Args:
        server: the development server.
        purpose: a word for the database's name.
        deploy_as: whose URL it is: that of the server's own user, or that of a plain owner of the database who may make
            roles; see :func:`as_superuser`.

    Raises:
        PGCraftDatabaseError: the server is out of reach (PGC504) or refused (PGC505).
    """
    if server.is_ours:
        _empty(server.base_url)
        with (
            _deployer(server, "", deploy_as) as deployer,
            scratch_database(server.base_url, purpose, owner=deployer.role) as url,
        ):
            yield deployer.address(url)
        return
    _drop_left_behind(server.base_url)
    number = secrets.randbits(31)
    suffix = f"{number:08x}"
    name = f"{PREFIX}{purpose}_dev_{suffix}"
    with (
        _in_use(server.base_url, number),
        _deployer(server, suffix, deploy_as) as deployer,
        _roles_dropped(server.base_url),
    ):
        try:
            yield deployer.address(create_database(server.base_url, name, is_ours=False, owner=deployer.role))
        finally:
            drop_database(server.base_url, name)


def _deployer(server: DevServer, suffix: str, deploy_as: DeployAs) -> AbstractContextManager[Deployer]:
    return make_deployer(server.base_url, suffix=suffix) if deploy_as == "owner" else nullcontext(Deployer())


def as_superuser(server: DevServer, url: str) -> str:
    """Return the URL of the same database for the server's own user, which is a superuser where it has to be one."""
    return replace_database(server.base_url, get_database(url))


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """Return a connection that commits each statement by itself; none is prepared, for what it names may change."""
    with psycopg.connect(to_conninfo(url), autocommit=True, prepare_threshold=None) as connection:
        yield connection


def server_major(connection: Connection) -> int:
    """Return the major version of the server at the other end."""
    return read_major(connection.info.server_version)


@contextmanager
def _roles_dropped(base_url: str) -> Iterator[None]:
    """Drop at the end the roles that bear our mark and were not there before."""
    with connect_server(base_url) as connection:
        before = {role for (role,) in connection.execute(_MARKED_ROLES, (ROLE_MARK,))}
    try:
        yield
    finally:
        with connect_server(base_url) as connection:
            for (role,) in connection.execute(_MARKED_ROLES, (ROLE_MARK,)).fetchall():
                if role not in before:
                    with suppress(psycopg.errors.DependentObjectsStillExist):
                        connection.execute(f"DROP ROLE {quote_name(role)}".encode())


@contextmanager
def _in_use(base_url: str, number: int) -> Iterator[None]:
    """Keep others from dropping the database of this number."""
    with connect_server(base_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (_LOCKS, number))
        yield


def _drop_left_behind(base_url: str) -> None:
    with connect_server(base_url) as connection:
        rows = connection.execute(_LEFT_BEHIND.encode(), (f"^{PREFIX}[a-z]+_dev_[0-9a-f]{{8}}$", _LOCKS)).fetchall()
    for (name,) in rows:
        drop_database(base_url, name)
    with connect_server(base_url) as connection:
        pattern = f"^{DEPLOYER}_[0-9a-f]{{8}}$"
        for (role,) in connection.execute(_DEPLOYERS_LEFT_BEHIND.encode(), (pattern, _LOCKS)).fetchall():
            with suppress(psycopg.errors.DependentObjectsStillExist, psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DROP OWNED BY {quote_name(role)}; DROP ROLE {quote_name(role)}".encode())


def _empty(base_url: str) -> None:
    with connect_server(base_url) as connection:
        for (database,) in connection.execute(_DATABASES, (PREFIX,)).fetchall():
            drop_database(base_url, database)
        roles = connection.execute(_ROLES).fetchall()
        for (role,) in roles:
            name = quote_name(role)
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


def apply_catalog(connection: Connection, catalog: Catalog) -> None:
    """Make the objects of a catalog, without any migration.

    Args:
        connection: to an empty database.
        catalog: what to make.

    Raises:
        PGCraftDatabaseError: PGC520, PostgreSQL refused one of the statements.
    """
    connection.execute("SET check_function_bodies = off")
    for statement in render_catalog(catalog):
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
