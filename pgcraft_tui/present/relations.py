"""The Relations tab: what objects depend on and what uses them, both ways, as links."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog, Kind, ObjectId, escape_text
from pgcraft_tui.present.names import PLURALS, format_qualified, is_part
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, heading, line, link_rows, table

_Links = dict[ObjectId, list[ObjectId]]
_ORDER = {kind: place for place, kind in enumerate(PLURALS)}


def present_relations(catalog: Catalog, node: Node) -> Page:
    """Show what is needed from outside the node, and what outside uses it; parts are counted as the node's own."""
    inside = set(node.object_ids())
    needed: _Links = {}
    used_by: _Links = {}
    for object_id in sorted(inside):
        item = catalog.find(object_id)
        for other in item.depends_on if item is not None else ():
            if other not in inside:
                needed.setdefault(other, []).append(object_id)
        for other in catalog.dependents.get(object_id, ()):
            if other not in inside:
                used_by.setdefault(other, []).append(object_id)
    return (
        *_section(catalog, "Depends on", "nothing", needed, node.object_id),
        BLANK,
        *_section(catalog, "Used by", "nobody", _fold_parts(catalog, used_by), node.object_id),
    )


def _fold_parts(catalog: Catalog, links: _Links) -> _Links:
    """Name a relation once instead of each of its parts, unless the parts are all that is known of it."""
    owners = {found.qualified: found for found in links if not is_part(found)}
    folded: _Links = {}
    for other, via in links.items():
        owner = owners.get(other.relation) if is_part(other) else None
        if owner is None or catalog.find(owner) is None:
            folded.setdefault(other, []).extend(via)
    return folded


def _section(catalog: Catalog, title: str, nothing: str, links: _Links, own: ObjectId | None) -> Iterable[Line]:
    yield heading(f"{title} {len(links)}" if links else title)
    if not links:
        yield line("  ", dim(nothing))
        return
    ordered = sorted(links, key=lambda other: (_ORDER[other.kind], other))
    yield from link_rows(table([_row(catalog, other, links[other], own) for other in ordered], lead=2), ordered)


def _row(catalog: Catalog, other: ObjectId, via: list[ObjectId], own: ObjectId | None) -> tuple[Span, ...]:
    name = format_qualified(other) if other.parent is None or is_part(other) else str(other).removeprefix("grant ")
    found = catalog.find(other)
    role = (dim(escape_text(found.role)),) if found is not None and found.role else ()
    row = (dim(str(other.kind)), Span(name, Tone.LINK), *role)
    through = sorted({object_id for object_id in via if object_id != own})
    if not through or other.kind is Kind.SCHEMA:  # everything in a schema needs it
        return row
    more = f" and {len(through) - 2} more" if len(through) > 2 else ""
    return (*row, dim("by " + ", ".join(_name_part(found) for found in through[:2]) + more))


def _name_part(part: ObjectId) -> str:
    return f"grant to {part.parent}" if part.kind is Kind.GRANT else f"{part.kind} {part.name}"
