"""``op.create_table`` of a table that is nobody else's; Alembic copies any when it writes, runs or reverses that."""

from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import Table

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


class MadeTableOp(ops.CreateTableOp):
    """Creates a table that was made for this operation."""

    _made: Table
    _facts: dict[str, Any]

    def to_table(self, migration_context: "MigrationContext | None" = None) -> Table:
        """Return the table itself, as long as nobody has changed what the operation says of it."""
        is_same = migration_context is None and _say(self) == self._facts
        return self._made if is_same else super().to_table(migration_context)


def create_made(table: Table) -> MadeTableOp:
    """Return the operation that creates a table."""
    operation = object.__new__(MadeTableOp)
    vars(operation).update(vars(ops.CreateTableOp.from_table(table)))
    operation._made, operation._facts = table, _say(operation)
    return operation


def _say(operation: ops.CreateTableOp) -> dict[str, Any]:
    """Return all that an operation says of its table."""
    said = {name: value for name, value in vars(operation).items() if not name.startswith("_")}
    copied = {name: dict(value) if isinstance(value, dict) else value for name, value in said.items()}
    return copied | {name: list(map(id, value)) for name, value in said.items() if isinstance(value, list)}
