"""The two tables of an append-only resource (a slowly changing dimension of type 2).

The log takes every version of every entity, and of one that is written only ``valid_to`` ever changes; the root has one
row an entity and points to its current version. Foreign keys of others point to the root.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Identity, Table, func

from pgcraft.declare.context import FactoryContext
from pgcraft.models.foreign_keys import Dimension
from pgcraft.models.provenance import give_role, stamp
from pgcraft.models.references import register_dimension
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.current import limit_to_current, take_unique
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
    check_not_reserved,
    claim_name,
    get_single_key,
    get_value_columns,
)
from pgcraft.plugins.history import index_history
from pgcraft.plugins.table import check_columns

_RESERVED = (LOG_ID, ENTITY_ID, CREATED_AT, UPDATED_AT, VALID_FROM, VALID_TO)


@requires("pk_columns")
@produces(ROOT_TABLE, LOG_TABLE)
class AppendOnlyTablesPlugin(Plugin):
    """Makes log and root, and lets foreign keys point to the root."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``append_only_log_table`` and ``append_only_root_table``."""
        check_columns(ctx)
        check_not_reserved(ctx, _RESERVED)
        key = get_single_key(ctx)
        log = self._make_log(ctx, key)
        root = self._make_root(ctx, key, log)
        give_role(log, f"log of {ctx.fullname}: every version")
        give_role(root, f"root of {ctx.fullname}: foreign keys point here")
        ctx[LOG_TABLE] = log
        ctx[ROOT_TABLE] = root
        register_dimension(ctx.metadata, Dimension(ctx.schemaname, ctx.tablename, root))

    def _make_log(self, ctx: FactoryContext, key: Column[Any]) -> Table:
        columns = get_value_columns(ctx)
        unique = take_unique(columns, ctx.table_items)
        name = claim_name(ctx, "append_only_attributes")
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
        index_history(log)
        return log

    def _make_root(self, ctx: FactoryContext, key: Column[Any], log: Table) -> Table:
        return Table(
            claim_name(ctx, "append_only_root"),
            ctx.metadata,
            key,
            Column(CREATED_AT, DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column(ATTRIBUTES_ID, BigInteger, nullable=False, unique=True),
            ForeignKeyConstraint([ATTRIBUTES_ID], [log.c[LOG_ID]], ondelete="CASCADE"),
            schema=ctx.schemaname,
        )
