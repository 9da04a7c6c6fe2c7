"""The table of a simple resource."""

from sqlalchemy import Table

from pgcraft.declare.arguments import check_name
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError
from pgcraft.models.foreign_keys import Dimension
from pgcraft.models.references import register_dimension
from pgcraft.plugin import Plugin, produces, requires


@requires("pk_columns")
@produces("table")
class TablePlugin(Plugin):
    """Makes the table from the key, the plugins' columns and the user's, and lets foreign keys point to it."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``table``."""
        check_columns(ctx)
        table = Table(
            ctx.tablename, ctx.metadata, *ctx.all_columns, *ctx.table_items, schema=ctx.schemaname, **ctx.table_options
        )
        ctx["table"] = table
        register_dimension(ctx.metadata, Dimension(ctx.schemaname, ctx.tablename, table))


def check_columns(ctx: FactoryContext) -> None:
    """Check that the columns of a resource can stand together on one table.

    Raises:
        PGCraftColumnError: PGC103, two have one name, or one belongs to another table already.
        PGCraftValidationError: PGC101, a name cannot be one.
    """
    seen: set[str] = set()
    own = {id(column) for column in ctx.columns}
    for column in ctx.all_columns:
        check_name(column.name, "column name", ctx.place)
        if column.name in seen:
            others = "" if id(column) not in own else "; the key and the plugins' columns count too"
            raise PGCraftColumnError(
                "PGC103",
                f'{ctx.fullname} has two columns "{column.name}"{others}',
                place=ctx.place,
                remedy="rename one of them",
            )
        if getattr(column, "table", None) is not None:
            raise PGCraftColumnError(
                "PGC103",
                f'column "{column.name}" of {ctx.fullname} belongs to {column.table.fullname} already',
                place=ctx.place,
                remedy="make a new Column for each table",
            )
        seen.add(column.name)
