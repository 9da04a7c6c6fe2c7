"""A diagram for a terminal: a frame for each box, and in it where its keys lead."""

from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from pgcraft.catalog.objects import ObjectId, escape_text
from pgcraft.export.erd.model import Box, Diagram, Edge


def export_text(diagram: Diagram) -> str:
    """Return the frames one under the other, sorted by their names."""
    leading: dict[ObjectId, list[Edge]] = {}
    for edge in diagram.edges:
        leading.setdefault(edge.start, []).append(edge)
    return "\n\n".join("\n".join(_frame(box, leading.get(box.id, []))) for box in diagram.boxes) + "\n"


def _frame(box: Box, edges: list[Edge]) -> Iterator[str]:
    rows = [*_rows(box, edges)]
    sections = [rows, *([list(map(escape_text, box.notes))] if box.notes else [])]
    title = escape_text(box.title)
    width = max(map(_measure, (f"{title} ", *(line for section in sections for line in section))))
    yield f"┌─ {title} {'─' * (width - _measure(title) - 1)}┐"
    for at, section in enumerate(sections):
        if at and sections[0]:
            yield f"├{'─' * (width + 2)}┤"
        yield from (f"│ {_pad(line, width)} │" for line in section)
    yield f"└{'─' * (width + 2)}┘"


def _rows(box: Box, edges: list[Edge]) -> Iterator[str]:
    """Return a line a column: name, type, marks and NOT NULL, where it leads; then what leads from no column."""
    cells = [
        (
            escape_text(field.name),
            escape_text(field.type),
            " ".join((*field.marks, *(["not null"] if field.is_required and "PK" not in field.marks else []))),
            ", ".join(_say_end(edge) for edge in edges if edge.columns[:1] == (field.name,)),
        )
        for field in box.fields
    ]
    widths = [max((_measure(row[at]) for row in cells), default=0) for at in range(3)]
    for row in cells:
        yield "  ".join(_pad(cell, width) for cell, width in zip(row, (*widths, 0), strict=True)).rstrip()
    shown = {field.name for field in box.fields}
    for edge in edges:
        if not edge.columns or edge.columns[0] not in shown:
            yield f"reads {_name(edge.end)}" if edge.kind == "reads" else _say_end(edge)


def _measure(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(combining(char) > 0 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _measure(text))


def _say_end(edge: Edge) -> str:
    """Return ``→ sales.customers(id)``, and of a key of several columns with them."""
    columns = f"({', '.join(edge.columns)}) " if len(edge.columns) > 1 else ""
    return f"{columns}→ {_name(edge.end)}({', '.join(map(escape_text, edge.referenced))})"


def _name(object_id: ObjectId) -> str:
    return escape_text(f"{object_id.schema}.{object_id.name}")
