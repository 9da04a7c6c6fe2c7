"""Which operations of a revision recreate something, and where what stands on it is kept and put back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from alembic.operations import ops
from sqlalchemy import MetaData

from pgcraft.alembic.operations.catalog_operations import (
    CatalogOp,
    KeepOp,
    KeepSettingsOp,
    PutBackOp,
    PutSettingsBackOp,
)
from pgcraft.alembic.operations.tables import flatten
from pgcraft.catalog.kinds import select
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.actions import Verb
from pgcraft.diff.recreating import name_comment
from pgcraft.models.declarations import get_declarations
from pgcraft.render.keeping import Remade
from pgcraft.render.kept_settings import REPLACED
from pgcraft.scripts.tables import table_id

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

_Operations = list[ops.MigrateOperation]
_Touched = tuple[str, ObjectId, tuple[str, ...]]
"""What happens (``goes``, ``comes``, ``anew``, ``retyped``, ``aside``) to which object, and its facts that change."""

FORGOTTEN = "pgcraft_forgotten"
"""Where our comparison leaves what is not put back of parts of tables, which Alembic's operations do not tell."""

_ADDRESSED = select(lambda row: row.is_kept)


def enclose(operations: _Operations, context: "MigrationContext") -> _Operations:
    """Return operations with what keeps and puts back around those that drop something and make it again."""
    default_schema = context.dialect.default_schema_name or "public"
    touched = [list(_find_touched(operation, default_schema)) for operation in operations]
    going = {object_id for found in touched for verb, object_id, _ in found if verb == "goes"}
    anew = {object_id for found in touched for verb, object_id, _ in found if verb == "anew"}
    anew |= {object_id for found in touched for verb, object_id, _ in found if verb == "comes"} & going
    is_disturbed = any(verb == "aside" for found in touched for verb, _, _ in found)
    retyped = {object_id for found in touched for verb, object_id, _ in found if verb == "retyped"}
    if not (is_disturbed or anew):
        return operations  # a column gets another type, and nothing is known to stand on it
    anew |= retyped
    listed = going | anew
    known = context.opts.get(FORGOTTEN, {})
    facts = {object_id: fact or known.get(object_id, ()) for found in touched for _, object_id, fact in found}
    remade = tuple(Remade(each, facts[each], is_back=each in anew) for each in sorted(listed))
    places = [
        index
        for index, found in enumerate(touched)
        if any(each in anew or (verb == "goes" and each in listed) for verb, each, _ in found)
    ]
    first, end = places[0], places[-1] + 1
    while end < len(operations) and _is_grant(operations[end]):
        end += 1
    keep = KeepOp(remade, _list_roles(context))
    return [*operations[:first], keep, *operations[first:end], PutBackOp(), *operations[end:]]


def enclose_replaced(operations: _Operations) -> _Operations:
    """Return operations with what keeps and sets again what others set around those that replace something in place."""
    found = [(index, operation.action) for index, operation in enumerate(operations) if _replaces(operation)]
    if not found:
        return operations
    first, last = found[0][0], found[-1][0] + 1
    keep = KeepSettingsOp(tuple(sorted((action.id, action.forgotten) for _, action in found)))
    return [*operations[:first], keep, *operations[first:last], PutSettingsBackOp(), *operations[last:]]


def _replaces(operation: ops.MigrateOperation) -> TypeGuard[CatalogOp]:
    if not isinstance(operation, CatalogOp) or operation.action.id.kind not in REPLACED:
        return False
    return any(sql.startswith("CREATE OR REPLACE ") for sql in operation.action.up)


def _is_grant(operation: ops.MigrateOperation) -> bool:
    return isinstance(operation, CatalogOp) and operation.action.id.kind is Kind.GRANT


def _find_touched(operation: ops.MigrateOperation, default_schema: str) -> Iterator[_Touched]:
    for each in flatten([operation]):
        for verb, object_id, facts in _touch(each, default_schema):
            if object_id.kind in _ADDRESSED:
                yield verb, object_id, facts


def _touch(operation: ops.MigrateOperation, default_schema: str) -> Iterator[_Touched]:
    table = table_id(operation, default_schema)
    match operation:
        case CatalogOp():
            action = operation.action
            if not action.up and action.verb in (Verb.SET_ASIDE, Verb.RESTORE):
                yield "aside", action.id, ()
            elif action.verb in (Verb.DROP, Verb.SET_ASIDE):
                yield "goes", action.id, action.forgotten
            elif action.verb in (Verb.CREATE, Verb.RESTORE):
                yield "comes", action.id, action.forgotten
            elif action.id.kind is Kind.COLUMN and "type" in action.facts:  # whose comment stays, or is changed
                yield "retyped", action.id, (name_comment(action.id),)
            for each in sorted(action.anew):
                yield "anew", each, action.forgotten if each == action.id else ()
        case ops.AlterColumnOp() if operation.modify_type is not None:
            column = table.column(str(operation.column_name))
            yield "retyped", column, (name_comment(column),)
        case ops.DropIndexOp() | ops.CreateIndexOp():
            verb = "goes" if isinstance(operation, ops.DropIndexOp) else "comes"
            yield verb, table.part(Kind.INDEX, str(operation.index_name)), ()
        case ops.DropConstraintOp() | ops.AddConstraintOp():
            verb = "goes" if isinstance(operation, ops.DropConstraintOp) else "comes"
            name = str(getattr(operation, "constraint_name", ""))
            yield verb, table.part(Kind.CONSTRAINT, name), ()


def _list_roles(context: "MigrationContext") -> tuple[str, ...]:
    """Return the roles that the models declare."""
    target = context.opts.get("target_metadata")
    found = [target] if isinstance(target, MetaData) else list(target or ())
    return tuple(sorted({role.definition.name for each in found for role in get_declarations(each).roles.all()}))
