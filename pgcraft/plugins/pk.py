"""Plugins that make the primary key; a factory takes one of them."""

from typing import Any

from sqlalchemy import UUID, BigInteger, Column, Identity, Integer, PrimaryKeyConstraint, text

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError
from pgcraft.plugin import MinPGVersion, Plugin, produces, requires, singleton

__all__ = ["IdentityPKPlugin", "SerialPKPlugin", "UUIDV4PKPlugin", "UUIDV7PKPlugin"]

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
        """Return the key's column, made anew for each factory."""
        raise NotImplementedError

    def run(self, ctx: FactoryContext) -> None:
        """Set ``pk_columns``."""
        ctx[KEY] = PrimaryKeyColumns([self.make_column()])


class SerialPKPlugin(OneColumnPKPlugin):
    """An integer key that a sequence fills; the default of every factory."""

    def make_column(self) -> Column[Any]:
        """Return the key's column."""
        return Column(self.column_name, Integer, primary_key=True)


class IdentityPKPlugin(OneColumnPKPlugin):
    """A ``bigint GENERATED ALWAYS AS IDENTITY`` key: nobody else gives its values."""

    def make_column(self) -> Column[Any]:
        """Return the key's column."""
        return Column(self.column_name, BigInteger, Identity(always=True), primary_key=True)


class UUIDV4PKPlugin(OneColumnPKPlugin):
    """A UUID key of version 4, made by PostgreSQL's ``gen_random_uuid()``."""

    def make_column(self) -> Column[Any]:
        """Return the key's column."""
        return Column(self.column_name, UUID(), primary_key=True, server_default=text("gen_random_uuid()"))


@requires(MinPGVersion(18))
class UUIDV7PKPlugin(OneColumnPKPlugin):
    """A UUID key of version 7, made by PostgreSQL's ``uuidv7()``, which came with 18."""

    def make_column(self) -> Column[Any]:
        """Return the key's column."""
        return Column(self.column_name, UUID(), primary_key=True, server_default=text("uuidv7()"))


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
