"""When a row changed last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, DateTime, FetchedValue, Table, func

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftPluginError
from pgcraft.identifiers import quote_name
from pgcraft.plugin import Plugin, produces, requires, singleton
from pgcraft.plugins.entity import UPDATED_AT
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.plugins.view_writes import describe_column
from pgcraft.sqltext.plpgsql import write_block, write_if


@produces("updated_at_column")
@singleton("__updated_at__")
class UpdatedAtPlugin(Plugin):
    """Adds a column with the time of the transaction that changed the row last; a trigger keeps it.

    Produces ``updated_at_column``. An UPDATE that changes nothing leaves the time as it is, and a time that a client
    gives is ignored. Append-only and entity-attribute-value resources keep an ``updated_at`` of their own: there the
    plugin adds nothing.

    Args:
        column_name: the column's name.

    Raises:
        PGCraftPluginError: PGC221, the resource's rows never change, or it keeps the time under another name.
    """

    def __init__(self, column_name: str = UPDATED_AT) -> None:
        self.column_name = column_name

    def companions(self) -> Sequence[Plugin]:
        """Return what makes the trigger, once the table is there."""
        return (_TouchPlugin(self.column_name),)

    def run(self, ctx: FactoryContext) -> None:
        """Add the column and set ``updated_at_column`` to its name."""
        if "update" not in ctx.writes:
            raise PGCraftPluginError(
                "PGC221",
                f"UpdatedAtPlugin has nothing to do in {ctx.fullname}, whose rows never change",
                remedy="take the plugin out; CreatedAtPlugin says when a row came",
            )
        ctx.injected_columns.append(
            Column(
                self.column_name,
                DateTime(timezone=True),
                nullable=False,
                server_default=func.now(),
                server_onupdate=FetchedValue(),
            )
        )
        ctx["updated_at_column"] = self.column_name


@requires("table", "updated_at_column")
class _TouchPlugin(Plugin):
    """Declares the trigger."""

    def __init__(self, column_name: str) -> None:
        self.column_name = column_name

    def run(self, ctx: FactoryContext) -> None:
        table: Table = ctx["table"]
        if ctx.metadata.tables.get(table.key) is not table:
            self._leave_to_view(ctx)
            return
        body = _write_body(self.column_name, [column for column in table.columns if column.computed is None])
        firing = Firing(relation=table.name, timing="before", events=("update",))
        declare_trigger(ctx, "updated_at", "touch", body, firing)

    def _leave_to_view(self, ctx: FactoryContext) -> None:
        """Add nothing where the view with the resource's name tells the time under the same name."""
        if self.column_name not in (ctx.find("server_columns") or ()):
            raise PGCraftPluginError(
                "PGC221",
                f'{ctx.fullname} keeps the time of the last change as "{UPDATED_AT}", '
                f'and cannot keep it as "{self.column_name}"',
                remedy="leave column_name out, or take UpdatedAtPlugin out",
            )


def _write_body(stamp: str, columns: Sequence[Column[Any]]) -> str:
    """Write the function; what PostgreSQL computes from other columns is not known yet when it runs."""
    name = quote_name(stamp)
    first, *rest = (describe_column(column).differs("NEW", "OLD") for column in columns if column.name != stamp)
    lines = [
        f"NEW.{name} := OLD.{name};",
        *write_if(
            [first, *(f"    OR {condition}" for condition in rest)],
            [f"NEW.{name} := greatest(pg_catalog.now(), NEW.{name});"],
        ),
        "RETURN NEW;",
    ]
    return write_block(lines)
