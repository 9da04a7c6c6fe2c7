"""The operations of a revision one by one, for whoever shows them, leaves some out, and writes the rest.

Alembic's command runs as always; its last hook is where the work is done::

    def look(context, revision, directives):
        (script,) = directives
        found.extend(list_operations(context, script))
        leave_out(context, script, {"…"})

    command.revision(config, message, autogenerate=True, process_revision_directives=look)

A hook passed to the command runs before the one in ``env.py``. ``render_script`` gives the file's text without a file;
clearing ``directives`` keeps Alembic from writing one.
"""

import hashlib
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING, Any, cast

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.frame import FrameOp, add_losses, frame, is_framing, remove_losses
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.renaming import find_old_name
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.actions import Verb
from pgcraft.diff.dangers import find_dangers, find_subject, find_unsaid_losses
from pgcraft.diff.needs import find_needs
from pgcraft.diff.operation import Operation, OperationVerb
from pgcraft.diff.order import Step
from pgcraft.diff.plan import make_step
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.scripts.offline import make_offline_context
from pgcraft.scripts.tables import flatten, regroup

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation, MigrationScript

STEPS = "pgcraft_steps"
"""Where our comparison leaves the steps behind the operations, among the options of a migration context."""

PLANNED = "pgcraft_planned"
"""Where it leaves what they are done for."""

_KNOWN = ("alembic", "pgcraft")
_VERBS = (
    ((ops.CreateTableOp, ops.AddColumnOp, ops.CreateIndexOp, ops.AddConstraintOp), "create"),
    ((ops.DropTableOp, ops.DropColumnOp, ops.DropIndexOp, ops.DropConstraintOp), "drop"),
    ((ops.AlterTableOp,), "alter"),
)


def list_operations(context: MigrationContext, script: "MigrationScript") -> tuple[Operation, ...]:
    """Return the operations of a revision in run order, without what stands around them."""
    steps = _steps_of(context, script)
    said = {id(step.item): render_sql(step.item) for step in steps}
    keys = {id(step.item): _key(step, said[id(step.item)]) for step in steps}
    needs = find_needs(steps, keys)
    return tuple(_describe(step, said[id(step.item)], keys, needs) for step in steps)


def leave_out(context: MigrationContext, script: "MigrationScript", keys: Iterable[str]) -> None:
    """Take operations out of a revision, both ways."""
    unwanted = frozenset(keys)
    if not unwanted:
        return
    gone = {id(step.item) for step in _steps_of(context, script) if _key(step, render_sql(step.item)) in unwanted}
    remove_losses(script)
    for upgrade, downgrade in zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True):
        kept = [operation for operation in flatten(upgrade.ops) if id(operation) not in gone]
        has_work = any(not is_framing(operation) for operation in kept)
        upgrade.ops[:] = regroup(kept) if has_work else []
        back = (_reverse(operation) for operation in reversed(kept) if has_work)
        downgrade.ops[:] = regroup(operation for operation in back if operation is not None)
    frame(context, script)
    mark_losses(context, script)


def mark_losses(context: MigrationContext, script: "MigrationScript") -> None:
    """Write above each operation that loses data what it loses; what is said already is said anew."""
    remove_losses(script)
    messages = {}
    for step in _steps_of(context, script):
        hazards = _find_hazards(step)
        messages[id(step.item)] = [hazard.message for hazard in hazards if hazard.type is HazardType.DATA_LOSS]
    for container in script.upgrade_ops_list:
        add_losses(container, messages)


def render_sql(operation: "MigrateOperation") -> tuple[str, ...]:
    """Return the SQL that an operation runs, as Alembic's offline mode writes it, each without a semicolon.

    None where an operation that is neither Alembic's nor ours does not run without a connection.
    """
    if isinstance(operation, CatalogOp):
        return operation.action.up
    if isinstance(operation, FrameOp):
        return operation.statements
    if isinstance(operation, RolePasswordOp):
        return () if operation.is_downgrade else (f"-- password of {operation.role_id} from {operation.variable}",)
    pages = _Pages()
    context = make_offline_context(output_buffer=pages, literal_binds=True)
    try:
        Operations(context).invoke(operation)
    except Exception:
        if type(operation).__module__.partition(".")[0] in _KNOWN:
            raise
        return ()  # an operation of somebody else may need a connection, or do anything
    return tuple(page.strip().removesuffix(";").replace("\t", "    ") for page in pages.written)  # it is shown


class _Pages(StringIO):
    """Keeps apart what is written at one time: Alembic writes a statement at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def write(self, text: str) -> int:
        self.written.append(text)
        return len(text)


def _steps_of(context: MigrationContext, script: "MigrationScript") -> list[Step[Any]]:
    known = {id(step.item): step for step in context.opts.get(STEPS, ())}
    operations = [operation for container in script.upgrade_ops_list for operation in flatten(container.ops)]
    shown = [operation for operation in operations if not is_framing(operation)]
    return [known.get(id(operation)) or _step_of_stranger(operation) for operation in shown]


def _step_of_stranger(operation: "MigrateOperation") -> Step[Any]:
    """Return a step for an operation that came after our comparison, from somebody's rewriter."""
    if isinstance(operation, CatalogOp):
        return make_step(operation.action, operation)
    schema, name = getattr(operation, "schema", None), getattr(operation, "table_name", type(operation).__name__)
    lost = find_subject(render_sql(operation))
    return Step(operation, lost or ObjectId(Kind.TABLE, schema, str(name)))


def _find_hazards(step: Step[Any], up: tuple[str, ...] | None = None) -> tuple[Hazard, ...]:
    if step.hazards is None:
        return tuple(find_dangers(render_sql(step.item) if up is None else up))
    # Alembic's own words do one thing each; what else SQL of ours loses is read off it.
    beside = find_unsaid_losses(step.item.action.up, step.subject) if isinstance(step.item, CatalogOp) else ()
    return (*beside, *step.hazards)


def _describe(
    step: Step[Any], up: tuple[str, ...], keys: dict[int, str], needs: dict[int, tuple[str, ...]]
) -> Operation:
    operation, verb = step.item, _verb(step.item)
    return Operation(
        key=keys[id(operation)],
        verb=cast("OperationVerb", str(verb)),
        target=step.subject,
        title=_title(step, verb),
        up=up,
        down=_render_reverse(operation),
        hazards=_find_hazards(step, up),
        needs=needs[id(operation)],
    )


def _render_reverse(operation: "MigrateOperation") -> tuple[str, ...]:
    reverse = _reverse(operation)
    return () if reverse is None else render_sql(reverse)


def _reverse(operation: "MigrateOperation") -> "MigrateOperation | None":
    try:
        return operation.reverse()
    except (NotImplementedError, ValueError):  # somebody's rewriter put it there
        return None


def _verb(operation: "MigrateOperation") -> str:
    if isinstance(operation, CatalogOp):
        return operation.action.verb
    if find_old_name(operation) is not None:
        return Verb.RENAME
    return next((verb for kinds, verb in _VERBS if isinstance(operation, kinds)), "execute")


def _say(operation: "MigrateOperation", verb: str) -> str:
    return "set password of" if isinstance(operation, RolePasswordOp) else verb


def _title(step: Step[Any], verb: str) -> str:
    old = find_old_name(step.item)
    return f"{_say(step.item, verb)} {step.subject}" + (f" from {old}" if old else "")


def _key(step: Step[Any], up: tuple[str, ...]) -> str:
    """Name an operation by what it says in SQL, beside what it is about."""
    digest = hashlib.sha256("\n".join(up).encode()).hexdigest()[:8]
    return f"{_verb(step.item)} {step.subject} {digest}"
