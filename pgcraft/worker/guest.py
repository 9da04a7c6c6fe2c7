"""A role for the SQL of a stranger's database: it may make objects in one development database, and nothing else.

Whoever makes a materialized view, or an index on an expression, runs the functions in it, and those of a superuser may
write files and start programs (https://www.postgresql.org/docs/current/sql-copy.html).
"""

import secrets

import psycopg

from pgcraft.catalog.objects import Kind
from pgcraft.devdb.deployer import is_superuser
from pgcraft.devdb.server.address import get_database, replace_user
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.render.roles import ROLE_MARK
from pgcraft.service.requests import DevServer
from pgcraft.worker.scratch import as_superuser, connect

GUEST = "pgcraft_guest"

HARMLESS = frozenset({Kind.ROLE, Kind.EXTENSION, Kind.DEFAULTS, Kind.PUBLICATION, Kind.PUBLISHED})
"""What a guest may not make, and what runs nothing of a stranger's when a superuser makes it."""

_RIGHTS = """
CREATE ROLE {guest} LOGIN{password};
COMMENT ON ROLE {guest} IS {mark};
GRANT CREATE ON DATABASE {database} TO {guest};
GRANT CREATE ON SCHEMA public TO {guest};
GRANT pg_read_all_data TO {guest};
DO $$
DECLARE
  named text;
BEGIN
  FOR named IN SELECT oid::regnamespace FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' LOOP
    EXECUTE 'GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ' || named || ' TO {guest}';
  END LOOP;
END
$$
"""


def admit_guest(server: DevServer, url: str) -> str:
    """Let a guest into a database of :func:`fresh_database`, and return the URL under which it comes.

    It reads all that is there, and goes with the database, as roles with our mark do. It logs in, for who switches to a
    role can switch back. Where the server's user is no superuser, that is guest enough.

    Raises:
        PGCraftDatabaseError: PGC507, the server does not let it in.
    """
    if not is_superuser(server.base_url):
        return url
    role = GUEST if server.is_ours else f"{GUEST}_{secrets.token_hex(4)}"
    password = "" if server.is_ours else secrets.token_urlsafe()
    with connect(as_superuser(server, url)) as connection:
        hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        rights = _RIGHTS.format(
            guest=quote_name(role),
            password=f" PASSWORD {quote_literal(hashed)}" if password else "",
            mark=quote_literal(ROLE_MARK),
            database=quote_name(get_database(url)),
        )
        connection.execute(rights.encode())
    guest = replace_user(url, role, password)
    if password:
        _try_login(guest, role)
    return guest


def _try_login(url: str, role: str) -> None:
    try:
        with connect(url):
            pass
    except psycopg.OperationalError as error:
        raise PGCraftDatabaseError(
            "PGC507",
            f"the development server does not let the role {role} in, which makes what another database has",
            remedy="let roles log in with a password (scram-sha-256 in pg_hba.conf), or leave dev_url out: a private "
            "server is started then",
            detail=str(error),
        ) from error
