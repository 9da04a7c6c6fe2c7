"""The API tab: what PostgREST will make of a view, or of the views under a node."""

import re
from collections.abc import Iterable

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.api_types import ApiColumn, ApiPreview, ApiResource, ApiTrial
from pgcraft_tui.present.names import format_qualified
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import (
    BLANK,
    Code,
    Line,
    Page,
    Span,
    Tone,
    dim,
    heading,
    line,
    link_rows,
    note,
    strong,
    table,
)

NO_API = "PostgREST does not expose this: it has no API view. PostgRESTView(source) in models.py makes one."


TRY_HINT = "a runs a GET, POST, PATCH and DELETE in the development database, as PostgREST would, and shows the answers"


SERVE_HINT = "A starts PostgREST itself on this machine, over all objects with some rows in them"

_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "


def find_views(resources: Iterable[ApiResource], node: Node) -> tuple[ObjectId, ...]:
    """Return the API views that a node stands for: itself, those below, or those that expose the object."""
    inside = set(node.object_ids())
    views = {resource.view for resource in resources if resource.view in inside}
    if not views:
        views = {resource.view for resource in resources if resource.source in inside}
    return tuple(sorted(views))


def present_api(
    previews: tuple[ApiPreview, ...], node: Node, trial: ApiTrial | None = None, served_at: str = ""
) -> Page:
    """Show one view in full, with what its requests were answered; several views as a list of endpoints.

    Args:
        served_at: where PostgREST answers; empty while none runs.
    """
    if not previews:
        return note(NO_API)
    if len(previews) == 1:
        answers = (BLANK, *_present_trial(trial)) if trial is not None else (line(dim(TRY_HINT)), BLANK)
        return tuple(_present_view(previews[0], node, (*_present_served(served_at), *answers)))
    rows = table([_row_of_view(each) for each in previews])
    served = (*_present_served(served_at), BLANK)
    return (*served, heading(f"Endpoints {len(previews)}"), *link_rows(rows, [each.view for each in previews]))


def _present_served(served_at: str) -> Page:
    if not served_at:
        return (line(dim(SERVE_HINT)),)
    return (line(dim("served at "), Span(served_at, Tone.GOOD), dim("  A stops it")),)


def _row_of_view(preview: ApiPreview) -> tuple[Span, ...]:
    return (strong(preview.endpoint), dim(format_qualified(preview.view)), Span(_join_methods(preview)))


def _present_view(preview: ApiPreview, node: Node, answers: Page) -> Iterable[Line | Code]:
    profile = (dim("  Accept-Profile: "), Span(preview.profile)) if preview.profile else ()
    yield line(dim("endpoint  "), strong(preview.endpoint), *profile)
    if preview.view != node.object_id:
        yield line(dim("through   "), Span(str(preview.view), Tone.LINK), link=preview.view)
    yield BLANK
    yield heading("Methods per role")
    yield from table([(strong(role), *_methods(methods)) for role, methods in preview.methods], lead=2)
    yield BLANK
    yield from answers
    yield heading(f"Columns {len(preview.columns)}")
    yield from table([_column(column) for column in preview.columns], lead=2)
    for title, command in preview.curls:
        yield BLANK
        yield heading(title)
        yield Code(command, "console")


def _present_trial(trial: ApiTrial) -> Iterable[Line | Code]:
    """Show each request with its answer, as it was in the development database."""
    for each in trial.exchanges:
        tone = Tone.GOOD if each.status < 300 else Tone.WARNING if each.is_refused else Tone.BAD
        yield line(Span(str(each.status), tone), "  ", strong(f"{each.method} {each.path}"), dim(f"  as {each.role}"))
        if each.body:
            yield line(dim("  sent "), each.body, indent=7)
        if each.answer:
            yield Code(indent_json(each.answer), "json")
        yield BLANK


def _methods(methods: tuple[str, ...]) -> tuple[Span, ...]:
    return (Span(" ".join(methods), Tone.GOOD) if methods else dim("none"),)


def _column(column: ApiColumn) -> tuple[Span, ...]:
    if not column.is_writable:
        can = Span(f"read only: {column.reason}", Tone.WARNING)
    elif column.default is not None:
        can = Span(f"writable, {column.default} when left out", Tone.GOOD)
    else:
        can = Span("writable" if column.nullable else "writable, required", Tone.GOOD)
    return (strong(column.name), Span(column.type), can)


def _join_methods(preview: ApiPreview) -> str:
    return "; ".join(f"{role}: {' '.join(methods) or 'none'}" for role, methods in preview.methods)


def indent_json(text: str) -> str:
    """Put each member on its own line, every number and string as it was written; what is no JSON becomes its words."""
    pieces: list[str] = []
    depth = 0
    before = ""
    for word in _WORDS.findall(text):
        if word in "}]":
            depth -= 1
            pieces.append("" if before in ("{", "[") else _break(depth))
        elif before in ("{", "["):
            pieces.append(_break(depth))
        pieces.append(word)
        if word in "{[":
            depth += 1
        elif word == ",":
            pieces.append(_break(depth))
        elif word == ":":
            pieces.append(" ")
        before = word
    return "".join(pieces)


def _break(depth: int) -> str:
    return "\n" + _INDENT * max(depth, 0)
