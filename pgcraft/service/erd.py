"""The diagram of what the models declare, or of a part of it, in whatever language it is wanted."""

from dataclasses import dataclass
from typing import Literal, assert_never, get_args

from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.lookup import get_objects
from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.errors import PGCraftConfigError
from pgcraft.export.erd.dot import export_dot
from pgcraft.export.erd.draw import TABLES, WITH_VIEWS, choose, draw
from pgcraft.export.erd.draw import Drawn as Drawn
from pgcraft.export.erd.mermaid import export_mermaid
from pgcraft.export.erd.model import Diagram
from pgcraft.export.erd.svg import export_svg
from pgcraft.export.erd.text import export_text
from pgcraft.service.export_types import ExportedFile

ErdFormat = Literal["text", "mermaid", "dot", "svg"]
ERD_FORMATS: tuple[ErdFormat, ...] = get_args(ErdFormat)
_SUFFIXES: dict[ErdFormat, str] = {"text": "txt", "mermaid": "mmd", "dot": "dot", "svg": "svg"}


@dataclass(frozen=True)
class ErdRequest:
    """What is to be drawn.

    Attributes:
        names: of relations, which are shown with their neighbours; all relations when empty.
        schemas: names of those that are shown, which may hold ``*``; all when empty.
        depth: how many lines away a neighbour may be.
        drawn: what is drawn beside tables and keys.
    """

    names: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    depth: int = 1
    drawn: Drawn = TABLES


def make_diagram(catalog: Catalog, request: ErdRequest) -> Diagram:
    """Return the diagram of a catalog, or of the part that is wanted.

    Raises:
        PGCraftConfigError: PGC005, there is no such object, or nothing that is drawn is in such a schema.
    """
    around = {_find_relation(found) for name in request.names for found in get_objects(catalog, name)}
    diagram = choose(draw(catalog, request.drawn), schemas=request.schemas, around=around, depth=request.depth)
    if not diagram.boxes and (request.names or request.schemas):
        wanted = ", ".join((*request.names, *(f"schema {each}" for each in request.schemas)))
        raise PGCraftConfigError(
            "PGC005", f"there is nothing to draw of {wanted}", remedy="views are drawn with --views"
        )
    return diagram


def format_diagram(diagram: Diagram, format_: ErdFormat) -> str:
    """Return a diagram in one of the languages."""
    match format_:
        case "text":
            return export_text(diagram)
        case "mermaid":
            return export_mermaid(diagram)
        case "dot":
            return export_dot(diagram)
        case "svg":
            return export_svg(diagram)
        case _:
            assert_never(format_)


def make_file(catalog: Catalog, format_: ErdFormat) -> ExportedFile:
    """Return the diagram of everything, as a file."""
    return ExportedFile(f"schema.{_SUFFIXES[format_]}", format_diagram(draw(catalog, WITH_VIEWS), format_))


def _find_relation(object_id: ObjectId) -> ObjectId:
    """Return the table that a part stands on; of anything else itself."""
    return object_id if object_id.kind in RELATIONS or object_id.parent is None else object_id.table
