"""What of a MetaData's tables is one: SQLAlchemy keeps its views and the tables of a session among them."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import MetaData, Table

from pgcraft.catalog.kinds import Kind
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.tables import storage_options
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.definitions import ViewDefinition
from pgcraft.models.provenance import read_origins

_OF_A_SESSION = {"TEMPORARY", "TEMP"}


def list_tables(metadata: MetaData) -> tuple[Table, ...]:
    """Return the tables that migrations make, in the order of declaration."""
    return tuple(table for table in metadata.tables.values() if not is_of_session(table) and not _is_view(table))


def is_of_session(table: Table) -> bool:
    """Whether a table or a view is a temporary one, which no migration can make."""
    words = {word for prefix in table._prefixes for word in str(prefix).upper().split()}  # noqa: SLF001
    return not words.isdisjoint(_OF_A_SESSION) or bool(getattr(_creation_of(table), "temporary", False))


def _creation_of(table: Table) -> Any:
    """Return the statement that makes what is no ordinary table; SQLAlchemy 2.0 has none."""
    return getattr(table, "_creator_ddl", None)


def _is_view(table: Table) -> bool:
    return bool(getattr(table, "is_view", False))


def add_views(declarations: Declarations, metadata: MetaData) -> Declarations:
    """Return what was registered and the views that ``sqlalchemy.CreateView`` put on a MetaData."""
    views: dict[Hashable, Declared[ViewDefinition]] = {
        (each.definition.schema, each.definition.name): each for each in _find_views(metadata)
    }
    if not views:
        return declarations
    return replace(declarations, kinds=declarations.kinds | {Kind.VIEW: declarations.views.joined(views)})


def _find_views(metadata: MetaData) -> Iterator[Declared[ViewDefinition]]:
    for table in metadata.tables.values():
        if _is_view(table) and not is_of_session(table):
            yield Declared(_define_view, (table,), read_origins(table))


def _define_view(table: Table) -> ViewDefinition:
    creation = _creation_of(table)
    return ViewDefinition(
        schema=schema_of(table),
        name=str(table.name),
        query=creation.selectable,
        is_materialized=creation.materialized,
        options=storage_options(creation.dialect_options["postgresql"]["with"]),
        comment=table.comment,
        indexes=tuple(table.indexes),
    )
