"""Comment lines above the operations of a revision that lose data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import LossNoteOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

NOTE = "# data loss: "


def add_notes(container: ops.OpContainer, messages: Mapping[int, Sequence[str]]) -> None:
    """Put a note before each operation that has messages, which are found by the operation's identity."""
    found: list[ops.MigrateOperation] = []
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            add_notes(operation, messages)
        found += [LossNoteOp(message) for message in messages.get(id(operation), ())]
        found.append(operation)
    container.ops[:] = found


def remove_notes(script: ops.MigrationScript) -> None:
    """Take all notes out."""
    for container in script.upgrade_ops_list:
        _clear(container)


def _clear(container: ops.OpContainer) -> None:
    container.ops[:] = [operation for operation in container.ops if not isinstance(operation, LossNoteOp)]
    inner: Iterable[ops.OpContainer] = (each for each in container.ops if isinstance(each, ops.OpContainer))
    for each in inner:
        _clear(each)


@renderers.dispatch_for(LossNoteOp)
def render_note(context: "AutogenContext", operation: LossNoteOp) -> list[str]:  # noqa: ARG001
    """Return the comment line; a message holds names, which may hold anything but a line's end there."""
    return [NOTE + " ".join(operation.message.split())]
