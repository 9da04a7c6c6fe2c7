"""Objects as a tree of text, or one a line."""

from collections.abc import Callable, Iterable, Iterator

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.kinds import KINDS, PARTS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, escape_text
from pgcraft.catalog.origins import Layer
from pgcraft.cli.details import say_facts, say_origin
from pgcraft.service.grouping import Grouping


def draw_tree(catalog: Catalog, items: Iterable[CatalogObject], by: Grouping) -> str:
    """Return the tree: groups, in each the kinds with their counts, in each the objects with whose they are."""
    shown = tuple(items)
    parts = {part for item in shown for part in item.parts}
    groups: dict[str, list[CatalogObject]] = {}
    for item in shown:
        if item.id not in parts:
            groups.setdefault(_GROUPERS[by](item), []).append(item)
    lines = (line for name in sorted(groups) for line in _draw_group(catalog, name, groups[name]))
    return "\n".join(lines)


def draw_plain(catalog: Catalog, items: Iterable[CatalogObject]) -> str:
    """Return one line an object, in sentences that can be read aloud."""
    return "\n".join(_say(catalog, item) for item in items)


def _draw_group(catalog: Catalog, name: str, items: list[CatalogObject]) -> Iterator[str]:
    yield name
    for kind in Kind:
        members = [item for item in items if item.id.kind is kind]
        if members:
            yield f"  {_plural(kind)} {len(members)}"
            width = max(len(_short(item.id)) for item in members)
            for item in members:
                yield f"    {_short(item.id).ljust(width)}  {_note(item)}".rstrip()
                yield from (f"      {line}" for line in _draw_parts(catalog, item))


def _draw_parts(catalog: Catalog, item: CatalogObject) -> Iterator[str]:
    for kind in PARTS:
        names = [escape_text(part.name) for part in item.parts if part.kind is kind and part in catalog.by_id]
        if names:
            yield f"{_plural(kind)} {len(names)}: {', '.join(names)}"


def _say(catalog: Catalog, item: CatalogObject) -> str:
    facts = "; ".join(f"{name} {text}" for name, text in say_facts(item))
    parts = "; ".join(_draw_parts(catalog, item))
    origin = say_origin(item)
    return ". ".join(
        part for part in (str(item.id), escape_text(item.role), facts, parts, origin and f"Made by {origin}") if part
    )


def _note(item: CatalogObject) -> str:
    granted = ", ".join(item.definition.privileges) if isinstance(item.definition, Grant) else ""
    return " · ".join(part for part in (granted, escape_text(item.role), say_origin(item)) if part)


def _short(object_id: ObjectId) -> str:
    """An object's name inside its group, on one line."""
    return escape_text(_name(object_id))


def _name(object_id: ObjectId) -> str:
    match object_id.kind:
        case Kind.FUNCTION:
            return f"{object_id.name}{object_id.arguments}"
        case Kind.GRANT:
            target = object_id.granted_on
            return f"{target.kind}{target.arguments} {target.name} to {object_id.grantee}"
        case Kind.COLUMN | Kind.CONSTRAINT | Kind.TRIGGER | Kind.POLICY:
            return f"{object_id.parent}.{object_id.name}"
        case _:
            return object_id.name


def _plural(kind: Kind) -> str:
    return KINDS[kind].plural


def _group_by_schema(item: CatalogObject) -> str:
    if item.id.kind is Kind.SCHEMA or (item.id.kind is Kind.GRANT and item.id.granted_on.kind is Kind.SCHEMA):
        return item.id.name
    return item.id.schema or "(whole database)"


def _group_by_factory(item: CatalogObject) -> str:
    found = next((origin for origin in item.origins if origin.layer is Layer.FACTORY), None)
    return f"{found.name}  {found.declared_at}".rstrip() if found else "(no factory)"


def _group_by_extension(item: CatalogObject) -> str:
    found = next((origin for origin in item.origins if origin.layer is Layer.EXTENSION), None)
    return found.name if found else "(no extension)"


_GROUPERS: dict[Grouping, Callable[[CatalogObject], str]] = {
    Grouping.SCHEMA: _group_by_schema,
    Grouping.FACTORY: _group_by_factory,
    Grouping.EXTENSION: _group_by_extension,
}
