"""Makes what a catalog declares in a database, without any migration."""

import psycopg

from pgcraft.catalog.objects import Catalog
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.render import Statement, render_catalog
from pgcraft.worker.scratch import Connection


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
