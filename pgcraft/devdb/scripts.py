"""Files of SQL, run as psql does: by statements, each committed unless the file says BEGIN. Needs psycopg."""

import psycopg

from pgcraft.catalog.statements import split_statements


def run_script(connection: psycopg.Connection[tuple[object, ...]], text: str) -> None:
    """Run every statement of a file and stop at the first that fails, as with ``ON_ERROR_STOP``.

    Args:
        connection: in autocommit.
        text: the file.

    Raises:
        psycopg.Error: PostgreSQL refused a statement; a transaction that the file began is over then.
    """
    try:
        for statement in split_statements(text):
            connection.execute(statement.encode())
    except psycopg.Error:
        connection.rollback()
        raise
