"""The hazards of operations, whoever put them there: by what they are, and by the SQL that they run."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alembic.operations import ops
from sqlalchemy import Computed, Identity

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.access import changes_access
from pgcraft.diff.hazards import (
    hazard_of_loss,
    hazards_of_added_column,
    hazards_of_drop,
    hazards_of_index,
    hazards_of_not_null,
    hazards_of_type_change,
    hazards_of_validation,
)
from pgcraft.diff.losses import find_losses, find_retyped
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.sqltext.dialect import DIALECT


def find_hazards(
    operation: ops.MigrateOperation, subject: ObjectId, up: Iterable[str], *, foreign: tuple[ObjectId, ...] = ()
) -> tuple[Hazard, ...]:
    """Return what an operation endangers.

    Args:
        subject: the object it is about.
        up: the SQL that it runs.
        foreign: what somebody else made on top of it.
    """
    known = _of_kind(operation, subject, foreign)
    # What becomes of its own object is known to whoever planned it: values of a generated column follow from others.
    is_said = isinstance(operation, CatalogOp) or any(hazard.type is HazardType.DATA_LOSS for hazard in known)
    return (*(hazard for hazard in _of_text(operation, up, subject if is_said else None)), *known)


def find_subject(up: Iterable[str]) -> ObjectId | None:
    """Return what SQL of somebody else takes away; None when it takes nothing away."""
    return next((lost for sql in up for lost in find_losses(sql)), None)


def _of_text(operation: ops.MigrateOperation, up: Iterable[str], said: ObjectId | None) -> Iterator[Hazard]:
    """Return the losses that stand in the SQL and are not said yet."""
    for sql in up:
        for lost in find_losses(sql):
            if said is None or (lost.parent, lost.name) != (said.parent, said.name):
                yield replace(hazard_of_loss(lost), subject=_dot(lost))
        for column in find_retyped(sql) if isinstance(operation, ops.ExecuteSQLOp) else ():
            yield Hazard(HazardType.DATA_LOSS, f"values of {column} may be cut or rounded", _dot(column))
        if isinstance(operation, ops.ExecuteSQLOp) and changes_access(sql):
            yield Hazard(HazardType.ACCESS, "it changes who may do what")


def _of_kind(operation: ops.MigrateOperation, subject: ObjectId, foreign: tuple[ObjectId, ...]) -> tuple[Hazard, ...]:
    match operation:
        case CatalogOp():
            return operation.action.hazards
        case RolePasswordOp():
            return (Hazard(HazardType.ACCESS, f"whoever knows the password logs in as {operation.role_id}"),)
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


def _dot(object_id: ObjectId) -> str:
    """Return the name by which a user means the object."""
    return ".".join(part for part in (object_id.schema, object_id.parent, object_id.name) if part)
