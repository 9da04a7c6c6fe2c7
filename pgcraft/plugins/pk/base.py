"""What the key plugins with one column have in common."""

from typing import Any

from sqlalchemy import Column

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.declare.context import FactoryContext
from pgcraft.plugin import Plugin, produces, singleton

GROUP = "__pk__"
KEY = "pk_columns"


@produces(KEY)
@singleton(GROUP)
class OneColumnPKPlugin(Plugin):
    """Makes a key of one column.

    Args:
        column_name: the column's name.
    """

    def __init__(self, column_name: str = "id") -> None:
        self.column_name = column_name

    def make_column(self) -> Column[Any]:
        """Give the key's column, made anew for each factory."""
        raise NotImplementedError

    def run(self, ctx: FactoryContext) -> None:
        """Set ``pk_columns``."""
        ctx[KEY] = PrimaryKeyColumns([self.make_column()])
