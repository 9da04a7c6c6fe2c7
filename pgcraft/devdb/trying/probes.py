"""Trying many statements that should be refused, as several roles, in one round trip; needs psycopg.

Most of what is tried is expected to be refused: every role on every private table. Each statement runs in a
subtransaction of one function call, which is rolled back whatever comes of it.
"""

from collections.abc import Sequence

from pgcraft.devdb.rows.shapes import Connection, RelationShape
from pgcraft.devdb.trying.access import RELATION_OPERATIONS
from pgcraft.devdb.trying.attempts import ALLOWED, Seen, cannot_act, to_seen
from pgcraft.identifiers import quote_name

PASSED = "PGC00"
"""The SQLSTATE by which the function undoes what was not refused."""

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION pg_temp.pgcraft_probe(roles text[], statements text[])
RETURNS TABLE (acted boolean, state text, message text) LANGUAGE plpgsql AS $body$
BEGIN
  FOR i IN 1 .. cardinality(statements) LOOP
    acted := false;
    BEGIN
      PERFORM pg_catalog.set_config('role', roles[i], true);
      acted := true;
      EXECUTE statements[i];
      RAISE SQLSTATE '{PASSED}';
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    END;
    RETURN NEXT;
  END LOOP;
END
$body$
""".encode()


def prepare_probes(connection: Connection) -> None:
    """Make the function that `probe` calls; it ends with the transaction."""
    connection.execute(_FUNCTION)


def probe(connection: Connection, tries: Sequence[tuple[str, str]]) -> list[Seen]:
    """Execute each statement as its role and give what came of it, in order; nothing stays.

    Args:
        tries: pairs of role and statement.

    Raises:
        PGCraftDatabaseError: the connection's own role may not switch to one of them (PGC506).
    """
    roles, statements = [role for role, _ in tries], [statement for _, statement in tries]
    rows = connection.execute("SELECT * FROM pg_temp.pgcraft_probe(%s, %s)", [roles, statements]).fetchall()
    found = []
    for role, (acted, state, message) in zip(roles, rows, strict=True):
        if not acted:
            raise cannot_act(role, message)
        found.append(ALLOWED if state == PASSED else to_seen(state, message))
    return found


def list_operations(shape: RelationShape) -> tuple[str, ...]:
    """Return what can be tried on a relation: a materialized view is only read, and without columns nothing changes."""
    if shape.kind == "m":
        return ("select",)
    return tuple(each for each in RELATION_OPERATIONS if each != "update" or shape.columns)


def write_probe(shape: RelationShape, operation: str) -> str:
    """Write a statement that touches no row, as far as there is one: enough to be refused."""
    match operation:
        case "select":
            return f"SELECT * FROM {shape.sql} LIMIT 0"
        case "insert":
            return f"INSERT INTO {shape.sql} DEFAULT VALUES"
        case "update":
            return f"UPDATE {shape.sql} SET {quote_name(shape.columns[0].name)} = NULL WHERE false"
        case _:
            return f"DELETE FROM {shape.sql} WHERE false"
