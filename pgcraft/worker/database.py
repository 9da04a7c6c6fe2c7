"""Answers `ReadDatabase`: a real database, read in one transaction that cannot write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg import IsolationLevel
from psycopg.errors import InsufficientPrivilege

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Kind
from pgcraft.devdb.server.address import to_conninfo
from pgcraft.diff.owners import leave_owners
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_qualified
from pgcraft.introspect import Fetch, RefusedError, list_unmodelled, read_catalog, read_owners
from pgcraft.introspect.fetching import Row
from pgcraft.service.drift_types import DatabaseState, Stamp, Unseen
from pgcraft.service.requests import ReadDatabase
from pgcraft.service.role_facts import RoleFacts
from pgcraft.service.types import Progress, Stage
from pgcraft.worker.failures import first_line
from pgcraft.worker.importing import Report
from pgcraft.worker.role_facts import read_role_facts
from pgcraft.worker.scratch import Connection

T = TypeVar("T")

LOCK_TIMEOUT = "10s"
"""How long a lock may be waited for that whoever reads a view's text needs: ACCESS SHARE."""

_STAMPS = """
SELECT n.nspname, c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND NOT a.attisdropped
GROUP BY 1, 2 HAVING array_agg(a.attname::text) = ARRAY['version_num'] ORDER BY 1, 2
"""
"""Alembic's table has one column of this name."""


def read_database(request: ReadDatabase, report: Report) -> DatabaseState:
    """Read all of a database that can be compared.

    Raises:
        PGCraftDatabaseError: PGC540, it is out of reach; PGC541, it could not be read; PGC508, it is too old.
    """
    report(Progress(Stage.READ))
    with reading_only(request.url) as connection:
        fetch = _make_fetch(connection)
        refused: dict[tuple[Kind, ...], str] = {}
        catalog = leave_owners(read_catalog(fetch, refused=refused))
        unseen = [Unseen(_name_kinds(kinds), reason, kinds) for kinds, reason in refused.items()]
        owners = _try(lambda: read_owners(fetch), "owners", unseen) or {}
        roles = _try(lambda: read_role_facts(fetch), "attributes and memberships of roles", unseen) or RoleFacts()
        unmodelled = _try(lambda: list_unmodelled(fetch), "what is not modelled", unseen) or ()
        return DatabaseState(
            address=name_database(connection),
            server=_name_server(connection),
            user=connection.info.user,
            catalog=catalog,
            owners=tuple(sorted(owners.items())),
            stamps=tuple(_read_stamps(fetch)),
            roles=roles,
            unmodelled=tuple(f"{what} {name}" for what, name in unmodelled),
            unseen=tuple(unseen),
        )


@contextmanager
def reading_only(url: str) -> Iterator[Connection]:
    """Return a connection inside of one transaction that sees one state and can write nothing.

    It asks for no lock beyond ACCESS SHARE, and waits for none longer than `LOCK_TIMEOUT`.

    Raises:
        PGCraftDatabaseError: PGC540, the database is out of reach; PGC541, it could not be read.
    """
    try:
        connection = psycopg.connect(to_conninfo(url), prepare_threshold=None, fallback_application_name="pgcraft")
    except psycopg.Error as error:
        raise PGCraftDatabaseError(
            "PGC540",
            f"the database is out of reach: {first_line(error)}",
            remedy="mend its address: --db, or [tool.pgcraft] databases",
            detail=str(error),
        ) from error
    with connection:
        connection.read_only, connection.isolation_level = True, IsolationLevel.REPEATABLE_READ
        try:
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'".encode())
            yield connection
        except psycopg.Error as error:
            raise PGCraftDatabaseError(
                "PGC541",
                f"the database could not be read: {first_line(error)}",
                remedy="nothing was changed in it; try again, where somebody held a lock on what was read",
                detail=str(error),
            ) from error
        finally:
            connection.rollback()


def name_database(connection: Connection) -> str:
    """Return user, host, port and name of the database; never a password."""
    info = connection.info
    return f"{info.user}@{info.host}:{info.port}/{info.dbname}"


def _name_server(connection: Connection) -> str:
    version = connection.info.server_version
    return f"{version // 10_000}.{version % 10_000}"


def _make_fetch(connection: Connection) -> Fetch:
    """Return what runs a query in a savepoint, so that one refused leaves the others to run."""

    def fetch(query: str) -> Sequence[Row]:
        try:
            with connection.transaction():
                return connection.execute(query.encode()).fetchall()
        except InsufficientPrivilege as error:
            raise RefusedError(first_line(error)) from error

    return fetch


def _name_kinds(kinds: tuple[Kind, ...]) -> str:
    return ", ".join(KINDS[kind].plural for kind in kinds) or "what depends on what"


def _try(read: Callable[[], T], what: str, unseen: list[Unseen]) -> T | None:
    try:
        return read()
    except RefusedError as error:
        unseen.append(Unseen(what, str(error)))
        return None


def _read_stamps(fetch: Fetch) -> Iterator[Stamp]:
    for schema, table in fetch(_STAMPS):
        try:
            rows = fetch(f"SELECT version_num::text FROM {quote_qualified(schema, table)} ORDER BY 1")
        except RefusedError as error:
            yield Stamp(schema, table, refusal=str(error))
        else:
            yield Stamp(schema, table, tuple(revision for (revision,) in rows))
