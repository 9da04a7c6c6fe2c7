"""Alembic's findings that the two catalogs do not bear out.

Alembic takes a table in the default schema for another one when a foreign key names the schema, and compares texts of
index expressions without the server's help. Where both catalogs hold the same object, there is nothing to do.
"""

import logging
from collections.abc import Callable

from alembic.operations import ops

from pgcraft.alembic.comparing.unnamed_constraints import list_table_constraints
from pgcraft.alembic.operations.tables import find_table, table_id
from pgcraft.catalog.definitions import Column, Constraint
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId

logger = logging.getLogger("pgcraft.alembic")

_ADDS = (ops.CreateForeignKeyOp, ops.CreateUniqueConstraintOp, ops.CreateIndexOp)
_DROPS = (ops.DropConstraintOp, ops.DropIndexOp)

_Operations = list[ops.MigrateOperation]


def leave_settled(operations: _Operations, current: Catalog, wanted: Catalog, default_schema: str) -> _Operations:
    """Leave out what would make, drop or alter a key, constraint, index or type that is as it should be.

    Args:
        operations: Alembic's, one by one.
        wanted: with SQL text in the form of the database.
    """
    settled = _Settled(current, wanted, default_schema)
    return [operation for operation in operations if not settled.holds(operation) and settled.leave_type(operation)]


def leave_foreign_parts(
    operations: _Operations,
    current: Catalog,
    wanted: Catalog,
    default_schema: str,
    *,
    is_ours: Callable[[ObjectId], bool],
) -> _Operations:
    """Leave out what would drop an index or a constraint that nobody declares and no migration made.

    What goes with its table is no operation of its own by then, but for indexes: Alembic drops those one by one.
    """
    going = {find_table(operation) for operation in operations if isinstance(operation, ops.DropTableOp)}
    kept = []
    for operation in operations:
        if isinstance(operation, _DROPS) and find_table(operation) not in going:
            item = _find_item(operation, current, table_id(operation, default_schema))
            if item is not None and wanted.find(item.id) is None and not is_ours(item.id):
                logger.info("Left alone: %s, which no migration made", item.id)
                continue
        kept.append(operation)
    return kept


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
        table = table_id(operation, self._default_schema)
        item = _find_item(operation, here, table)
        if item is None:
            return False
        if isinstance(item.definition, Constraint) and item.definition.references:
            return item.definition in [key.definition for key in _foreign_keys(there, table)]
        other = there.find(item.id)
        return other is not None and other.definition == item.definition

    def leave_type(self, operation: ops.MigrateOperation) -> bool:
        """Leave a type alone that is as it should be, under whatever name; gives whether something is left to do."""
        if not isinstance(operation, ops.AlterColumnOp) or operation.modify_type is None:
            return True
        column = table_id(operation, self._default_schema).column(operation.column_name)
        here, there = (catalog.find(column) for catalog in (self._current, self._wanted))
        if here is None or there is None or here.defined_as(Column).type != there.defined_as(Column).type:
            return True
        operation.modify_type = None
        return operation.has_changes()


def _find_item(operation: ops.MigrateOperation, catalog: Catalog, table: ObjectId) -> CatalogObject | None:
    is_index = isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
    name = getattr(operation, "index_name" if is_index else "constraint_name", None)
    kind = Kind.INDEX if is_index else Kind.CONSTRAINT
    return catalog.find(table.part(kind, str(name)))


def _foreign_keys(catalog: Catalog, table: ObjectId) -> list[CatalogObject]:
    return [item for item in list_table_constraints(catalog, table) if item.defined_as(Constraint).references]
