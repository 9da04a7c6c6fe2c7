"""Types of columns in Alembic's operations: how old values become new ones, and who makes enumerated types."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from sqlalchemy import ARRAY, CheckConstraint, Column, Connection, DateTime, Enum, Interval, Table, text
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.text.source import DEDENT_IMPORT, DEDENTED_CALL, render_execute
from pgcraft.catalog.definitions import Column as CatalogColumn
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.counting import can_count, start_counting, stop_counting
from pgcraft.diff.serials import widen_sequence
from pgcraft.identifiers import quote_name, quote_qualified

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_HOW_TO_CAST = text(
    """
    SELECT CASE
        WHEN source.oid = target.oid OR target.typcategory = 'S' AND target.typbasetype = 0 THEN ''
        WHEN cast_.castcontext IN ('a', 'i') THEN ''
        WHEN cast_.castcontext = 'e' THEN 'direct'
        WHEN target.typcategory = 'A' AND target.typelem = source.oid THEN 'into array'
        WHEN source.typcategory = 'A' AND source.typelem = target.oid THEN 'out of array'
        ELSE 'by text'
    END
    FROM (SELECT to_regtype(:source) AS source, to_regtype(:target) AS target) AS names
    LEFT JOIN pg_catalog.pg_type AS source ON source.oid = names.source
    LEFT JOIN pg_catalog.pg_type AS target ON target.oid = names.target
    LEFT JOIN pg_catalog.pg_cast AS cast_ ON castsource = names.source AND casttarget = names.target
    """
)


@dataclass(frozen=True, slots=True)
class Way:
    """How the values and the default of a column come along when its type changes.

    Attributes:
        using: the expression that turns an old value into a new one; empty where PostgreSQL knows by itself.
        before: SQL that must run first: the default goes where it could not be cast.
        default: SQL that must run afterwards: the new default is set.
        after: SQL that must run after that.
    """

    using: str = ""
    before: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def afterwards(self) -> tuple[str, ...]:
        """All SQL that must run afterwards."""
        return (*self.default, *self.after)


class RetypeColumnOp(ops.AlterColumnOp):
    """Alembic's alteration of a column's type, with what PostgreSQL needs for it, both ways."""

    up: Way
    down: Way

    def reverse(self) -> "RetypeColumnOp":
        """Return the way back."""
        return make_retype(super().reverse(), up=self.down, down=self.up)


@renderers.dispatch_for(RetypeColumnOp)
def render_retype(context: "AutogenContext", operation: RetypeColumnOp) -> list[str]:
    """Return Alembic's text with ``postgresql_using``, which Alembic does not write by itself."""
    plain = ops.AlterColumnOp(operation.table_name, operation.column_name)
    vars(plain).update(vars(operation))
    lines = render_op(context, plain)
    way = operation.up
    if way.using:
        lines[-1] = f"{lines[-1].removesuffix(')')},\n{' ' * 11}postgresql_using={way.using!r})"
    calls = [*map(render_execute, way.before), *lines, *map(render_execute, way.afterwards)]
    if any(call.startswith(DEDENTED_CALL) for call in calls):
        context.imports.add(DEDENT_IMPORT)
    return calls


def make_retype(operation: ops.AlterColumnOp, *, up: Way, down: Way) -> RetypeColumnOp:
    """Return an alteration again, with its ways."""
    made = RetypeColumnOp(operation.table_name, operation.column_name)
    vars(made).update(vars(operation))
    made.up, made.down = up, down
    made.kw = {name: value for name, value in operation.kw.items() if name != "postgresql_using"}
    if up.using:
        made.kw["postgresql_using"] = up.using
    if up.before or up.afterwards:
        made.modify_server_default = False
    return made


def keep_from_default(operation: ops.MigrateOperation) -> bool:
    """Leave a column's default to others, both ways; gives whether the operation has something left to do."""
    if not isinstance(operation, ops.AlterColumnOp):
        return True
    operation.modify_server_default = operation.existing_server_default = False
    if isinstance(operation, RetypeColumnOp):
        operation.up, operation.down = (replace(way, before=(), default=()) for way in (operation.up, operation.down))
    return operation.has_changes()


