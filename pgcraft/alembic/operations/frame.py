"""What stands around the operations of a revision, and is none of them.

At its head the server that it needs and how long it waits, above an operation what that loses, around what is made
again what stands on that, and at the end the notification of PostgREST.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation, MigrationScript, OpContainer

from pgcraft.alembic.operations.concurrent import list_transactions
from pgcraft.alembic.operations.standing import FORGOTTEN, find_replaced, list_roles, touch_each
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.standing import Standing, Touched, find_standing
from pgcraft.diff.timeouts import limit_transaction
from pgcraft.render.keeping import keep_standing, put_back
from pgcraft.render.kept_settings import keep_settings, put_settings_back
from pgcraft.render.shared import SharedSql
from pgcraft.scripts.headers import NOTIFICATION, PREFIX, render_server_need_marker
from pgcraft.scripts.shared import render_shared
from pgcraft.scripts.source import DEDENT_IMPORT, DEDENTED_CALL
from pgcraft.scripts.tables import flatten, regroup

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.runtime.migration import MigrationContext

LOSS = "# data loss: "


class Place(StrEnum):
    """Where something stands, as ``alembic check`` prints it."""

    NEED = "need"
    LIMIT = "limit"
    LOSS = "note"
    KEEP = "keep"
    PUT_BACK = "put back"
    NOTIFY = "notify"


class FrameOp(MigrateOperation):
    """Comment and statements that are no operation of the revision.

    Args:
        subject: what it is about, as ``alembic check`` prints it.
        comment: the line above the statements; nothing is written where there is none.
    """

    def __init__(self, place: Place, subject: str, comment: str = "", statements: tuple[SharedSql, ...] = ()) -> None:
        self.place = place
        self.subject = subject
        self.comment = comment
        self.calls = statements
        self.statements = tuple(each.sql for each in statements)

    def reverse(self) -> "FrameOp":
        """Return what stands there on the way back: a notification again, and nothing until the frame is made."""
        return self if self.place is Place.NOTIFY else FrameOp(self.place, self.subject)

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return (f"pgcraft {self.place}", self.subject)


def ask_for_server(version: int, who: str, check: str) -> FrameOp:
    """Return what refuses a server that is too old, before anything else runs.

    Args:
        version: the oldest major version that will do.
        who: what asks for it.
        check: the statement that refuses.
    """
    return FrameOp(
        Place.NEED, f"PostgreSQL {version}", render_server_need_marker(version, who), SharedSql.unshared(check)
    )


def notify() -> FrameOp:
    """Return what tells PostgREST that a schema it exposes changed."""
    return FrameOp(
        Place.NOTIFY, "pgrst", f"{PREFIX}let PostgREST read the schema anew", SharedSql.unshared(NOTIFICATION)
    )


def is_framing(operation: MigrateOperation, place: Place | None = None) -> bool:
    """Whether an operation stands around the others; at one place, where that is given."""
    return isinstance(operation, FrameOp) and place in (None, operation.place)


def frame(context: "MigrationContext", script: MigrationScript) -> None:
    """Put around the operations of a revision what belongs around them, instead of what stands there."""
    containers = (*script.upgrade_ops_list, *script.downgrade_ops_list)
    inside = [[each for each in container.ops if not isinstance(each, FrameOp)] for container in containers]
    touched = [touch_each(operations, context) for operations in inside]
    standing = [find_standing([*found.values()], context.opts.get(FORGOTTEN, {})) for found in touched]
    remade = {each.id for found in standing if found for each in found.remade}
    for container, operations, found, known in zip(containers, inside, standing, touched, strict=True):
        needs = [each for each in container.ops if isinstance(each, FrameOp) and each.place is Place.NEED]
        notifications = [operation for operation in container.ops if is_framing(operation, Place.NOTIFY)]
        head = [need for need in needs if need.statements][:1]
        kept = _limit(_keep_settings(_keep(operations, found, remade, context), known, context), context)
        container.ops[:] = [*head, *kept, *notifications[:1]] if operations else []


def _limit(operations: list[MigrateOperation], context: "MigrationContext") -> list[MigrateOperation]:
    """Put at the head of each transaction how long it waits, where somebody says so."""
    statements = SharedSql.unshared(*limit_transaction(context.opts))
    if not statements:
        return operations
    found: list[MigrateOperation] = []
    for is_first, operation in list_transactions(flatten(operations)):
        if is_first:
            found.append(FrameOp(Place.LIMIT, "", f"{PREFIX}wait no longer than this", statements))
        found.append(operation)
    return regroup(found)


def _keep(
    operations: list[MigrateOperation], found: Standing | None, remade: Iterable[ObjectId], context: "MigrationContext"
) -> list[MigrateOperation]:
    """Put what keeps what stands on objects, and puts it back, around those that drop them and make them again.

    Args:
        remade: all of these objects in the revision, on each of its ways.
    """
    if found is None:
        return operations
    named = ", ".join(str(each.id) for each in found.remade if each.is_back)
    block = keep_standing(found.remade, list_roles(context), remade)
    keep = FrameOp(Place.KEEP, named, f"{PREFIX}keep what others made of {named}", (block,))
    back = FrameOp(Place.PUT_BACK, named, f"{PREFIX}put back what was kept", (put_back(),))
    return [*operations[: found.first], keep, *operations[found.first : found.end], back, *operations[found.end :]]


def _keep_settings(
    operations: list[MigrateOperation], touched: Mapping[int, Sequence[Touched]], context: "MigrationContext"
) -> list[MigrateOperation]:
    """Put what keeps what others set, and sets it again, around those that change something where it stands."""
    is_kept = any(is_framing(operation, Place.KEEP) for operation in operations)  # with what columns lose by their type
    replaced = find_replaced(operations, touched, context)
    found = [each for each in replaced if not is_kept or each[1][0].kind is not Kind.COLUMN]
    if not found:
        return operations
    first, end = found[0][0], found[-1][0] + 1
    settings = tuple(sorted({replaced for _, replaced in found}))
    named = ", ".join(str(each) for each, _ in settings)
    keep = FrameOp(Place.KEEP, named, f"{PREFIX}keep what others set on {named}", (keep_settings(settings),))
    back = FrameOp(Place.PUT_BACK, named, f"{PREFIX}set again what others set", SharedSql.unshared(put_settings_back()))
    return [*operations[:first], keep, *operations[first:end], back, *operations[end:]]


def add_losses(container: OpContainer, messages: Mapping[int, Sequence[str]]) -> None:
    """Put above each operation what it loses.

    Args:
        messages: by the identities of operations.
    """
    found: list[MigrateOperation] = []
    for operation in container.ops:
        if isinstance(operation, OpContainer):
            add_losses(operation, messages)
        found += map(_note, messages.get(id(operation), ()))
        found.append(operation)
    container.ops[:] = found


def _note(message: str) -> FrameOp:
    """Return the comment; a message holds names, which may hold anything but a line's end there."""
    return FrameOp(Place.LOSS, message, LOSS + " ".join(message.split()))


def remove_losses(script: MigrationScript) -> None:
    """Take all of them out."""
    for container in script.upgrade_ops_list:
        for each in _walk(container):
            each.ops[:] = [operation for operation in each.ops if not is_framing(operation, Place.LOSS)]


def _walk(container: OpContainer) -> Iterator[OpContainer]:
    yield container
    for each in container.ops:
        if isinstance(each, OpContainer):
            yield from _walk(each)


@renderers.dispatch_for(FrameOp)
def render_frame(context: "AutogenContext", operation: FrameOp) -> list[str]:
    """Return the comment and the calls as one text."""
    if not operation.comment:
        return []
    calls = [render_shared(each, context.imports) for each in operation.calls]
    if any(call.startswith(DEDENTED_CALL) for call in calls):
        context.imports.add(DEDENT_IMPORT)
    return ["\n".join(("\n" * bool(calls) + operation.comment, *calls))]
