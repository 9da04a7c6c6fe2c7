"""Uniqueness among current versions: what is unique in a plain table becomes a partial unique index of the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint, and_
from sqlalchemy.schema import SchemaItem

from pgcraft.declare.context import FactoryContext
from pgcraft.models.naming import limit_name
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.append_only.names import LOG_TABLE
from pgcraft.plugins.entity import VALID_TO

_IS_LIMITED = "is_limited_to_current"


@dataclass(frozen=True)
class Unique:
    """What of a declaration is about uniqueness, and the rest of it.

    Attributes:
        column_sets: keys of the columns of each, in order.
        other_items: the constraints and indexes that stand on the log as they are.
    """

    column_sets: tuple[tuple[str, ...], ...]
    other_items: tuple[SchemaItem, ...]


def take_unique(columns: Iterable[Column[Any]], items: Iterable[SchemaItem]) -> Unique:
    """Take ``unique=True`` off the columns and the unique constraints out of the items."""
    sets: list[tuple[str, ...]] = []
    others: list[SchemaItem] = []
    for column in columns:
        if column.unique:
            sets.append((column.key,))
            column.unique = None
            column.index = None
    for item in items:
        if isinstance(item, UniqueConstraint):
            given = item._pending_colargs  # noqa: SLF001  its columns are known only once it stands on a table
            sets.append(tuple(str(getattr(part, "key", part)) for part in given))
        elif not isinstance(item, PrimaryKeyConstraint):
            others.append(item)
    return Unique(tuple(sets), tuple(others))


def limit_to_current(log: Table, column_sets: Iterable[Sequence[str]]) -> None:
    """Give the log a unique index over the current versions for each set of columns."""
    for keys in column_sets:
        columns = [log.c[key] for key in keys]
        name = limit_name("__".join(("uq", log.name, "_".join(column.name for column in columns))))
        is_current = log.c[VALID_TO].is_(None)
        Index(name, *columns, unique=True, postgresql_where=is_current, info={_IS_LIMITED: True}, _table=log)


@requires(LOG_TABLE)
class CurrentIndexPlugin(Plugin):
    """Limits the unique indexes that the user declared to current versions; runs after they stand on the log."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set the predicate of each."""
        log: Table = ctx[LOG_TABLE]
        is_current = log.c[VALID_TO].is_(None)
        for index in log.indexes:
            if index.unique and _IS_LIMITED not in index.info:
                options = index.dialect_options["postgresql"]
                options["where"] = is_current if options["where"] is None else and_(is_current, options["where"])
