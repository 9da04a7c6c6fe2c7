"""What operations of Alembic's are about."""

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
