"""The Change tab: what the next revision does to an object, step by step, and how to undo it."""

from collections.abc import Iterable

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.types import Operation
from pgcraft_tui.present.marks import mark_operations
from pgcraft_tui.present.names import is_part
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line, note

_TONES = {"+": Tone.ADDED, "~": Tone.CHANGED, "-": Tone.REMOVED}


def find_operations(operations: Iterable[Operation], node: Node) -> tuple[Operation, ...]:
    """Give the operations on what is under a node, and on parts of it that are not declared any more."""
    inside = {below.object_id for below in node.walk() if below.object_id is not None}
    relations = {(found.schema, found.name) for found in inside if not is_part(found)}
    return tuple(found for found in operations if found.target in inside or _belongs(found.target, relations))


def _belongs(target: ObjectId, relations: set[tuple[str | None, str]]) -> bool:
    return is_part(target) and (target.schema, target.parent) in relations


def present_changes(operations: tuple[Operation, ...]) -> Page:
    """Show the operations in run order, each with its hazards, its SQL, and the SQL that undoes it."""
    if not operations:
        return note("the migrations make this as it is declared; the next revision does nothing to it")
    page: list[Line | Code] = []
    for operation in operations:
        if page:
            page.append(BLANK)
        page.extend(_present_operation(operation))
    return tuple(page)


def _present_operation(operation: Operation) -> Iterable[Line | Code]:
    mark = mark_operations([operation])[operation.target].value
    yield line(Span(f"{mark} ", _TONES[mark]), Span(operation.title, Tone.HEADING), link=operation.target)
    for hazard in operation.hazards:
        yield line(Span(f"  ! {hazard.type}: ", Tone.BAD), hazard.message, indent=4)
    yield from (Code(f"{sql.strip()};") for sql in operation.up)
    if operation.down:
        yield line(dim("-- undone by"))
        yield from (Code(f"{sql.strip()};") for sql in operation.down)
    else:
        yield heading("nothing undoes it")
