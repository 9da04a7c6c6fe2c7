"""One bulk read of all tables for Alembic's comparison, whatever their schemas.

Alembic fills its reflection cache per kind of fact with the schema that it happens to visit first and asks for every
table of the others one by one. Filled beforehand, it holds all schemas.
"""

from collections.abc import Iterable
from typing import Any

import alembic.autogenerate.compare.util as alembic_util
from sqlalchemy.engine import Inspector

CACHED_FACTS: tuple[str, ...] = getattr(alembic_util, "_INSP_KEYS", ())
"""The facts that Alembic caches, each the end of a ``get_multi_…`` method; not in its public interface."""


def fill_reflection_cache(inspector: Inspector, schemas: Iterable[str | None]) -> None:
    """Read every table of these schemas, with one query per schema and fact."""
    names = sorted((schema for schema in schemas if inspector.get_table_names(schema=schema)), key=lambda s: s or "")
    for fact in CACHED_FACTS:
        read = getattr(inspector, f"get_multi_{fact}")
        found: dict[Any, Any] = {}
        for schema in names:
            found.update(read(schema=schema))
        inspector.info_cache[f"alembic_{fact}"] = found
