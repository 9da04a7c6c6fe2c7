"""When a row came."""

from sqlalchemy import Column, DateTime, func

from pgcraft.declare.context import FactoryContext
from pgcraft.plugin import Plugin, produces


@produces("created_at_column")
class CreatedAtPlugin(Plugin):
    """Adds a column with the time of each row's transaction.

    Args:
        column_name: the column's name.
    """

    def __init__(self, column_name: str = "created_at") -> None:
        self.column_name = column_name

    def run(self, ctx: FactoryContext) -> None:
        """Add the column and set ``created_at_column`` to its name."""
        ctx.injected_columns.append(
            Column(self.column_name, DateTime(timezone=True), nullable=False, server_default=func.now())
        )
        ctx["created_at_column"] = self.column_name
