"""What operations of Alembic's are about, and how it groups them by that."""

from collections.abc import Iterable, Iterator

from alembic.operations import ops

from pgcraft.catalog.objects import Kind, ObjectId

TableName = tuple[str | None, str]
"""Schema and name; None for the default schema."""


def find_table(operation: ops.MigrateOperation) -> TableName | None:
    """Return schema and name of the table that an operation is about; None when it is about none."""
    if isinstance(operation, ops.CreateForeignKeyOp):
        return operation.kw.get("source_schema"), str(operation.source_table)
    name = getattr(operation, "table_name", None)
    return (getattr(operation, "schema", None), str(name)) if name is not None else None


def table_id(operation: ops.MigrateOperation, default_schema: str) -> ObjectId:
    """Return the id of the table that an operation is about; one that nothing has when it is about none."""
    schema, name = find_table(operation) or (None, "")
    return ObjectId(Kind.TABLE, schema or default_schema, name)


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
