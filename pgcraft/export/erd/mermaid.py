"""A diagram in Mermaid's language: https://mermaid.js.org/syntax/entityRelationshipDiagram.html."""

import re
from collections.abc import Iterator

from pgcraft.catalog.objects import ObjectId
from pgcraft.export.erd.model import Box, Diagram, Edge, Field

_NOT_IN_WORDS = re.compile(r"[^\w()\[\]-]+")


def export_mermaid(diagram: Diagram) -> str:
    """Return an entity for each box, a line for each key, and a dotted one for each relation that a view reads.

    Mermaid has no room for notes: they are comments under the entity.
    """
    entities = (line for box in diagram.boxes for line in _entity(box))
    return "\n".join(["erDiagram", *entities, *map(_line, diagram.edges)]) + "\n"


def _entity(box: Box) -> Iterator[str]:
    if box.fields:
        yield f"    {_name(box.id)} {{"
        yield from (f"        {_column(field)}" for field in box.fields)
        yield "    }"
    else:
        yield f"    {_name(box.id)}"
    yield from (f"    %% {_quoted(note)}" for note in box.notes if note not in ("view", "materialized view"))


def _column(field: Field) -> str:
    marks = f" {', '.join(field.marks)}" if field.marks else ""
    note = ' "not null"' if field.is_required and "PK" not in field.marks else ""
    return f"{_word(field.type)} {_word(field.name)}{marks}{note}"


def _line(edge: Edge) -> str:
    if edge.kind == "reads":
        return f'    {_name(edge.start)} ||..|| {_name(edge.end)} : "reads"'
    many, one = "|o" if edge.is_unique else "}o", "||" if edge.is_required else "o|"
    return f'    {_name(edge.start)} {many}--{one} {_name(edge.end)} : "{_quoted(", ".join(edge.columns))}"'


def _name(object_id: ObjectId) -> str:
    return f'"{_quoted(f"{object_id.schema}.{object_id.name}")}"'


def _quoted(text: str) -> str:
    """Mermaid has no way to write a double quote, a percent sign or a line's end in a name."""
    return re.sub(r"[\"%\\]|[^\S ]", "_", text)


def _word(text: str) -> str:
    """Types and columns are words there: ``numeric(10,2)`` gives ``numeric(10-2)``."""
    word = _NOT_IN_WORDS.sub("_", text.replace(",", "-")).strip("_") or "_"
    return word if re.match(r"[^\W\d]", word) else f"_{word}"
