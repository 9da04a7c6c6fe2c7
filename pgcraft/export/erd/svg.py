"""A diagram as an SVG picture: https://www.w3.org/TR/SVG2/."""

from collections.abc import Iterator
from html import escape

from pgcraft.catalog.objects import escape_text
from pgcraft.export.erd.layout import Layout, Placed, lay_out
from pgcraft.export.erd.model import Box, Diagram, Edge

_LETTER, _LINE, _PAD, _MARGIN = 7.25, 18.0, 8.0, 24.0
_GAP = (110.0, 28.0)
_BEND = 45.0
_HEAD = """\
<style>
text { font: 12px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; }
.title { font-weight: bold; }
.type, .note { fill: #59636e; }
.box { fill: #ffffff; stroke: #59636e; }
.head { fill: #ddf4ff; stroke: #59636e; }
.view .head { fill: #dafbe1; }
.line { fill: none; stroke: #59636e; stroke-width: 1.2; }
.reads { stroke-dasharray: 5 4; }
.end { fill: #ffffff; stroke: #59636e; }
</style>
<defs>
<marker id="many" viewBox="0 0 18 12" refX="0" refY="6" markerWidth="18" markerHeight="12"
 markerUnits="userSpaceOnUse" orient="auto">
<path class="end" d="M0,0 L10,6 L0,12 M0,6 L10,6"/><circle class="end" cx="14" cy="6" r="3.5"/></marker>
<marker id="single" viewBox="0 0 18 12" refX="0" refY="6" markerWidth="18" markerHeight="12"
 markerUnits="userSpaceOnUse" orient="auto">
<path class="end" d="M5,1 V11"/><circle class="end" cx="12" cy="6" r="3.5"/></marker>
<marker id="one" viewBox="0 0 18 12" refX="18" refY="6" markerWidth="18" markerHeight="12"
 markerUnits="userSpaceOnUse" orient="auto">
<path class="end" d="M9,1 V11 M13,1 V11"/></marker>
<marker id="maybe" viewBox="0 0 18 12" refX="18" refY="6" markerWidth="18" markerHeight="12"
 markerUnits="userSpaceOnUse" orient="auto">
<circle class="end" cx="5" cy="6" r="3.5"/><path class="end" d="M13,1 V11"/></marker>
<marker id="read" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="9" markerHeight="9"
 markerUnits="userSpaceOnUse" orient="auto">
<path class="line" d="M0,0 L10,5 L0,10"/></marker>
</defs>
"""


def export_svg(diagram: Diagram) -> str:
    """Return a picture: what is pointed to stands left of what points; keys end in crow's feet, readings are dashed."""
    layout = lay_out(diagram, _measure, _GAP)
    width, height = layout.width + 2 * _MARGIN + _BEND, layout.height + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}">\n{_HEAD}'
        + "".join(f"{line}\n" for line in (*_draw_lines(diagram, layout), *_draw_boxes(layout)))
        + "</svg>\n"
    )


def _measure(box: Box) -> tuple[float, float]:
    rows = _list_rows(box)
    names, types, marks = (max((len(row[at]) for row in rows), default=0) for at in range(3))
    letters = max(len(escape_text(box.title)), names + types + marks + 4, *map(len, map(escape_text, box.notes)), 8)
    return letters * _LETTER + 2 * _PAD, (1 + len(rows) + len(box.notes)) * _LINE + _PAD


def _list_rows(box: Box) -> list[tuple[str, str, str]]:
    """Return name, type and keys of each column; a star behind the name says NOT NULL."""
    return [
        (escape_text(field.name) + ("*" if field.is_required else ""), escape_text(field.type), " ".join(field.marks))
        for field in box.fields
    ]


def _draw_boxes(layout: Layout) -> Iterator[str]:
    for each in layout.placed:
        box, kind = each.box, each.box.id.kind.replace(" ", "-")
        yield f'<g class="{"view" if "view" in kind else "table"}"><title>{_text(str(box.id))}</title>'
        yield _rectangle("box", each, each.height)
        yield _rectangle("head", each, _LINE)
        yield _write(each.x + _PAD, each.y, "title", escape_text(box.title))
        rows = _list_rows(box)
        names = max((len(row[0]) for row in rows), default=0)
        for at, (name, type_, marks) in enumerate(rows, 1):
            y = each.y + at * _LINE
            yield _write(each.x + _PAD, y, "name", name)
            yield _write(each.x + _PAD + (names + 2) * _LETTER, y, "type", type_)
            yield _write(each.x + each.width - _PAD - len(marks) * _LETTER, y, "marks", marks)
        for at, note in enumerate(box.notes, 1 + len(rows)):
            yield _write(each.x + _PAD, each.y + at * _LINE, "note", escape_text(note))
        yield "</g>"


def _draw_lines(diagram: Diagram, layout: Layout) -> Iterator[str]:
    by_id = {each.box.id: each for each in layout.placed}
    for edge in diagram.edges:
        start, end = by_id[edge.start], by_id[edge.end]
        is_back = start.rank > end.rank
        x1, x2 = (start.x if is_back else start.x + start.width), end.x + end.width
        y1, y2 = _find_row(start, edge.columns), _find_row(end, edge.referenced)
        if start is end and y1 == y2:
            y2 += _LINE / 2
        out = x1 - _BEND if is_back else max(x1, x2) + _BEND
        path = f"M{x1:.1f},{y1:.1f} C{out:.1f},{y1:.1f} {max(x2 + _BEND, x2):.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
        yield f'<path class="line {edge.kind}" d="{path}"{_ends(edge)}><title>{_text(_name(edge))}</title></path>'


def _ends(edge: Edge) -> str:
    if edge.kind == "reads":
        return ' marker-end="url(#read)"'
    start = "single" if edge.is_unique else "many"
    return f' marker-start="url(#{start})" marker-end="url(#{"one" if edge.is_required else "maybe"})"'


def _name(edge: Edge) -> str:
    columns = f"({', '.join(edge.columns)})" if edge.columns else ""
    verb = "reads" if edge.kind == "reads" else "→"
    return f"{edge.start.schema}.{edge.start.name}{columns} {verb} {edge.end.schema}.{edge.end.name}"


def _find_row(placed: Placed, columns: tuple[str, ...]) -> float:
    """Return the middle of the first column's row; of the title where it is not shown."""
    names = [field.name for field in placed.box.fields]
    row = 1 + names.index(columns[0]) if columns and columns[0] in names else 0
    return placed.y + (row + 0.5) * _LINE


def _rectangle(kind: str, placed: Placed, height: float) -> str:
    return (
        f'<rect class="{kind}" x="{placed.x:.1f}" y="{placed.y:.1f}" width="{placed.width:.1f}" height="{height:.1f}"/>'
    )


def _write(x: float, y: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y + _LINE - 5:.1f}">{escape(text)}</text>' if text else ""


def _text(text: str) -> str:
    return escape(escape_text(text))
