"""A diagram in the language of Graphviz: https://graphviz.org/doc/info/lang.html."""

from collections.abc import Iterator
from html import escape

from pgcraft.catalog.objects import ObjectId, escape_text
from pgcraft.export.erd.model import Box, Diagram, Edge, Field

_HEAD = (
    "digraph erd {",
    '    graph [rankdir="RL", nodesep="0.4", ranksep="0.8", fontname="Helvetica"];',
    '    node [shape="plain", fontname="Helvetica", fontsize="10"];',
    '    edge [fontname="Helvetica", fontsize="9", dir="both"];',
)


def export_dot(diagram: Diagram) -> str:
    """Return a node for each box, with a port for each column, in a cluster for each schema, and an edge a line."""
    schemas = sorted({box.id.schema or "" for box in diagram.boxes})
    clusters = (line for at, schema in enumerate(schemas) for line in _cluster(at, schema, diagram))
    return "\n".join([*_HEAD, *clusters, *(f"    {_edge(edge)}" for edge in diagram.edges), "}"]) + "\n"


def _cluster(at: int, schema: str, diagram: Diagram) -> Iterator[str]:
    yield f"    subgraph cluster_{at} {{"
    yield f'        label={_quote(schema)}; color="gray";'
    yield from (f"        {_node(box)}" for box in diagram.boxes if box.id.schema == schema)
    yield "    }"


def _node(box: Box) -> str:
    rows = [f'<tr><td bgcolor="lightgray" colspan="3"><b>{_text(box.id.name)}</b></td></tr>']
    rows += [_row(field) for field in box.fields]
    rows += [f'<tr><td align="left" colspan="3"><i>{_text(note)}</i></td></tr>' for note in box.notes]
    label = f'<table border="0" cellborder="1" cellspacing="0">{"".join(rows)}</table>'
    return f"{_name(box.id)} [label=<{label}>];"


def _row(field: Field) -> str:
    name = f"<b>{_text(field.name)}</b>" if field.is_required else _text(field.name)
    cells = (name, _text(field.type), ", ".join(field.marks))
    first = f'<td align="left" port="{_port(field.name)}">{cells[0]}</td>'
    return f"<tr>{first}" + "".join(f'<td align="left">{cell}</td>' for cell in cells[1:]) + "</tr>"


def _edge(edge: Edge) -> str:
    if edge.kind == "reads":
        return f'{_name(edge.start)} -> {_name(edge.end)} [style="dashed", arrowtail="none", arrowhead="open"];'
    start = f"{_name(edge.start)}:{_port(edge.columns[0])}" if edge.columns else _name(edge.start)
    end = f"{_name(edge.end)}:{_port(edge.referenced[0])}" if edge.referenced else _name(edge.end)
    tail = "teeodot" if edge.is_unique else "crowodot"
    head = "teetee" if edge.is_required else "teeodot"
    return f'{start} -> {end} [arrowtail="{tail}", arrowhead="{head}", tooltip={_quote(edge.name)}];'


def _name(object_id: ObjectId) -> str:
    return _quote(f"{object_id.schema}.{object_id.name}")


def _port(name: str) -> str:
    """Return a port that stands for a column: letters and digits alone, for all else divides there."""
    return "c" + name.encode().hex()


def _quote(text: str) -> str:
    return '"' + escape_text(text).replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return escape(escape_text(text))
