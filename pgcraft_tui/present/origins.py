"""The Origin tab: the layers of code that made an object, each with its place; and the line under its DDL."""

from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId, escape_text
from pgcraft.catalog.origins import Layer, Origin, list_origins
from pgcraft.errors import Place
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Page, Span, Tone, dim, heading, line, link_rows, note, strong, table

_ROLES = {
    Layer.USER: "your code",
    Layer.FACTORY: "factory",
    Layer.PLUGIN: "plugin",
    Layer.EXTENSION: "extension",
}


def find_place(item: CatalogObject) -> Place | None:
    """Return the line of the user's file that made the object: of the first layer that knows one."""
    return next((_place(origin) for origin in item.origins if origin.file), None)


def find_node_place(catalog: Catalog, node: Node) -> Place | None:
    """Return the declaring line of a node: its object's, or, of a group, the one that all objects below share."""
    if node.object_id is not None:
        item = catalog.find(node.object_id)
        return find_place(item) if item is not None else None
    shared: Place | None = None
    for below in node.walk():
        item = catalog.find(below.object_id) if below.object_id is not None else None
        place = find_place(item) if item is not None else shared
        if shared is not None and place != shared:
            return None
        shared = place
    return shared


def format_made_by(item: CatalogObject) -> str:
    """Return one line: ``made by PostgRESTView("products") · extension postgrest · models.py:41``."""
    return f"made by {' · '.join(list_origins(item.origins))}" if item.origins else ""


def present_origins(catalog: Catalog, node: Node) -> Page:
    """Show who made the object and who had a hand in it; of a group, which declarations made what is below."""
    if node.object_id is None:
        return _present_makers(catalog, node)
    item = catalog.find(node.object_id)
    if item is None:
        return note("it is no longer declared, so nobody makes it")
    if not item.origins:
        return note("nobody said who made it: it was put on the MetaData without pgcraft's knowing")
    rows = table([_row(at, origin) for at, origin in enumerate(item.origins)])
    trail = link_rows(rows, [_place(origin) for origin in item.origins])
    role = (line(strong(escape_text(item.role))), BLANK) if item.role else ()
    return (*role, heading("From who made it to who last changed it"), *trail, *_present_parts(catalog, item))


def _row(at: int, origin: Origin) -> tuple[Span, ...]:
    place = Span(origin.declared_at, Tone.LINK) if origin.file else dim("no file known")
    return (dim(f"{at + 1}"), dim(_ROLES[origin.layer]), strong(origin.name), place)


def _present_parts(catalog: Catalog, item: CatalogObject) -> Page:
    """List the parts that others have made: a plugin's column, an extension's trigger."""
    foreign = [part for part in map(catalog.find, item.parts) if part is not None and part.origins != item.origins]
    if not foreign:
        return ()
    names = table([(dim(str(part.id.kind)), strong(part.id.name), Span(_short(part))) for part in foreign])
    rows = link_rows(names, [part.id for part in foreign])
    return (BLANK, heading("Parts with an origin of their own"), *rows)


def _short(item: CatalogObject) -> str:
    last = item.origins[-1] if item.origins else None
    return f"{_ROLES[last.layer]} {last.name}" if last else "unknown"


def _present_makers(catalog: Catalog, node: Node) -> Page:
    made: dict[Origin | None, list[ObjectId]] = {}
    for item in map(catalog.find, node.object_ids()):
        if item is not None:
            made.setdefault(item.origins[0] if item.origins else None, []).append(item.id)
    if not made:
        return note("nothing is declared here")
    ordered = sorted(
        made.items(), key=lambda pair: (pair[0] is None, pair[0].file, pair[0].line) if pair[0] else (True,)
    )
    rows = table(
        [
            (
                dim(f"{len(ids):>4}"),
                strong(origin.name if origin else "unknown"),
                dim(origin.declared_at if origin else ""),
            )
            for origin, ids in ordered
        ]
    )
    return (
        heading("Declarations that made what is below, with the number of objects"),
        *link_rows(rows, [_place(origin) if origin is not None else None for origin, _ in ordered]),
    )


def _place(origin: Origin) -> Place | None:
    return Place(origin.file, origin.line, origin.name) if origin.file else None
