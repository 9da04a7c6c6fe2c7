"""Tables as Alembic's comparison asks for them: read in one go, with stand-ins for those that nobody declares.

Alembic fills its reflection cache per kind of fact with the schema that it happens to visit first, asks for every table
of the others one by one, and asks once more for each serial column. Filled beforehand, the cache answers all of that.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.engine import Inspector
from sqlalchemy.exc import NoReferenceError

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, Kind, ObjectId

CACHED_FACTS: tuple[str, ...] = getattr(import_module("alembic.autogenerate.compare.util"), "_INSP_KEYS", ())
"""The facts that Alembic caches, each the end of a ``get_multi_…`` method; not in its public interface."""


def fill_reflection_cache(inspector: Inspector, schemas: Iterable[str | None], current: Catalog) -> None:
    """Read every table of these schemas, with one query per schema and fact.

    Args:
        current: the database, which tells what columns are serial.
    """
    names = sorted((schema for schema in schemas if inspector.get_table_names(schema=schema)), key=lambda s: s or "")
    for fact in CACHED_FACTS:
        read = getattr(inspector, f"get_multi_{fact}")
        found: dict[Any, Any] = {}
        for schema in names:
            found.update(read(schema=schema))
        if fact == "columns":
            _forget_others_facts(inspector, found, current)
        inspector.info_cache[f"alembic_{fact}"] = found


def _forget_others_facts(inspector: Inspector, columns: dict[Any, Any], current: Catalog) -> None:
    """Leave columns the facts of their own.

    The default of a serial one Alembic would take away, after asking for its sequence; and the inspector gives a column
    the default and NOT NULL of its domain.
    """
    default_schema = inspector.dialect.default_schema_name
    for (schema, table), found in columns.items():
        for column in found:
            item = current.find(ObjectId(Kind.TABLE, schema or default_schema, table).column(column["name"]))
            if item is None:
                continue
            definition = item.defined_as(definitions.Column)
            column["nullable"] = definition.nullable
            if definition.is_serial or definition.default is None:
                column["default"] = None


def add_stubs(metadata: MetaData) -> tuple[Table, ...]:
    """Put a stand-in on the metadata for each table that a foreign key points to and nobody declares."""
    missing: dict[tuple[str | None, str], set[str]] = {}
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            try:
                key.column  # noqa: B018  asking for it is what fails
            except NoReferenceError:
                *schema, name, column = key.target_fullname.split(".")
                missing.setdefault((".".join(schema) or metadata.schema, name), set()).add(column)
    return tuple(
        Table(name, metadata, *map(Column, sorted(columns)), schema=schema)
        for (schema, name), columns in sorted(missing.items(), key=str)
    )
