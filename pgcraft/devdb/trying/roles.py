"""Getting ready to act as any role, with no more rights than the connection has; needs psycopg."""

from contextlib import suppress

import psycopg

from pgcraft.devdb.rows.shapes import Connection
from pgcraft.identifiers import quote_name

_OTHERS = b"""
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname !~ '^pg_' AND NOT rolsuper AND rolname <> current_user ORDER BY rolname
"""
_IS_SUPERUSER = b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
FINE_GRANTS = 160000
"""From this version on a membership may be without its privileges, and who makes a role may hand it out."""


def prepare_roles(connection: Connection) -> bool:
    """Let the connection's role become every other one for as long as the transaction lasts.

    A superuser may. A plain owner makes itself a member, as far as it may grant the roles.

    Returns:
        Whether it may log in as them, too.
    """
    row = connection.execute(_IS_SUPERUSER).fetchone()
    if row and row[0]:
        return True
    options = " WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= FINE_GRANTS else ""
    for (role,) in connection.execute(_OTHERS).fetchall():
        with (
            suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidGrantOperation),
            connection.transaction(),
        ):
            connection.execute(f"GRANT {quote_name(role)} TO CURRENT_USER{options}".encode())
    return False
