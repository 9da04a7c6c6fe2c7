"""The Change tab: what the next revision does to an object, step by step, and how to undo it."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.impacts import describe_impacts
from pgcraft.service.types import ChangedObject, Operation
from pgcraft_tui.present.marks import mark_operations
from pgcraft_tui.present.names import is_part
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line, note

_TONES = {"+": Tone.ADDED, "~": Tone.CHANGED, "-": Tone.REMOVED}


def find_operations(operations: Iterable[Operation], node: Node) -> tuple[Operation, ...]:
    """Return the operations on what is under a node, and on parts of it that are not declared any more."""
    inside = {below.object_id for below in node.walk() if below.object_id is not None}
    relations = {(found.schema, found.name) for found in inside if not is_part(found)}
    return tuple(found for found in operations if found.target in inside or _belongs(found.target, relations))


def _belongs(target: ObjectId, relations: set[tuple[str | None, str]]) -> bool:
    return is_part(target) and (target.schema, target.parent) in relations


def join_changed(changed: Iterable[ChangedObject], node: Node) -> tuple[str, str]:
    """Return the DDL by the migrations and as declared of what has changed under a node; of a part, its relation's."""
    inside = {below.object_id for below in (node, *node.ancestors()) if below.object_id is not None}
    inside.update(below.object_id for below in node.walk() if below.object_id is not None)
    schemas = {found for found in inside if found.kind is Kind.SCHEMA and found != node.object_id}
    shown = [item for item in changed if item.id in inside - schemas]
    return "\n".join(item.before for item in shown if item.before), "\n".join(
        item.after for item in shown if item.after
    )


def present_changes(operations: tuple[Operation, ...], *, with_sql: bool = True) -> Page:
    """Show the operations in run order, each with its hazards, and with its SQL and that which undoes it."""
    if not operations:
        return note("the migrations make this as it is declared; the next revision does nothing to it")
    page: list[Line | Code] = []
    for operation in operations:
        if page and with_sql:
            page.append(BLANK)
        page.extend(_present_title(operation))
        if with_sql:
            page.extend(_present_sql(operation))
    return tuple(page)


def _present_title(operation: Operation) -> Iterable[Line]:
    mark = mark_operations([operation])[operation.target].value
    yield line(Span(f"{mark} ", _TONES[mark]), Span(operation.title, Tone.HEADING), link=operation.target)
    for hazard in operation.hazards:
        yield line(Span(f"  ! {hazard.type}: ", Tone.BAD), hazard.message, indent=4)
    yield from (line(dim(f"  * {each}"), indent=4) for each in describe_impacts([operation]))


def _present_sql(operation: Operation) -> Iterable[Line | Code]:
    yield from (Code(f"{sql.strip()};") for sql in operation.up)
    if operation.down:
        yield line(dim("-- undone by"))
        yield from (Code(f"{sql.strip()};") for sql in operation.down)
    else:
        yield heading("nothing undoes it")
