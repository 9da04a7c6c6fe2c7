"""One bulk read of all tables for Alembic's comparison, whatever their schemas.

Alembic fills its reflection cache per kind of fact with the schema that it happens to visit first, asks for every table
of the others one by one, and asks once more for each serial column. Filled beforehand, the cache answers all of that.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Inspector

CACHED_FACTS: tuple[str, ...] = getattr(import_module("alembic.autogenerate.compare.util"), "_INSP_KEYS", ())
"""The facts that Alembic caches, each the end of a ``get_multi_…`` method; not in its public interface."""

_SERIAL_COLUMNS = text(
    """
    SELECT n.nspname, c.relname, a.attname
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
    """
)


def fill_reflection_cache(inspector: Inspector, schemas: Iterable[str | None]) -> None:
    """Read every table of these schemas, with one query per schema and fact."""
    names = sorted((schema for schema in schemas if inspector.get_table_names(schema=schema)), key=lambda s: s or "")
    for fact in CACHED_FACTS:
        read = getattr(inspector, f"get_multi_{fact}")
        found: dict[Any, Any] = {}
        for schema in names:
            found.update(read(schema=schema))
        if fact == "columns":
            _forget_serial_defaults(inspector, found)
        inspector.info_cache[f"alembic_{fact}"] = found


def _forget_serial_defaults(inspector: Inspector, columns: dict[Any, Any]) -> None:
    """Take away the default of serial columns: Alembic would, after asking for the sequence of each."""
    default_schema = inspector.dialect.default_schema_name
    with inspector._operation_context() as connection:  # noqa: SLF001  the inspector's own connection
        serials = {
            (None if schema == default_schema else schema, table, column)
            for schema, table, column in connection.execute(_SERIAL_COLUMNS)
        }
    for (schema, table), found in columns.items():
        for column in found:
            if (schema, table, column["name"]) in serials and str(column["default"]).startswith("nextval("):
                column["default"] = None
