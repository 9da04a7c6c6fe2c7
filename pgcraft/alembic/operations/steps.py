"""Alembic's operations as steps, so that they find their place among ours."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import ConcurrentIndexOp
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.tables import find_separate_keys, find_table, table_id
from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.columns import find_generating
from pgcraft.diff.order import Step
from pgcraft.diff.plan import make_step

Operation = ops.MigrateOperation


class StepMaker:
    """Finds out what an operation needs, makes and takes away.

    Args:
        current: the database.
        wanted: the models.
        default_schema: where a table stands that names no schema.
    """

    def __init__(self, current: Catalog, wanted: Catalog, default_schema: str) -> None:
        self._current = current
        self._wanted = wanted
        self._default_schema = default_schema

    def make(self, operation: Operation) -> Step[Operation]:
        """Return the step of one operation, ours or Alembic's."""
        if isinstance(operation, CatalogOp):
            step = make_step(operation.action)
            return Step(
                *(operation, step.subject, step.provides, step.removes, step.requires, step.releases, step.is_alone)
            )
        if isinstance(operation, RolePasswordOp):
            return Step(operation, operation.role_id, requires=frozenset({operation.role_id}))
        match operation:
            case ops.CreateTableOp():
                return self._create_table(operation)
            case ops.DropTableOp():
                return self._drop_table(operation)
            case ops.AddColumnOp():
                return self._provide(operation, self.column_id(operation, operation.column.name))
            case ops.DropColumnOp():
                return self._remove(operation, self.column_id(operation, operation.column_name))
            case ops.AlterColumnOp():
                return self._alter_column(operation)
            case ops.CreateIndexOp() | ops.DropIndexOp():
                return self._index(operation)
            case ops.AddConstraintOp() | CreateExcludeConstraintOp():
                return self._provide(operation, self._constraint_id(operation))
            case ops.DropConstraintOp():
                return self._remove(operation, self._constraint_id(operation))
            case _:
                return self._other(operation)

    def table_id(self, operation: Operation) -> ObjectId:
        """Return the id of the table that an operation is about."""
        return table_id(operation, self._default_schema)

    def column_id(self, operation: Operation, name: str) -> ObjectId:
        """Return the id of a column of that table."""
        return self.table_id(operation).column(str(name))

    def _constraint_id(self, operation: Operation) -> ObjectId:
        return self.table_id(operation).part(Kind.CONSTRAINT, str(getattr(operation, "constraint_name", "")))

    def _create_table(self, operation: ops.CreateTableOp) -> Step[Operation]:
        table = self.table_id(operation)
        inside = self._inside(self._wanted, table)
        provided = inside - find_separate_keys(operation, self._wanted, self._default_schema)
        return Step(operation, table, provided, requires=self._needs(self._wanted, provided) - inside)

    def _drop_table(self, operation: ops.DropTableOp) -> Step[Operation]:
        table = self.table_id(operation)
        inside = self._inside(self._current, table)
        removed = inside - find_separate_keys(operation, self._current, self._default_schema)
        return Step(operation, table, removes=removed, releases=self._needs(self._current, removed) - inside)

    def _alter_column(self, operation: ops.AlterColumnOp) -> Step[Operation]:
        column = self.column_id(operation, operation.column_name)
        step = self._provide(operation, column)
        released = self._needs(self._current, [column])
        if operation.modify_type is None:
            # A default may go together with a function that it calls.
            return replace(step, releases=released if operation.modify_server_default is not False else frozenset())
        return replace(step, removes=step.provides, releases=released)

    def _index(self, operation: ops.CreateIndexOp | ops.DropIndexOp) -> Step[Operation]:
        table = self.table_id(operation)
        index = table.part(Kind.INDEX, str(operation.index_name))
        if isinstance(operation, ops.CreateIndexOp):
            return replace(self._provide(operation, index), is_alone=isinstance(operation, ConcurrentIndexOp))
        return self._remove(operation, index)

    def _provide(self, operation: Operation, subject: ObjectId) -> Step[Operation]:
        return Step(operation, subject, frozenset({subject}), requires=self._needs(self._wanted, [subject]))

    def _remove(self, operation: Operation, subject: ObjectId) -> Step[Operation]:
        needs = self._needs(self._current, [subject])
        return Step(operation, subject, removes=frozenset({subject}), releases=needs)

    def _other(self, operation: Operation) -> Step[Operation]:
        """Return somebody else's operation the place of a table, or after all tables when it is about none."""
        table = find_table(operation)
        if table is None:
            return Step(operation, ObjectId(Kind.INDEX, None, type(operation).__name__))
        subject = self.table_id(operation)
        return Step(operation, subject, requires=frozenset({subject}))

    def _inside(self, catalog: Catalog, table: ObjectId) -> frozenset[ObjectId]:
        """Return a table with its columns and constraints."""
        item = catalog.find(table)
        parts = item.parts if item else ()
        return frozenset({table, *(part for part in parts if part.kind in INSIDE)})

    @staticmethod
    def _needs(catalog: Catalog, ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
        items = (catalog.find(object_id) for object_id in ids)
        return frozenset(needed for item in items if item for needed in (*item.depends_on, *_ground(catalog, item)))


def _ground(catalog: Catalog, item: CatalogObject) -> Iterator[ObjectId]:
    """Return what a part of a table stands on: the table, the columns, the key that a foreign key points to."""
    if item.id.kind not in (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX):
        return
    table = item.id.table
    yield table
    if isinstance(item.definition, Column):
        yield from find_generating(item, catalog)
    if isinstance(item.definition, Constraint | Index):
        yield from (table.column(column) for column in item.definition.columns)
    if isinstance(item.definition, Constraint) and item.definition.references:
        target = catalog.find(ObjectId(Kind.TABLE, *item.definition.references))
        for part in target.parts if target else ():
            key = catalog.by_id[part].definition
            if isinstance(key, Constraint) and key.type in ("primary key", "unique"):
                yield part
