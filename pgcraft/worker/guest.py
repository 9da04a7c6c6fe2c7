"""A role for the SQL of a stranger's database: it may make objects in one development database, and nothing else.

Whoever makes a materialized view, or an index on an expression, runs the functions in it, and those of a superuser may
write files and start programs (https://www.postgresql.org/docs/current/sql-copy.html).
"""

import secrets

from pgcraft.catalog.objects import Kind
from pgcraft.devdb.deployer import is_superuser
from pgcraft.devdb.server.address import get_database, replace_user, set_role
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.render.roles import ROLE_MARK
from pgcraft.service.requests import DevServer
from pgcraft.worker.scratch import as_superuser, connect

GUEST = "pgcraft_guest"

HARMLESS = frozenset({Kind.ROLE, Kind.EXTENSION, Kind.DEFAULTS, Kind.PUBLICATION, Kind.PUBLISHED})
"""What a guest may not make, and what runs nothing of a stranger's when a superuser makes it."""

_RIGHTS = """
CREATE ROLE {guest} {login};
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

    It reads all that is there, and goes with the database, as roles with our mark do. Where the server's user is no
    superuser, that is guest enough.
    """
    if not is_superuser(server.base_url):
        return url
    role = GUEST if server.is_ours else f"{GUEST}_{secrets.token_hex(4)}"
    rights = _RIGHTS.format(
        guest=quote_name(role),
        login="LOGIN" if server.is_ours else "NOLOGIN",
        mark=quote_literal(ROLE_MARK),
        database=quote_name(get_database(url)),
    )
    with connect(as_superuser(server, url)) as connection:
        connection.execute(rights.encode())
    return replace_user(url, role) if server.is_ours else set_role(url, role)
