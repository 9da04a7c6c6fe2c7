"""The two tables of an append-only resource (a slowly changing dimension of type 2).

The log takes every version of every entity and is never changed but for ``valid_to``; the root has one row an entity
and points to its current version. Foreign keys of others point to the root.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Identity, Table, func

from pgcraft.errors import PGCraftColumnError, PGCraftValidationError
from pgcraft.factory.arguments import check_free
from pgcraft.factory.context import FactoryContext
from pgcraft.models.provenance import stamp
from pgcraft.naming import build_name
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.current import limit_to_current, take_unique
from pgcraft.plugins.append_only.names import (
    ATTRIBUTES_ID,
    CREATED_AT,
    ENTITY_ID,
    LOG_COLUMNS,
    LOG_ID,
    LOG_TABLE,
    ROOT_TABLE,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
)
from pgcraft.plugins.table import check_columns
from pgcraft.references import Dimension, register_dimension

_RESERVED = frozenset((*LOG_COLUMNS, UPDATED_AT, VALID_FROM))


@requires("pk_columns")
@produces(ROOT_TABLE, LOG_TABLE)
class AppendOnlyTablesPlugin(Plugin):
    """Makes log and root, and lets foreign keys point to the root."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``append_only_log_table`` and ``append_only_root_table``."""
        check_columns(ctx)
        key = get_single_key(ctx)
        log = self._make_log(ctx, key)
        root = self._make_root(ctx, key, log)
        ctx[LOG_TABLE] = log
        ctx[ROOT_TABLE] = root
        register_dimension(ctx.metadata, Dimension(ctx.schemaname, ctx.tablename, root))

    def _make_log(self, ctx: FactoryContext, key: Column[Any]) -> Table:
        columns = get_value_columns(ctx)
        for column in columns:
            if column.name in _RESERVED:
                raise PGCraftColumnError(
                    "PGC103",
                    f'column "{column.name}" of {ctx.fullname} has a name that append-only resources use themselves',
                    place=ctx.place,
                    remedy=f"rename it; taken are {', '.join(sorted(_RESERVED))}",
                )
        unique = take_unique(columns, ctx.table_items)
        name = _claim(ctx, "append_only_attributes")
        log = Table(
            name,
            ctx.metadata,
            Column(LOG_ID, BigInteger, Identity(always=False), primary_key=True),
            Column(ENTITY_ID, key.type, nullable=False, index=False),
            Column(CREATED_AT, DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column(VALID_TO, DateTime(timezone=True)),
            *columns,
            *unique.other_items,
            schema=ctx.schemaname,
            **ctx.table_options,
        )
        for column in columns:
            stamp(column)
        limit_to_current(log, [(ENTITY_ID,), *unique.column_sets])
        return log

    def _make_root(self, ctx: FactoryContext, key: Column[Any], log: Table) -> Table:
        return Table(
            _claim(ctx, "append_only_root"),
            ctx.metadata,
            key,
            Column(CREATED_AT, DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column(ATTRIBUTES_ID, BigInteger, nullable=False, unique=True),
            ForeignKeyConstraint([ATTRIBUTES_ID], [log.c[LOG_ID]], ondelete="CASCADE"),
            schema=ctx.schemaname,
        )


def get_single_key(ctx: FactoryContext) -> Column[Any]:
    """Give the one column of the resource's key.

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
    """Give the columns that a version holds: those of plugins and the user's, without the key.

    A plugin's ``created_at`` or ``updated_at`` is left out: every entity has these.
    """
    key = set(ctx["pk_columns"])
    injected = [column for column in ctx.injected_columns if column.name not in (CREATED_AT, UPDATED_AT)]
    return [column for column in (*injected, *ctx.columns) if column not in key]


def _claim(ctx: FactoryContext, kind: str) -> str:
    name = build_name(ctx.metadata, kind, schema=ctx.schemaname, table_name=ctx.tablename)
    check_free(ctx.metadata, ctx.schemaname, name, ctx.place)
    return name
