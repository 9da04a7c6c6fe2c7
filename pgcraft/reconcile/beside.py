"""Objects that are made beside those of a database, in schemas of their own, and rolled back with the savepoint."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from pgcraft.errors import PGCraftPlanError
from pgcraft.identifiers import quote_name

_INSUFFICIENT_PRIVILEGE = "42501"
_HAND_OVER = text("SELECT pg_catalog.set_config('pgcraft.statements', :statements, true)")
_MAKE_ALL = text(
    """
    DO $$
    DECLARE
      statement text;
      place bigint;
      refused jsonb = '{}';
    BEGIN
      FOR statement, place IN
        SELECT value, ordinality
        FROM pg_catalog.json_array_elements_text(CAST(current_setting('pgcraft.statements') AS json)) WITH ORDINALITY
      LOOP
        BEGIN
          EXECUTE statement;
        EXCEPTION WHEN OTHERS THEN
          refused = refused || jsonb_build_object(place - 1, SQLERRM); -- it needs what is not there yet
        END;
      END LOOP;
      PERFORM pg_catalog.set_config('pgcraft.statements', CAST(refused AS text), true);
    END
    $$
    """
)
_REFUSED = text("SELECT current_setting('pgcraft.statements')")


def make_schemas(connection: Connection, schemas: Iterable[str]) -> None:
    """Make schemas for what is tried, with functions whose bodies nobody reads.

    Raises:
        PGCraftPlanError: PGC401, the role of the connection may not make a schema.
    """
    try:
        connection.exec_driver_sql("SET LOCAL check_function_bodies = off")
        for schema in schemas:
            connection.exec_driver_sql(f"CREATE SCHEMA {quote_name(schema)}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        raise _may_not_make_schemas(connection) from error


def make_what_can_be(connection: Connection, statements: Iterable[str]) -> dict[int, str]:
    """Run statements, each alone, and return the server's word on those that it refuses, by their places."""
    connection.execute(_HAND_OVER, {"statements": json.dumps(list(statements))})
    connection.execute(_MAKE_ALL)
    refused: dict[str, str] = json.loads(connection.execute(_REFUSED).scalar_one())
    return {int(place): said for place, said in refused.items()}


def _may_not_make_schemas(connection: Connection) -> PGCraftPlanError:
    role = connection.engine.url.username or "of the connection"
    return PGCraftPlanError(
        "PGC401",
        f"the role {role} may not make schemas in the database, where declared and live expressions are compared",
        remedy="GRANT CREATE ON DATABASE … to it, or make revisions on the development database: pgcraft revision",
    )
