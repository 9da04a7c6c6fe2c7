"""The hazards of Alembic's own operations."""

from alembic.operations import ops
from sqlalchemy import Computed, Identity

from pgcraft.alembic.operations import CatalogOp
from pgcraft.catalog.objects import ObjectId
from pgcraft.dialect import DIALECT
from pgcraft.diff.hazards import (
    hazards_of_added_column,
    hazards_of_drop,
    hazards_of_index,
    hazards_of_not_null,
    hazards_of_type_change,
    hazards_of_validation,
)
from pgcraft.render.statement import Hazard


def find_hazards(
    operation: ops.MigrateOperation, subject: ObjectId, *, foreign: tuple[ObjectId, ...] = ()
) -> tuple[Hazard, ...]:
    """Give what an operation endangers, ours or Alembic's.

    Args:
        subject: the object it is about.
        foreign: what somebody else made on top of it.
    """
    match operation:
        case CatalogOp():
            return operation.action.hazards
        case ops.DropTableOp() | ops.DropColumnOp():
            return hazards_of_drop(subject, foreign_dependents=foreign)
        case ops.AddColumnOp():
            return _of_added_column(operation)
        case ops.AlterColumnOp():
            return _of_alteration(operation)
        case ops.CreateIndexOp():
            is_concurrent = operation.kw.get("postgresql_concurrently")
            return () if is_concurrent else hazards_of_index(is_unique=bool(operation.unique))
        case ops.CreateUniqueConstraintOp() | ops.CreatePrimaryKeyOp():
            return hazards_of_index(is_unique=True)
        case ops.AddConstraintOp():
            is_late = operation.to_constraint().dialect_kwargs.get("postgresql_not_valid")
            return () if is_late else hazards_of_validation(f"the {operation.constraint_type} constraint")
        case _:
            return ()


def _of_added_column(operation: ops.AddColumnOp) -> tuple[Hazard, ...]:
    column = operation.column
    return hazards_of_added_column(
        is_nullable=bool(column.nullable),
        has_default=column.server_default is not None,
        is_computed=isinstance(column.server_default, Computed | Identity),
    )


def _of_alteration(operation: ops.AlterColumnOp) -> tuple[Hazard, ...]:
    found: tuple[Hazard, ...] = ()
    if operation.modify_type is not None and operation.existing_type is not None:
        old, new = (str(type_.compile(dialect=DIALECT)) for type_ in (operation.existing_type, operation.modify_type))
        found += hazards_of_type_change(old_type=old, new_type=new)
    if operation.modify_nullable is False:
        found += hazards_of_not_null()
    return found
