"""Names without a schema: the models mean ``public`` by them, and the server what its search path leads to first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, text

from pgcraft.catalog.origins import Origins, place_of
from pgcraft.collect.compiling import origins_of
from pgcraft.collect.types import find_named_type
from pgcraft.errors import PGCraftPlanError
from pgcraft.models.provenance import read_origins
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

NAMED = 5
"""How many names a message tells."""

_PATH = text("SELECT current_schema(), current_schemas(true)")

_SHADOWS = text("""
SELECT nspname || '.' || typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE typname = ANY (:names) AND nspname = ANY (:schemas) ORDER BY array_position(:schemas, nspname::text), typname
""")

_LEADS = "the search path of this connection"


def check_search_path(connection: Connection | None, options: Mapping[str, Any]) -> None:
    """Refuse a connection to which names without a schema mean something else than they do in the models.

    Args:
        connection: None where the statements are only written.
        options: of Alembic's environment: the models, where its own table stands, and whether all is only looked at.

    Raises:
        PGCraftPlanError: PGC405.
    """
    if connection is None or options.get("dont_mutate") or connection.dialect.default_schema_name == DEFAULT_SCHEMA:
        return  # nothing is asked where the path begins as it usually does
    first, path = connection.execute(_PATH).one()
    target = options.get("target_metadata") or ()
    models = (target,) if isinstance(target, MetaData) else tuple(target)
    leads = f"{_LEADS} leads to " + (f"{first} first" if first else "no schema that is there")
    tables = [table for each in models for table in each.tables.values() if table.schema is None]
    if tables and first != DEFAULT_SCHEMA:
        listed = _list(str(table.name) for table in tables)
        raise _refuse(
            f"tables without a schema stand in {DEFAULT_SCHEMA}, and {leads}: {listed}", read_origins(tables[0])
        )
    if options.get("version_table_schema") is None and (not first or first.startswith("pg_temp")):
        raise _refuse(f"Alembic's table has no schema, and {leads}")
    types = dict(_find_types(models))
    if types:
        _check_types(connection, path, types)


def _check_types(connection: Connection, path: Sequence[str], types: Mapping[str, Origins]) -> None:
    what = f"types without a schema stand in {DEFAULT_SCHEMA}"
    if DEFAULT_SCHEMA not in path:
        raise _refuse(f"{what}, to which {_LEADS} does not lead: {_list(types)}", next(iter(types.values())))
    before = path[: path.index(DEFAULT_SCHEMA)]
    shadows = connection.scalars(_SHADOWS, {"names": list(types), "schemas": before}).all()
    if shadows:
        first = types[shadows[0].rpartition(".")[2]]
        raise _refuse(f"{what}, and {_LEADS} leads to others of their names first: {_list(shadows)}", first)


def _find_types(metadata: Iterable[MetaData]) -> Iterator[tuple[str, Origins]]:
    columns = (column for each in metadata for table in each.tables.values() for column in table.columns)
    for column in columns:
        named = find_named_type(column.type)
        if named is not None and named.schema is None:
            yield str(named.name), origins_of(column, column.table)


def _list(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:NAMED]) + (f" and {len(listed) - NAMED} more" if len(listed) > NAMED else "")


def _refuse(what: str, origins: Origins = ()) -> PGCraftPlanError:
    return PGCraftPlanError(
        "PGC405",
        what,
        place=place_of(origins),
        remedy=f'say schema="{DEFAULT_SCHEMA}" (or another) in the models, or let the path begin with that:\n'
        f"ALTER ROLE … or ALTER DATABASE … SET search_path, or ?options=-csearch_path%3D{DEFAULT_SCHEMA} in the URL",
    )
