"""Alembic's findings that the two catalogs do not bear out.

Alembic takes a table in the default schema for another one when a foreign key names the schema, and compares texts of
index expressions without the server's help. Where both catalogs hold the same object, there is nothing to do.
"""

from alembic.operations import ops
from sqlalchemy import CheckConstraint
from sqlalchemy.sql.elements import conv

from pgcraft.alembic.tables import find_table
from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.collect.constraints import define_constraint, given_name, list_constraints

_ADDS = (ops.CreateForeignKeyOp, ops.CreateUniqueConstraintOp, ops.CreateIndexOp)
_DROPS = (ops.DropConstraintOp, ops.DropIndexOp)

_Operations = list[ops.MigrateOperation]


def leave_settled(operations: _Operations, current: Catalog, wanted: Catalog, default_schema: str) -> _Operations:
    """Leave out what would drop or make a foreign key, unique constraint or index that is as it should be.

    Args:
        operations: Alembic's, one by one.
        wanted: with SQL text in the form of the database.
    """
    settled = _Settled(current, wanted, default_schema)
    return [operation for operation in operations if not settled.holds(operation)]


def name_constraint(operation: ops.MigrateOperation, wanted: Catalog, default_schema: str) -> None:
    """Give a constraint that is added without a name the one PostgreSQL would choose: the downgrade needs it."""
    if not isinstance(operation, ops.CreateForeignKeyOp | ops.CreateUniqueConstraintOp) or operation.constraint_name:
        return
    schema, table = find_table(operation) or (None, "")
    is_key = isinstance(operation, ops.CreateForeignKeyOp)
    columns = tuple(operation.local_cols if isinstance(operation, ops.CreateForeignKeyOp) else operation.columns)
    for item in _constraints(wanted, ObjectId(Kind.TABLE, schema or default_schema, table)):
        definition = item.defined_as(Constraint)
        if definition.columns == columns and definition.type == ("foreign key" if is_key else "unique"):
            operation.constraint_name = item.id.name


def name_checks(operation: ops.MigrateOperation, wanted: Catalog, default_schema: str) -> ops.MigrateOperation:
    """Give nameless checks of a new table the names that the wanted catalog has.

    PostgreSQL numbers them as they come, and Alembic does not write them in the order of the models.
    """
    if not isinstance(operation, ops.CreateTableOp):
        return operation
    table = operation.to_table()
    checks = [part for part in list_constraints(table) if isinstance(part, CheckConstraint) and not given_name(part)]
    if len(checks) < 2:
        return operation
    known = _constraints(wanted, ObjectId(Kind.TABLE, operation.schema or default_schema, operation.table_name))
    for check in checks:
        definition = define_constraint(check, table)
        item = next((item for item in known if item.definition == definition), None)
        if item is not None:
            known.remove(item)
            check.name = conv(item.id.name)
    return ops.CreateTableOp.from_table(table)


class _Settled:
    def __init__(self, current: Catalog, wanted: Catalog, default_schema: str) -> None:
        self._default_schema = default_schema
        self._current = current
        self._wanted = wanted

    def holds(self, operation: ops.MigrateOperation) -> bool:
        """Whether an operation is about something that both catalogs have alike."""
        if isinstance(operation, _ADDS):
            here, there = self._wanted, self._current
        elif isinstance(operation, _DROPS):
            here, there = self._current, self._wanted
        else:
            return False
        schema, table = find_table(operation) or (None, "")
        table_id = ObjectId(Kind.TABLE, schema or self._default_schema, table)
        item = _find_item(operation, here, table_id)
        if item is None:
            return False
        if isinstance(item.definition, Constraint) and item.definition.references:
            return item.definition in [key.definition for key in _foreign_keys(there, table_id)]
        other = there.find(item.id)
        return other is not None and other.definition == item.definition


def _find_item(operation: ops.MigrateOperation, catalog: Catalog, table: ObjectId) -> CatalogObject | None:
    if isinstance(operation, ops.CreateForeignKeyOp) and operation.constraint_name is None:
        columns = tuple(operation.local_cols)
        return next(
            (key for key in _foreign_keys(catalog, table) if key.defined_as(Constraint).columns == columns), None
        )
    is_index = isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
    name = getattr(operation, "index_name" if is_index else "constraint_name", None)
    kind = Kind.INDEX if is_index else Kind.CONSTRAINT
    return catalog.find(ObjectId(kind, table.schema, str(name), parent=table.name))


def _foreign_keys(catalog: Catalog, table: ObjectId) -> list[CatalogObject]:
    return [item for item in _constraints(catalog, table) if item.defined_as(Constraint).references]


def _constraints(catalog: Catalog, table: ObjectId) -> list[CatalogObject]:
    item = catalog.find(table)
    parts = (catalog.by_id[part] for part in (item.parts if item else ()))
    return [part for part in parts if isinstance(part.definition, Constraint)]
