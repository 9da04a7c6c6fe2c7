"""Drops whose way back is SQL, where what Alembic would write makes something else than what was there.

The way back of a drop is made from SQLAlchemy's reflection, which knows nothing of row security, exclusion constraints
and more, and takes ``:word`` in an expression for a parameter. So what reflection gives is collected like any model and
compared with what was read; where they differ, the object is recreated as it was.
"""

from typing import Any

from alembic.operations import ops
from sqlalchemy import MetaData, Table
from sqlalchemy.exc import SQLAlchemyError

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.tables import find_separate_keys, table_id
from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.collect.constraints import collect_constraints
from pgcraft.collect.indexes import collect_indexes
from pgcraft.collect.tables import collect_table
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import compare_catalogs
from pgcraft.errors import PGCraftError
from pgcraft.render.dispatch import render_create
from pgcraft.render.tables import create_table_without

_Drop = ops.DropTableOp | ops.DropColumnOp | ops.DropIndexOp | ops.DropConstraintOp


class _Exact:
    """A drop that knows the SQL of its way back."""

    subject: ObjectId
    restore: tuple[str, ...]

    def reverse(self) -> Any:
        """Return the operation that makes the object as it was."""
        return CatalogOp(Action(Verb.CREATE, self.subject, self.restore, ()))


class ExactDropTableOp(_Exact, ops.DropTableOp):
    """Drops a table."""


class ExactDropColumnOp(_Exact, ops.DropColumnOp):
    """Drops a column."""


class ExactDropIndexOp(_Exact, ops.DropIndexOp):
    """Drops an index."""


class ExactDropConstraintOp(_Exact, ops.DropConstraintOp):
    """Drops a constraint."""


def make_exact(operation: ops.MigrateOperation, current: Catalog, default_schema: str) -> ops.MigrateOperation:
    """Return a drop whose way back leads to what ``current`` holds; any other operation as it is."""
    if not isinstance(operation, _Drop):
        return operation
    item = _find_subject(operation, current, default_schema)
    if item is None:
        return operation
    if isinstance(operation, ops.DropTableOp):
        left_out = find_separate_keys(operation, current, default_schema)
        inside = [current.by_id[part] for part in item.parts if part.kind in INSIDE]
        expected = [item, *(part for part in inside if part.id not in left_out)]
        restore = tuple(sql.text for sql in create_table_without(item, current, left_out))
    else:
        expected, restore = [item], render_create(item, current)
    return operation if _is_faithful(operation, expected) else _with_restore(operation, item.id, restore)


def _with_restore(operation: _Drop, subject: ObjectId, restore: tuple[str, ...]) -> ops.MigrateOperation:
    class_: type[ExactDropTableOp | ExactDropColumnOp | ExactDropIndexOp | ExactDropConstraintOp]
    match operation:
        case ops.DropTableOp():
            class_ = ExactDropTableOp
        case ops.DropColumnOp():
            class_ = ExactDropColumnOp
        case ops.DropIndexOp():
            class_ = ExactDropIndexOp
        case _:
            class_ = ExactDropConstraintOp
    made = class_.__new__(class_)
    vars(made).update(vars(operation))
    made.subject, made.restore = subject, restore
    return made


def _find_subject(operation: _Drop, current: Catalog, default_schema: str) -> CatalogObject | None:
    table = table_id(operation, default_schema)
    match operation:
        case ops.DropTableOp():
            return current.find(table)
        case ops.DropColumnOp():
            kind, name = Kind.COLUMN, operation.column_name
        case ops.DropIndexOp():
            kind, name = Kind.INDEX, str(operation.index_name)
        case _:
            kind, name = Kind.CONSTRAINT, str(operation.constraint_name)
    return current.find(table.part(kind, name))


def _is_faithful(operation: _Drop, expected: list[CatalogObject]) -> bool:
    """Whether Alembic's way back makes the same again."""
    try:
        made = _collect(_to_table(operation))
    except (SQLAlchemyError, PGCraftError, ValueError):
        return False
    ids = {item.id for item in (made if isinstance(operation, ops.DropTableOp) else expected)}
    return compare_catalogs(make_catalog(expected), make_catalog(item for item in made if item.id in ids)).is_empty()


def _collect(table: Table) -> list[CatalogObject]:
    """Return what a table's definition makes, as it would be read."""
    drafts = [*collect_table(table, row_security=False, force_row_security=False)]
    drafts += [*collect_constraints(table, set()), *collect_indexes(table)]
    return [draft.object for draft in drafts]


def _to_table(operation: _Drop) -> Table:
    match operation:
        case ops.DropTableOp():
            return operation.to_table()
        case ops.DropColumnOp():
            column = operation.to_column()._copy()  # noqa: SLF001  it belongs to a table already
            return Table(operation.table_name, MetaData(), column, schema=operation.schema)
        case ops.DropIndexOp():
            table = operation.to_index().table
        case _:
            table = operation.to_constraint().table
    if table is None:
        raise ValueError(f"{operation} has no table")
    return table
