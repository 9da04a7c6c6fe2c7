"""How Alembic groups operations."""

from collections.abc import Iterable, Iterator

from alembic.operations import ops

from pgcraft.scripts.tables import find_table


def flatten(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    """Return the operations on tables one by one."""
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from operation.ops
        else:
            yield operation


def regroup(operations: Iterable[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Put neighbours that alter one table back into Alembic's container for them."""
    found: list[ops.MigrateOperation] = []
    for operation in operations:
        table = find_table(operation)
        if table is None or not isinstance(operation, _ALTERATIONS) or isinstance(operation, ops.RenameTableOp):
            found.append(operation)
            continue
        last = found[-1] if found else None
        if not isinstance(last, ops.ModifyTableOps) or (last.schema, last.table_name) != table:
            last = ops.ModifyTableOps(table[1], [], schema=table[0])
            found.append(last)
        last.ops.append(operation)
    return found


_ALTERATIONS = (
    *(ops.AlterTableOp, ops.AddConstraintOp, ops.DropConstraintOp),
    *(ops.CreateIndexOp, ops.DropIndexOp),
)
