"""A fresh database for one test."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pgcraft.devdb.databases import create_database, drop_database, make_database_name
from pgcraft.devdb.server.address import replace_user, to_conninfo
from pgcraft.devdb.server.servers import Server
from pgcraft.identifiers import quote_name


@dataclass(frozen=True)
class Database:
    """An empty database on one of the session's servers.

    Attributes:
        url: for SQLAlchemy: ``postgresql+psycopg://postgres@/name?host=…&port=5432``.
    """

    server: Server
    name: str
    url: str

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

    def run(self, sql: str) -> None:
        """Execute one or several statements."""
        with self.connect() as connection:
            connection.execute(sql.encode())

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.connect() as connection:
            return connection.execute(sql.encode(), parameters or None).fetchall()

    def dicts(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Return the rows of a query by column name."""
        with self.connect(row_factory=dict_row) as connection:
            return connection.execute(sql.encode(), parameters or None).fetchall()

    def value(self, sql: str, *parameters: object) -> Any:
        """Return the first value of the first row."""
        return self.rows(sql, *parameters)[0][0]

    def psql(self, file: Path | str, *, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a file, or text, through ``psql -v ON_ERROR_STOP=1``."""
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo]
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
        yield Database(server, name, url)
    finally:
        drop_database(server.base_url, name)


def list_roles(server: Server) -> tuple[str, ...]:
    """Return the names of the cluster's roles but PostgreSQL's own, sorted."""
    query = b"SELECT rolname FROM pg_roles WHERE oid >= 16384 ORDER BY 1"
    with psycopg.connect(server.conninfo("postgres")) as connection:
        return tuple(name for (name,) in connection.execute(query))


def drop_roles(server: Server) -> None:
    """Drop every role but PostgreSQL's own, with what it owns and was granted in any database."""
    roles = list_roles(server)
    if not roles:
        return
    names = ", ".join(map(quote_name, roles))
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        databases = [name for (name,) in connection.execute(b"SELECT datname FROM pg_database WHERE datallowconn")]
    for database in databases:
        with psycopg.connect(server.conninfo(database), autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {names} CASCADE".encode())
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP ROLE {names}".encode())
