"""What holds the rows of one entry together."""

from sqlalchemy import UUID, Column, text

from pgcraft.declare.context import FactoryContext
from pgcraft.plugin import Plugin, produces, singleton

GROUP = "__entry_id__"


@produces("entry_id_column")
@singleton(GROUP)
class UUIDEntryIDPlugin(Plugin):
    """Adds a UUID that rows written together share.

    Args:
        column_name: the column's name.
    """

    def __init__(self, column_name: str = "entry_id") -> None:
        self.column_name = column_name

    def run(self, ctx: FactoryContext) -> None:
        """Add the column and set ``entry_id_column`` to its name."""
        ctx.injected_columns.append(
            Column(self.column_name, UUID(), nullable=False, server_default=text("gen_random_uuid()"))
        )
        ctx["entry_id_column"] = self.column_name
