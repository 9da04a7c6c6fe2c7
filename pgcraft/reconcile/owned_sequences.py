"""The sequences that columns count by, and others that somebody has given to a column."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from pgcraft.catalog.definitions import Sequence
from pgcraft.catalog.objects import Kind, ObjectId

_OWNED_SEQUENCES = text(
    """
    SELECT of_s.nspname, s.relname, of_t.nspname, t.relname, attname, deptype = 'a',
      pg_catalog.format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
      pg_catalog.obj_description(s.oid, 'pg_class'), pg_catalog.pg_get_userbyid(s.relowner)
    FROM pg_catalog.pg_depend
    JOIN pg_catalog.pg_class AS s ON s.oid = objid AND s.relkind = 'S'
    JOIN pg_catalog.pg_sequence ON seqrelid = s.oid
    JOIN pg_catalog.pg_namespace AS of_s ON of_s.oid = s.relnamespace
    JOIN pg_catalog.pg_class AS t ON t.oid = refobjid
    JOIN pg_catalog.pg_namespace AS of_t ON of_t.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute ON attrelid = t.oid AND attnum = refobjsubid
    WHERE classid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND refclassid = classid
      AND deptype IN ('a', 'i')
    """
)


@dataclass(frozen=True, slots=True)
class Owned:
    """A sequence that a column owns.

    Attributes:
        is_given: somebody gave it to the column, or PostgreSQL did where that is serial; it is no identity's.
        counts: how.
    """

    column: ObjectId
    is_given: bool
    counts: Sequence


def read_owned_sequences(connection: Connection) -> dict[ObjectId, Owned]:
    """Return the sequences that columns own."""
    return {
        ObjectId(Kind.SEQUENCE, schema, name): Owned(
            ObjectId(Kind.TABLE, table_schema, table).column(column), is_given, Sequence(*facts)
        )
        for schema, name, table_schema, table, column, is_given, *facts in connection.execute(_OWNED_SEQUENCES)
    }
