"""Whether every row of a table is written anew where a column is added, which the server knows."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from pgcraft.catalog.definitions import Column

_FILE = text("SELECT pg_catalog.pg_relation_filenode('pg_temp.pgcraft_rewriting')")


def rewrites(connection: Connection, column: Column) -> bool:
    """Add a column to a table of its own, which is gone afterwards, and see whether that is another file then.

    What cannot be tried needs something that is not there yet, such as a function, and may write rows anew.
    """
    attempt = connection.begin_nested()
    try:
        connection.exec_driver_sql("CREATE TEMP TABLE pgcraft_rewriting ()")
        before = connection.execute(_FILE).scalar_one()
        default = f"{column.type} DEFAULT {column.default}".replace("%", "%%")
        connection.exec_driver_sql(f"ALTER TABLE pg_temp.pgcraft_rewriting ADD COLUMN added {default}")
        return bool(before != connection.execute(_FILE).scalar_one())
    except DBAPIError:
        return True
    finally:
        attempt.rollback()