def find_way(connection: Connection, old: CatalogObject, new: CatalogObject) -> Way:
    """Find out how a column gets from one type to another; the new one need not exist yet."""
    before, after = old.defined_as(CatalogColumn), new.defined_as(CatalogColumn)
    using = _find_using(connection, old.id.name, before.type, after.type)
    head = f"ALTER TABLE {quote_qualified(*old.id.relation)} ALTER COLUMN {quote_name(old.id.name)}"
    set_default = () if after.default is None else (f"{head} SET DEFAULT {after.default}",)
    widen = (widen_sequence(new),) if before.is_serial and after.is_serial else ()
    drop_default = () if before.default is None else (f"{head} DROP DEFAULT",)
    if not can_count(before) or not can_count(after):
        return Way(using, (*stop_counting(old), *drop_default), (*set_default, *start_counting(new)), widen)
    return Way(using, drop_default, set_default, widen)


def _find_using(connection: Connection, column_name: str, old_type: str, new_type: str) -> str:
    way = connection.scalar(_HOW_TO_CAST, {"source": old_type, "target": new_type})
    name = quote_name(column_name)
    ways = {
        "direct": f"{name}::{new_type}",
        "into array": f"CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}] END",
        "out of array": f"{name}[1]",
        "by text": f"{name}::text::{new_type}",
    }
    return ways.get(way or "", "")


def leave_types_to_us(operation: ops.MigrateOperation) -> ops.MigrateOperation:
    """Return an operation that makes no enumerated type or domain on its way; those are objects of their own."""
    match operation:
        case ops.CreateTableOp() | ops.DropTableOp():
            return _leave_table_types(operation)
        case ops.AddColumnOp() | ops.DropColumnOp():
            _leave_column_type(operation)
        case ops.AlterColumnOp():
            operation.modify_type = _without_creation(operation.modify_type)
            operation.existing_type = _without_creation(operation.existing_type)
            operation.kw.pop("autoincrement", None)  # means something to MySQL only, and warns elsewhere
    return operation


def _leave_table_types(operation: ops.CreateTableOp | ops.DropTableOp) -> ops.MigrateOperation:
    copy = operation.to_table()
    copy.info.clear()
    for column in copy.columns:
        _settle(column)
        _lift_checks(column, copy)
    return type(operation).from_table(copy)


def _lift_checks(column: Column[Any], table: Table) -> None:
    """Make a column's own checks the table's: Alembic writes only those."""
    for constraint in sorted(column.constraints, key=lambda constraint: str(constraint.name)):
        if isinstance(constraint, CheckConstraint):
            table.append_constraint(CheckConstraint(constraint.sqltext, name=constraint.name))
    column.constraints.clear()


def _leave_column_type(operation: ops.AddColumnOp | ops.DropColumnOp) -> None:
    column = operation.column if isinstance(operation, ops.AddColumnOp) else operation.to_column()
    copy: Column[Any] = column._copy()  # noqa: SLF001  the column belongs to the user's table
    _settle(copy)
    if isinstance(operation, ops.AddColumnOp):
        operation.column = copy
    else:
        operation._reverse = ops.AddColumnOp(operation.table_name, copy, schema=operation.schema)  # noqa: SLF001


def _settle(column: Column[Any]) -> None:
    """Leave nothing to what the server at hand would choose: stored or virtual, or to what comes with a type."""
    column.type = _without_creation(column.type)
    if column.computed is not None and column.computed.persisted is None:
        column.computed.persisted = True


def _without_creation(type_: Any) -> Any:
    """Return a type that makes no enumerated type or domain, and that its text in a revision gives back."""
    if isinstance(type_, Interval):  # whose text has no arguments
        return postgresql.INTERVAL(precision=type_.second_precision) if type_.native else DateTime()
    if isinstance(type_, Enum) and type_.native_enum and type_.name:
        return postgresql.ENUM(*type_.enums, name=type_.name, schema=type_.schema, create_type=False)
    if isinstance(type_, postgresql.DOMAIN):
        base = _without_creation(type_.data_type)
        return postgresql.DOMAIN(str(type_.name), base, schema=type_.schema, create_type=False)
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, Enum | Interval | postgresql.DOMAIN):
        return postgresql.ARRAY(_without_creation(type_.item_type), dimensions=type_.dimensions)
    return type_
