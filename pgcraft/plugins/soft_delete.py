"""Rows that are marked as deleted and stay."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, DateTime, Index, MetaData, Table, UniqueConstraint, and_, text
from sqlalchemy.schema import SchemaItem

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftPluginError
from pgcraft.identifiers import quote_name
from pgcraft.index import PGCraftIndex
from pgcraft.models.definitions import Need, ViewDefinition
from pgcraft.models.naming import limit_name
from pgcraft.models.register import register_view
from pgcraft.plugin import Plugin, produces, requires, singleton
from pgcraft.plugins.entity import claim_name, copy_columns, qualify, write_select
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.plugins.view_writes import describe_column
from pgcraft.sqltext.plpgsql import PASS_OVER, write_block

DELETED_AT = "deleted_at"
EXPOSED_TABLE = "exposed_table"
"""Context key of what API views stand on, where that is not the resource's table itself."""


@produces("deleted_at_column")
@singleton("__soft_delete__")
class SoftDeletePlugin(Plugin):
    """Adds a column with the time at which a row was deleted, and the view ``T_living`` of the rows that were not.

    Produces ``deleted_at_column`` and ``exposed_table``. API views show and write the living rows; a DELETE through
    them or through ``T_living`` sets the time and keeps the row. What is unique is unique among living rows. The table
    itself stays as it is: an UPDATE of the column there brings a row back, a DELETE there removes it for good.

    Args:
        column_name: the column's name.

    Raises:
        PGCraftPluginError: PGC221, the resource is no plain table.
    """

    def __init__(self, column_name: str = DELETED_AT) -> None:
        self.column_name = column_name

    def companions(self) -> Sequence[Plugin]:
        """Return what makes the view, once the table is there."""
        return (_LivingViewPlugin(self.column_name),)

    def run(self, ctx: FactoryContext) -> None:
        """Add the column, set ``deleted_at_column`` to its name, and limit unique indexes to living rows."""
        ctx.injected_columns.append(Column(self.column_name, DateTime(timezone=True)))
        ctx["deleted_at_column"] = self.column_name
        ctx.indexes = [_limit_index(index, self.column_name) if index.unique else index for index in ctx.indexes]


@requires("table", "pk_columns", "deleted_at_column")
@produces(EXPOSED_TABLE)
class _LivingViewPlugin(Plugin):
    """Declares the view, and the trigger that marks."""

    def __init__(self, column_name: str) -> None:
        self.column_name = column_name

    def run(self, ctx: FactoryContext) -> None:
        table: Table = ctx["table"]
        if "delete" not in ctx.writes or ctx.metadata.tables.get(table.key) is not table:
            raise PGCraftPluginError(
                "PGC221",
                f"SoftDeletePlugin marks rows of a plain table; {ctx.fullname} "
                + ("keeps what is deleted in its history" if "delete" in ctx.writes else "never loses a row"),
                remedy="take the plugin out",
            )
        _limit_constraints(table, ctx.table_items, self.column_name)
        columns = [column for column in table.columns if column.name != self.column_name]
        name = claim_name(ctx, "soft_delete_view")
        view = Table(name, MetaData(), *copy_columns(columns), schema=ctx.schemaname)
        register_view(ctx.metadata, self._define_view(table, view))
        self._declare_delete(ctx, table, name)
        ctx[EXPOSED_TABLE] = view

    def _define_view(self, table: Table, view: Table) -> ViewDefinition:
        selected = write_select(f"t.{quote_name(column.name)}" for column in view.columns)
        is_living = f"t.{quote_name(self.column_name)} IS NULL"
        return ViewDefinition(
            schema=view.schema or "",
            name=view.name,
            query=f"{selected}\nFROM {qualify(table)} AS t\nWHERE {is_living}",
            depends_on=((table.schema or "", table.name),),
            columns=tuple(view.columns),
            role=f"living rows of {table.fullname}: API views stand here",
        )

    def _declare_delete(self, ctx: FactoryContext, table: Table, view: str) -> None:
        body = self._write_body(table, tuple(ctx["pk_columns"]))
        firing = Firing(relation=view, timing="instead of", events=("delete",))
        relation, key = (ctx.schemaname, table.name), ctx["pk_columns"].names
        needs = (Need("update", relation, (self.column_name,)), Need("select", relation, (*key, self.column_name)))
        declare_trigger(ctx, "soft_delete", "delete", body, firing, reaches=[relation], needs=needs)

    def _write_body(self, table: Table, key: Sequence[Column[Any]]) -> str:
        """Mark the row, unless another transaction has just done so."""
        mark = quote_name(self.column_name)
        first, *rest = (item.equals(f"t.{item.name}", f"OLD.{item.name}") for item in map(describe_column, key))
        lines = [
            f"UPDATE {qualify(table)} AS t",
            f"SET {mark} = pg_catalog.now()",
            f"WHERE {first}",
            *(f"AND {condition}" for condition in rest),
            f"AND t.{mark} IS NULL;",
            PASS_OVER,
            "RETURN OLD;",
        ]
        return write_block(lines)


def _limit_index(index: PGCraftIndex, mark: str) -> PGCraftIndex:
    """Return a unique index over living rows alone."""
    given = index.kwargs.get("postgresql_where")
    is_living = f"{quote_name(mark)} IS NULL"
    if given is None or isinstance(given, str):
        where: Any = f"({given}) AND {is_living}" if given else is_living
    else:
        where = and_(given, text(is_living))
    options = {**index.kwargs, "postgresql_where": where}
    return PGCraftIndex(index.name, *index.expressions, unique=True, **options)


def _limit_constraints(table: Table, items: Iterable[SchemaItem], mark: str) -> None:
    """Make a partial unique index of every unique constraint, and limit SQLAlchemy's own unique indexes."""
    is_living = table.c[mark].is_(None)
    for constraint in [item for item in table.constraints if isinstance(item, UniqueConstraint)]:
        table.constraints.discard(constraint)
        columns = list(constraint.columns)
        listed = "_".join(column.name for column in columns)
        name = constraint.name if isinstance(constraint.name, str) else limit_name(f"uq__{table.name}__{listed}")
        options = {f"postgresql_{key}": value for key, value in constraint.dialect_options["postgresql"].items()}
        Index(name, *columns, unique=True, postgresql_where=is_living, _table=table, **options)
    for item in items:
        if isinstance(item, Index) and item.unique:
            given = item.dialect_options["postgresql"]
            given["where"] = is_living if given["where"] is None else and_(given["where"], is_living)
