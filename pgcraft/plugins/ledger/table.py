"""The table of a ledger."""

from typing import Any, Literal

from sqlalchemy import Column, Integer, Numeric
from sqlalchemy.types import TypeEngine

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError, PGCraftPluginError
from pgcraft.models.provenance import give_role
from pgcraft.plugin import Plugin, produces, requires, singleton
from pgcraft.plugins.table import TablePlugin

VALUE = "value"
"""The column with the amount of a row."""
_TYPES: dict[str, type[TypeEngine[Any]]] = {"integer": Integer, "numeric": Numeric}


@requires("pk_columns", "entry_id_column", "created_at_column")
@produces("table", "value_column")
@singleton("__ledger_table__")
class LedgerTablePlugin(Plugin):
    """Makes the table: key, entry, time, ``value``, and the user's dimensions.

    Requires ``pk_columns``, ``entry_id_column`` and ``created_at_column``; produces ``table`` and ``value_column``.

    Args:
        value_type: ``integer`` or ``numeric``.

    Raises:
        PGCraftPluginError: PGC220, the type is neither.
    """

    def __init__(self, value_type: Literal["integer", "numeric"] = "integer") -> None:
        if value_type not in _TYPES:
            raise PGCraftPluginError(
                "PGC220",
                f"value_type of LedgerTablePlugin is {value_type!r}",
                remedy=f"write one of {', '.join(_TYPES)}",
            )
        self.value_type = value_type

    def run(self, ctx: FactoryContext) -> None:
        """Add ``value`` to the columns and make the table of all of them."""
        if any(column.name == VALUE for column in ctx.columns):
            raise PGCraftColumnError(
                "PGC103",
                f'{ctx.fullname} has two columns "{VALUE}"; a ledger brings its own',
                place=ctx.place,
                remedy="take yours out",
            )
        ctx.injected_columns.append(Column(VALUE, _TYPES[self.value_type](), nullable=False))
        ctx["value_column"] = VALUE
        TablePlugin().run(ctx)
        give_role(ctx["table"], "ledger: rows are added and never changed")
