"""Comparisons that others put into Alembic's autogenerate for each table and column, called as Alembic calls them."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.util import PriorityDispatcher
from sqlalchemy import Table

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_TARGETS = ("table", "column")
_OURS = ("alembic", "pgcraft")

Pair = tuple[Table | None, Table | None]
"""A table as it is there and as it is meant, without a schema where that is the default one."""


class Others:
    """Asks the plugins that neither Alembic nor we have brought.

    Args:
        context: knows the plugins that ``env.py`` uses.
    """

    def __init__(self, context: "AutogenContext") -> None:
        self._context = context
        self._found = PriorityDispatcher()
        for (target, qualifier, priority), entries in context.comparators._registry.items():  # noqa: SLF001  the only way
            for function, group in entries if target in _TARGETS else ():
                if function.__module__.partition(".")[0] not in _OURS:
                    self._found.dispatch_for(target, priority=priority, qualifier=qualifier, subgroup=group)(function)

    def __bool__(self) -> bool:
        return bool(self._found._registry)  # noqa: SLF001  as above

    def compare(self, pairs: Iterable[Pair]) -> Iterator[ops.MigrateOperation]:
        """Return what they want to be done to tables."""
        for there, meant in pairs:
            table: Any = meant if there is None else there
            found = ops.ModifyTableOps(table.name, [], schema=table.schema)
            if there is not None and meant is not None:
                found.ops += self._compare_columns(there, meant)
            self._dispatch("table")(self._context, found, table.schema, table.name, there, meant)
            if not found.is_empty():
                yield found

    def _compare_columns(self, there: Table, meant: Table) -> Iterator[ops.MigrateOperation]:
        for column in meant.columns:
            if column.system or column.name not in there.columns:
                continue
            found = ops.AlterColumnOp(there.name, column.name, schema=there.schema)
            beside = there.columns[column.name]
            self._dispatch("column")(self._context, found, there.schema, there.name, column.name, beside, column)
            if found.has_changes():
                yield found

    def _dispatch(self, target: str) -> Any:
        return self._found.dispatch(target, qualifier=self._context.dialect.name)
