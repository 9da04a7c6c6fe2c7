"""What resources of entities with a history share: append-only and entity-attribute-value."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Table

from pgcraft.declare.arguments import check_free
from pgcraft.declare.column_markers import strip_marker
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError, PGCraftValidationError
from pgcraft.identifiers import quote_qualified
from pgcraft.models.naming import build_name

CREATED_AT = "created_at"
UPDATED_AT = "updated_at"
ENTITY_ID = "entity_id"
"""The log's column with the entity's key."""
LOG_ID = "id"
VALID_FROM = "valid_from"
VALID_TO = "valid_to"
"""When the next version came or the entity went; NULL for the current version."""


def get_single_key(ctx: FactoryContext) -> Column[Any]:
    """Return the one column of the resource's key.

    Raises:
        PGCraftValidationError: PGC124, the key has several.
    """
    key = ctx["pk_columns"]
    if len(key) != 1:
        raise PGCraftValidationError(
            "PGC124",
            f"the key of {ctx.fullname} is {', '.join(key.names)}: an entity needs a key of one column",
            place=ctx.place,
            remedy="take one of them for the key, and make the set of them unique with PGCraftIndex(…, unique=True)",
        )
    column: Column[Any] = key.first
    return column


def get_value_columns(ctx: FactoryContext) -> list[Column[Any]]:
    """Return the columns of an entity's values: those of plugins and the user's, without the key.

    A plugin's ``created_at`` or ``updated_at`` is left out: every entity has these.
    """
    key = set(ctx["pk_columns"])
    injected = [column for column in ctx.injected_columns if column.name not in (CREATED_AT, UPDATED_AT)]
    return [column for column in (*injected, *ctx.columns) if column not in key]


def find_referencing(ctx: FactoryContext) -> frozenset[str]:
    """Return the names of the value columns that have a foreign key; its actions change them at any time."""
    columns = get_value_columns(ctx)
    named = {strip_marker(local) for fk in ctx.fks for local, _ in fk.pairs}
    for item in ctx.table_items:
        if isinstance(item, ForeignKeyConstraint):
            named.update(item.column_keys)
    return frozenset(
        column.name for column in columns if column.foreign_keys or column.name in named or column.key in named
    )


def check_not_reserved(ctx: FactoryContext, names: Iterable[str]) -> None:
    """Check that no value column has a name that the resource's own tables and views use.

    Raises:
        PGCraftColumnError: PGC103, one has.
    """
    reserved = frozenset(names)
    for column in get_value_columns(ctx):
        if column.name in reserved:
            raise PGCraftColumnError(
                "PGC103",
                f'column "{column.name}" of {ctx.fullname} has a name that such resources use themselves',
                place=ctx.place,
                remedy=f"rename it; taken are {', '.join(sorted(reserved))}",
            )


def claim_name(ctx: FactoryContext, kind: str) -> str:
    """Make the name of one of the resource's own relations, and check that it is free."""
    name = build_name(ctx.metadata, kind, schema=ctx.schemaname, table_name=ctx.tablename)
    check_free(ctx.metadata, ctx.schemaname, name, ctx.place)
    return name


def qualify(table: Table) -> str:
    """Quote a table's name with its schema."""
    return quote_qualified(table.schema, table.name)


def time_columns(*names: str) -> list[Column[Any]]:
    """Make the columns of a view that hold times."""
    return [Column(name, DateTime(timezone=True)) for name in names]


def copy_columns(columns: Iterable[Column[Any]]) -> list[Column[Any]]:
    """Copy columns for a view: with keys, defaults and computed expressions, without constraints."""
    copies = [column._copy() for column in columns]  # noqa: SLF001  what Table.to_metadata() uses
    for copy in copies:
        copy.foreign_keys.clear()
        copy.unique = copy.index = None
    return copies


def write_select(columns: Iterable[str], margin: str = "") -> str:
    """Write SELECT with one column a line; every line but the first begins with the margin, those of names do not."""
    return f"SELECT\n{margin}    " + f",\n{margin}    ".join(columns)
