"""What Alembic found about tables, made fit to stand between our operations.

One operation each, in an order that no hash decides; what belongs to somebody else is left out; foreign keys in a ring
of tables stand for themselves; enumerated types are not made on the way.
"""

import logging
from collections.abc import Callable, Iterable, Iterator

from alembic.operations import ops
from sqlalchemy import ForeignKeyConstraint, Table

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.graph import order_groups

logger = logging.getLogger("pgcraft.alembic")

TableName = tuple[str | None, str]
"""Schema and name; None for the default schema."""

TableOperation = ops.CreateTableOp | ops.DropTableOp


def flatten(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    """Return the operations on tables one by one."""
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from operation.ops
        else:
            yield operation


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


def keep_own_tables(
    operations: list[ops.MigrateOperation], *, stubs: frozenset[TableName], made: Callable[[str | None, str], bool]
) -> list[ops.MigrateOperation]:
    """Leave out what would drop a table that the migrations did not make, or touch one that is only referenced.

    Args:
        operations: Alembic's, one by one.
        stubs: tables of the metadata that stand for tables of somebody else.
        made: whether the migrations made a table.
    """
    drops = {find_table(operation) for operation in operations if isinstance(operation, ops.DropTableOp)}
    foreign = {table for table in drops if table is not None and not made(*table)}
    for schema, name in sorted(foreign, key=lambda table: (table[0] or "", table[1])):
        logger.info("Left alone: table %s, which no migration made", f"{schema}.{name}" if schema else name)
    return [operation for operation in operations if find_table(operation) not in foreign | stubs]


def split_rings(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Take foreign keys that form a ring of created (or dropped) tables out of them, into operations of their own."""
    ringed: dict[TableName, frozenset[TableName]] = {}
    for kind in (ops.CreateTableOp, ops.DropTableOp):
        ringed |= _find_rings([operation for operation in operations if isinstance(operation, kind)])
    for name in _find_indexed(operations):
        ringed[name] = ringed.get(name, frozenset()) | {name}
    return [part for operation in operations for part in _split(operation, ringed)]


def list_references(table: Table) -> tuple[tuple[ForeignKeyConstraint, TableName], ...]:
    """Return a table's foreign keys with the tables they point to, sorted by columns."""
    keys = sorted(table.foreign_key_constraints, key=lambda key: (key.column_keys, str(key.name)))
    return tuple((key, (key.referred_table.schema, str(key.referred_table.name))) for key in keys)


def find_separate_keys(operation: TableOperation, catalog: Catalog, default_schema: str) -> frozenset[ObjectId]:
    """Return the foreign keys of a table that are not part of the operation: those of a ring.

    Args:
        catalog: the one that has the table: the models when it is created, the database when it is dropped.
    """
    kept = {
        (tuple(str(element.parent.name) for element in key.elements), (schema or default_schema, name))
        for key, (schema, name) in list_references(operation.to_table())
    }
    table = catalog.find(table_id(operation, default_schema))
    parts = (catalog.by_id[part] for part in (table.parts if table else ()))
    return frozenset(
        part.id
        for part in parts
        if isinstance(part.definition, Constraint) and part.definition.references
        if (part.definition.columns, part.definition.references) not in kept
    )


def _find_rings(operations: list[TableOperation]) -> dict[TableName, frozenset[TableName]]:
    """Return for each table in a ring the other tables of it."""
    tables = {(operation.schema, str(operation.table_name)): operation.to_table() for operation in operations}
    needs = {name: [target for _, target in list_references(table)] for name, table in tables.items()}
    groups = order_groups(tables, needs, key=lambda name: (name[0] or "", name[1]))
    return {name: frozenset(group) - {name} for group in groups for name in group if len(group) > 1}


def _find_indexed(operations: list[ops.MigrateOperation]) -> frozenset[TableName]:
    """Return the tables with unique indexes of their own: a foreign key to oneself may stand on one."""
    changes = (operation for operation in operations if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp))
    return frozenset((change.schema, str(change.table_name)) for change in changes if change.to_index().unique)


def _split(
    operation: ops.MigrateOperation, ringed: dict[TableName, frozenset[TableName]]
) -> Iterator[ops.MigrateOperation]:
    if not isinstance(operation, ops.CreateTableOp | ops.DropTableOp):
        yield operation
        return
    others = ringed.get((operation.schema, str(operation.table_name)), frozenset())
    table = operation.to_table()
    keys = [key for key, target in list_references(table) if target in others]
    if not keys:
        yield operation
        return
    if isinstance(operation, ops.DropTableOp):
        yield from map(ops.DropConstraintOp.from_constraint, keys)
        yield _rebuild(operation, keys)
    else:
        yield _rebuild(operation, keys)
        yield from map(ops.CreateForeignKeyOp.from_constraint, keys)


def _rebuild(operation: TableOperation, without: Iterable[ForeignKeyConstraint]) -> TableOperation:
    copy = operation.to_table()
    left_out = {(tuple(key.column_keys), key.name) for key in without}
    for key in list(copy.foreign_key_constraints):
        if (tuple(key.column_keys), key.name) in left_out:
            copy.constraints.discard(key)
    return type(operation).from_table(copy)


def regroup(operations: Iterable[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Put neighbours that alter one table back into Alembic's container for them."""
    found: list[ops.MigrateOperation] = []
    for operation in operations:
        table = find_table(operation)
        if table is None or not isinstance(operation, _ALTERATIONS):
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
