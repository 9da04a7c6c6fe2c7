"""Long queries are planned once a connection: reading a catalog is mostly planning, and a test reads it a dozen times."""

import hashlib
from typing import Any, Self

import psycopg

LONG = 5000
"""Characters; nothing but what reads catalogs is that long."""
_IS_PLANNED = b"SELECT FROM pg_catalog.pg_prepared_statements WHERE name = '%s'"


class PlanningOnce(psycopg.Cursor[Any]):
    """What a connection's ``cursor_factory`` is set to.

    Psycopg's own prepared statements are gone after each DROP and each rollback, for what they name may be.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Run a statement, a long query as a prepared one."""
        text = query.encode() if isinstance(query, str) else query
        if params or not isinstance(text, bytes) or len(text) < LONG or not text.startswith(b"SELECT "):
            return super().execute(query, params, **options)
        name = b"planned_" + hashlib.md5(text, usedforsecurity=False).hexdigest().encode()
        if not super().execute(_IS_PLANNED % name).rowcount:
            super().execute(b"PREPARE %s AS %s" % (name, text), params)
        return super().execute(b"EXECUTE " + name)
