"""The sequences that columns count by."""

from sqlalchemy import Connection, text

from pgcraft.catalog.objects import Kind, ObjectId

_OWNED_SEQUENCES = text(
    """
    SELECT of_s.nspname, s.relname, of_t.nspname, t.relname, attname
    FROM pg_catalog.pg_depend
    JOIN pg_catalog.pg_class AS s ON s.oid = objid AND s.relkind = 'S'
    JOIN pg_catalog.pg_namespace AS of_s ON of_s.oid = s.relnamespace
    JOIN pg_catalog.pg_class AS t ON t.oid = refobjid
    JOIN pg_catalog.pg_namespace AS of_t ON of_t.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute ON attrelid = t.oid AND attnum = refobjsubid
    WHERE classid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND refclassid = classid
      AND deptype IN ('a', 'i')
    """
)


def read_owned_sequences(connection: Connection) -> dict[ObjectId, ObjectId]:
    """Return the columns that own sequences, by the sequence."""
    return {
        ObjectId(Kind.SEQUENCE, schema, name): ObjectId(Kind.TABLE, table_schema, table).column(column)
        for schema, name, table_schema, table, column in connection.execute(_OWNED_SEQUENCES)
    }
