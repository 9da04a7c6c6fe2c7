"""Types of columns in Alembic's operations: how old values become new ones, and who makes enumerated types."""

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from sqlalchemy import ARRAY, Column, Connection, Enum, text
from sqlalchemy.dialects import postgresql

from pgcraft.identifiers import quote_name

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_HOW_TO_CAST = text(
    """
    SELECT CASE
        WHEN source.oid = target.oid OR target.typcategory = 'S' AND target.typbasetype = 0 THEN ''
        WHEN cast_.castcontext IN ('a', 'i') THEN ''
        WHEN cast_.castcontext = 'e' THEN 'direct'
        ELSE 'by text'
    END
    FROM (SELECT to_regtype(:source) AS source, to_regtype(:target) AS target) AS names
    LEFT JOIN pg_catalog.pg_type AS source ON source.oid = names.source
    LEFT JOIN pg_catalog.pg_type AS target ON target.oid = names.target
    LEFT JOIN pg_catalog.pg_cast AS cast_ ON castsource = names.source AND casttarget = names.target
    """
)


class RetypeColumnOp(ops.AlterColumnOp):
    """Alembic's alteration of a column's type, with the expression that PostgreSQL needs for the values."""

    using: str = ""
    reverse_using: str = ""

    def reverse(self) -> ops.AlterColumnOp:
        """Give the way back, with its own expression."""
        return make_retype(super().reverse(), using=self.reverse_using, reverse_using=self.using)


@renderers.dispatch_for(RetypeColumnOp)
def render_retype(context: "AutogenContext", operation: RetypeColumnOp) -> list[str]:
    """Give Alembic's text with ``postgresql_using``, which Alembic does not write by itself."""
    plain = ops.AlterColumnOp(operation.table_name, operation.column_name)
    vars(plain).update(vars(operation))
    lines = render_op(context, plain)
    if operation.using:
        lines[-1] = f"{lines[-1].removesuffix(')')},\n{' ' * 11}postgresql_using={operation.using!r})"
    return lines


def make_retype(operation: ops.AlterColumnOp, *, using: str, reverse_using: str) -> RetypeColumnOp:
    """Give an alteration again, with expressions for both ways; an empty one is left out."""
    made = RetypeColumnOp(operation.table_name, operation.column_name)
    vars(made).update(vars(operation))
    made.using, made.reverse_using = using, reverse_using
    return made


def find_using(connection: Connection, column_name: str, old_type: str, new_type: str) -> str:
    """Give the expression that turns a column's old values into new ones; empty where PostgreSQL knows by itself.

    Args:
        old_type: as ``format_type`` prints it.
        new_type: the same; it need not exist yet.
    """
    way = connection.scalar(_HOW_TO_CAST, {"source": old_type, "target": new_type})
    name = quote_name(column_name)
    if way == "direct":
        return f"{name}::{new_type}"
    return f"{name}::text::{new_type}" if way == "by text" else ""


def leave_types_to_us(operation: ops.MigrateOperation) -> ops.MigrateOperation:
    """Give an operation that makes no enumerated type on its way; those are objects of their own."""
    match operation:
        case ops.CreateTableOp() | ops.DropTableOp():
            return _leave_table_types(operation)
        case ops.AddColumnOp() | ops.DropColumnOp():
            _leave_column_type(operation)
        case ops.AlterColumnOp():
            operation.modify_type = _without_creation(operation.modify_type)
            operation.existing_type = _without_creation(operation.existing_type)
    return operation


def _leave_table_types(operation: ops.CreateTableOp | ops.DropTableOp) -> ops.MigrateOperation:
    copy = operation.to_table()
    copy.info.clear()
    for column in copy.columns:
        column.type = _without_creation(column.type)
    return type(operation).from_table(copy)


def _leave_column_type(operation: ops.AddColumnOp | ops.DropColumnOp) -> None:
    column = operation.column if isinstance(operation, ops.AddColumnOp) else operation.to_column()
    changed = _without_creation(column.type)
    if changed is column.type:
        return
    copy: Column[Any] = column._copy()  # noqa: SLF001  the column belongs to the user's table
    copy.type = changed
    if isinstance(operation, ops.AddColumnOp):
        operation.column = copy
    else:
        operation._reverse = ops.AddColumnOp(operation.table_name, copy, schema=operation.schema)  # noqa: SLF001


def _without_creation(type_: Any) -> Any:
    if isinstance(type_, Enum) and type_.native_enum and type_.name:
        return postgresql.ENUM(*type_.enums, name=type_.name, schema=type_.schema, create_type=False)
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, Enum):
        return postgresql.ARRAY(_without_creation(type_.item_type), dimensions=type_.dimensions)
    return type_
