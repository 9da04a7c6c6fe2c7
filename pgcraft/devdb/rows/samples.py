"""Rows of a relation as a client would get them, made up for the occasion; needs psycopg."""

import json
from typing import Any

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import Connection, read_shapes


def sample_rows(connection: Connection, relation: ObjectId, *, count: int = 2) -> tuple[dict[str, Any], ...]:
    """Return rows of a relation as PostgREST would answer a GET, with made-up rows in it; nothing stays.

    Empty where the relation is not there, or no row of it could be made.
    """
    with connection.transaction(force_rollback=True):
        maker = RowMaker(connection, read_shapes(connection))
        shape = maker.shapes.by_name.get(relation.qualified)
        if shape is None:
            return ()
        for variant in range(count):
            maker.make(shape, variant)
        query = f"SELECT json_agg(t)::text FROM (SELECT * FROM {shape.sql} LIMIT {count}) t"
        row = connection.execute(query.encode()).fetchone()
        return tuple(json.loads(row[0])) if row and row[0] else ()
