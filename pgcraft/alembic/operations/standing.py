"""Which operations of a revision recreate something, and between which of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import MetaData

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.catalog.objects import Kind
from pgcraft.diff.standing import Touched, Turn, replaces, touch, touch_retyped
from pgcraft.models.declarations import get_declarations
from pgcraft.render.kept_settings import Replaced
from pgcraft.scripts.tables import table_id

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

FORGOTTEN = "pgcraft_forgotten"
"""Where our comparison leaves what is not put back of parts of tables, which Alembic's operations do not tell."""


def touch_each(
    operations: Iterable[ops.MigrateOperation], context: "MigrationContext"
) -> Mapping[int, Sequence[Touched]]:
    """Return what each of some operations touches, by their identities."""
    return {id(item): tuple(_touch(item, context)) for item in operations}


def find_replaced(
    operations: Iterable[ops.MigrateOperation], touched: Mapping[int, Sequence[Touched]], context: "MigrationContext"
) -> Iterator[tuple[int, Replaced]]:
    """Return what is replaced or gets another type where it stands, with the facts that are new, and the places."""
    known = context.opts.get(FORGOTTEN, {})
    for place, operation in enumerate(operations):
        if isinstance(operation, CatalogOp) and replaces(operation.action):
            yield place, (operation.action.id, operation.action.forgotten)
        for each in touched.get(id(operation), ()):
            if each.turn is Turn.RETYPED:
                yield place, (each.id, known.get(each.id, ()))


def list_roles(context: "MigrationContext") -> tuple[str, ...]:
    """Return the roles that the models declare."""
    target = context.opts.get("target_metadata")
    found = [target] if isinstance(target, MetaData) else list(target or ())
    return tuple(sorted({role.definition.name for each in found for role in get_declarations(each).roles.all()}))


def _touch(operation: ops.MigrateOperation, context: "MigrationContext") -> Iterable[Touched]:
    if isinstance(operation, CatalogOp):
        return touch(operation.action)
    if isinstance(operation, ops.ModifyTableOps):
        return [found for each in operation.ops for found in _touch(each, context)]
    table = table_id(operation, context.dialect.default_schema_name or "public")
    match operation:
        case ops.AlterColumnOp() if operation.modify_type is not None:
            return (touch_retyped(table.column(str(operation.column_name))),)
        case ops.DropIndexOp() | ops.CreateIndexOp():
            turn = Turn.GOES if isinstance(operation, ops.DropIndexOp) else Turn.COMES
            return (Touched(turn, table.part(Kind.INDEX, str(operation.index_name))),)
        case ops.DropConstraintOp() | ops.AddConstraintOp():
            turn = Turn.GOES if isinstance(operation, ops.DropConstraintOp) else Turn.COMES
            return (Touched(turn, table.part(Kind.CONSTRAINT, str(getattr(operation, "constraint_name", "")))),)
    return ()
