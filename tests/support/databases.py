"""A fresh database for one test."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from pgcraft.devdb.databases import create_database, drop_database, make_database_name
from pgcraft.devdb.server.address import replace_user, to_conninfo
from pgcraft.devdb.server.servers import Server
from pgcraft.identifiers import quote_name
from tests.support.planning import PlanningOnce
from tests.support.servers import get_binaries

ONLY_NEW_ONES_SEE = re.compile(r"\bALTER\s+(DATABASE|ROLE|USER)\b", re.IGNORECASE)
"""What it sets holds in connections that are opened afterwards."""


FORGET = """
CLOSE ALL; UNLISTEN *; RESET SESSION AUTHORIZATION; RESET ALL; DISCARD TEMP; DISCARD SEQUENCES;
SELECT pg_advisory_unlock_all()
"""
"""What DISCARD ALL does, but for the plans of prepared statements."""


class Kept:
    """A connection that is as new for each that uses it, but for what it knows of the system catalogs.

    A new one takes longer to read those than to run what a test asks.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection[Any] | None = None
        self._using = threading.Lock()

    @contextmanager
    def lend(self) -> Iterator[psycopg.Connection[Any]]:
        """Give the connection; a new one where another thread has it."""
        if not self._using.acquire(blocking=False):
            with _connect(self._conninfo) as connection:
                yield connection
            return
        try:
            yield self._find()
        finally:
            self._forget()
            self._using.release()

    def close(self) -> None:
        """Let the next one open another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _find(self) -> psycopg.Connection[Any]:
        if self._connection:
            try:
                self._connection.execute("")
            except psycopg.OperationalError:  # somebody has ended its process
                self.close()
        self._connection = self._connection or _connect(self._conninfo)
        return self._connection

    def _forget(self) -> None:
        if self._connection and self._connection.info.transaction_status is TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                self._connection.execute(FORGET)
                return
        self.close()


def _connect(conninfo: str) -> psycopg.Connection[Any]:
    return psycopg.connect(conninfo, autocommit=True, prepare_threshold=None, cursor_factory=PlanningOnce)


@dataclass(frozen=True)
class Database:
    """An empty database on one of the session's servers.

    Attributes:
        url: for SQLAlchemy: ``postgresql+psycopg://postgres@/name?host=…&port=5432``.
    """

    server: Server
    name: str
    url: str
    _kept: Kept | None = field(default=None, repr=False, compare=False)

    @property
    def conninfo(self) -> str:
        """The address for psycopg, psql and PostgREST."""
        return to_conninfo(self.url)

    @property
    def major(self) -> int:
        """The server's major version."""
        return int(self.server.version.split(".")[0])

    def conninfo_as(self, role: str) -> str:
        """The address of a login role."""
        return to_conninfo(replace_user(self.url, role))

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """Connect as postgres, in autocommit unless said otherwise; use it in a with statement."""
        return psycopg.connect(self.conninfo, **{"autocommit": True, **options})

    @contextmanager
    def lend(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection as postgres, in autocommit, that is as new."""
        with self._kept.lend() if self._kept else self.connect() as connection:
            yield connection

    def let_go(self) -> None:
        """End the connection that is lent: a database that somebody is in is no template."""
        if self._kept:
            self._kept.close()

    def run(self, sql: str) -> None:
        """Execute one or several statements."""
        with self.lend() as connection:
            connection.execute(sql.encode())
        if ONLY_NEW_ONES_SEE.search(sql):
            self.let_go()

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.lend() as connection:
            return connection.execute(sql.encode(), parameters or None).fetchall()

    def dicts(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Return the rows of a query by column name."""
        with self.lend() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql.encode(), parameters or None).fetchall()

    def value(self, sql: str, *parameters: object) -> Any:
        """Return the first value of the first row."""
        return self.rows(sql, *parameters)[0][0]

    def psql(self, file: Path | str, *, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a file, or text, through ``psql -v ON_ERROR_STOP=1``."""
        psql = str(
            get_binaries(self.major).bindir / "psql"
        )  # what Debian has on the PATH looks for it for ten times as long
        command = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo]
        text = None if isinstance(file, Path) else file
        done = subprocess.run(
            [*command, "-f", str(file) if text is None else "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done


@contextmanager
def fresh_database(server: Server, purpose: str = "test") -> Iterator[Database]:
    """Return a new empty database and drop it afterwards."""
    name = make_database_name(purpose)
    url = create_database(server.base_url, name)
    try:
        with closing(Kept(to_conninfo(url))) as kept:
            yield Database(server, name, url, kept)
    finally:
        drop_database(server.base_url, name)


ROLES = b"SELECT rolname FROM pg_roles WHERE oid >= 16384 ORDER BY 1"
WHERE_THEY_ARE_KNOWN = b"""
SELECT DISTINCT d.datname FROM pg_shdepend AS s JOIN pg_database AS d ON d.oid = s.dbid
WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid >= 16384 AND d.datname <> current_database()
"""


def list_roles(server: Server) -> tuple[str, ...]:
    """Return the names of the cluster's roles but PostgreSQL's own, sorted."""
    with psycopg.connect(server.conninfo("postgres")) as connection:
        return tuple(name for (name,) in connection.execute(ROLES))


def drop_roles(server: Server) -> None:
    """Drop every role but PostgreSQL's own, with what it owns and was granted in any database."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        names = ", ".join(quote_name(name) for (name,) in connection.execute(ROLES))
        if not names:
            return
        drop = f"DROP OWNED BY {names} CASCADE".encode()
        for (database,) in connection.execute(WHERE_THEY_ARE_KNOWN).fetchall():
            with psycopg.connect(server.conninfo(database), autocommit=True) as other:
                other.execute(drop)
        connection.execute(drop)
        connection.execute(f"DROP ROLE {names}".encode())
