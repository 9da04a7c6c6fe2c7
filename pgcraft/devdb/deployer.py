"""The role that deploys on a development server: a plain owner with CREATEROLE, as where it counts. Needs psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pgcraft.devdb.databases import connect_server
from pgcraft.devdb.server.address import replace_user, set_role
from pgcraft.identifiers import quote_name

DEPLOYER = "pgcraft_deployer"
"""What the role is called on a server of our own; no role of the models should be."""

_IS_SUPERUSER = b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"


@dataclass(frozen=True)
class Deployer:
    """Who deploys.

    Attributes:
        role: who is to own the database; None for the server's own user.
        can_log_in: whether it has a way in; else the server's user switches to it.
    """

    role: str | None = None
    can_log_in: bool = False

    def address(self, url: str) -> str:
        """Return the SQLAlchemy URL under which it reaches a database that the server's user reaches under this one."""
        if self.role is None:
            return url
        return replace_user(url, self.role) if self.can_log_in else set_role(url, self.role)


@contextmanager
def make_deployer(base_url: str, *, suffix: str = "") -> Iterator[Deployer]:
    """Make a plain owner for a new database; it is dropped at the end, when its databases must be gone.

    Where the server's user is no superuser, that is a plain owner already.

    Args:
        base_url: SQLAlchemy URL of the server.
        suffix: of the role's name, on a server with other work; a server of our own has one deployer, who logs in.
    """
    if not is_superuser(base_url):
        yield Deployer()
        return
    deployer = Deployer(f"{DEPLOYER}_{suffix}" if suffix else DEPLOYER, can_log_in=not suffix)
    name = quote_name(deployer.role or "")
    with connect_server(base_url) as connection:
        connection.execute(f"CREATE ROLE {name} {'NOLOGIN' if suffix else 'LOGIN'} CREATEROLE".encode())
    try:
        yield deployer
    finally:
        with connect_server(base_url) as connection:
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


def is_superuser(base_url: str) -> bool:
    """Whether the server's user is a superuser."""
    with connect_server(base_url) as connection:
        row = connection.execute(_IS_SUPERUSER).fetchone()
    return bool(row and row[0])
