"""A key of columns that the user declared."""

from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError
from pgcraft.plugin import Plugin, produces, singleton
from pgcraft.plugins.pk.base import GROUP, KEY


@produces(KEY)
@singleton(GROUP)
class DeclaredKeyPlugin(Plugin):
    """Takes the user's own columns for the key: those with ``primary_key=True`` or in a ``PrimaryKeyConstraint``."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``pk_columns``."""
        marked = [column for column in ctx.columns if column.primary_key]
        ctx[KEY] = PrimaryKeyColumns(marked or _read_constraint(ctx))


def _read_constraint(ctx: FactoryContext) -> list[Column[Any]]:
    constraint = next(item for item in ctx.table_items if isinstance(item, PrimaryKeyConstraint))
    by_key = {column.key: column for column in ctx.columns}
    found = []
    for given in constraint._pending_colargs:  # noqa: SLF001  its columns are known only once it stands on a table
        column = by_key.get(str(given)) if isinstance(given, str) else given
        if not isinstance(column, Column):
            raise PGCraftColumnError(
                "PGC104",
                f'the primary key names column "{given}", which {ctx.fullname} does not have',
                place=ctx.place,
                remedy=f"{ctx.fullname} has {', '.join(by_key)}",
            )
        found.append(column)
    return found
