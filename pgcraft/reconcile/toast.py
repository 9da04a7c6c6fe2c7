"""Parameters of TOAST tables: what has no value that may be long has no such table, and PostgreSQL keeps none of them.

Source: https://www.postgresql.org/docs/current/storage-toast.html
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from pgcraft.catalog.objects import CatalogObject
from pgcraft.catalog.redirecting import QualifiedName
from pgcraft.diff.compare import Change
from pgcraft.diff.long_values import LONG_VALUES

_BARE = text(
    """
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.reltoastrelid = 0 AND c.relkind IN ('r', 'm') AND n.nspname = ANY(:schemas)
    """
)


def is_about_toast(change: Change) -> bool:
    """Whether the models have a parameter of a TOAST table that the database has not."""
    return "options" in change.facts and bool(_list_options(change.wanted) - _list_options(change.current))


def find_bare(connection: Connection, schemas: Iterable[str]) -> frozenset[QualifiedName]:
    """Return the relations of some schemas that have no TOAST table."""
    return frozenset((schema, name) for schema, name in connection.execute(_BARE, {"schemas": list(schemas)}))


def leave_toast(item: CatalogObject) -> CatalogObject:
    """Return a relation without parameters of a TOAST table."""
    definition: Any = item.definition
    kept = tuple(pair for pair in definition.options if not pair[0].startswith(LONG_VALUES))
    return replace(item, definition=replace(definition, options=kept))


def _list_options(item: CatalogObject) -> frozenset[tuple[str, str]]:
    definition: Any = item.definition
    return frozenset(pair for pair in definition.options if pair[0].startswith(LONG_VALUES))
