"""Types that the models name without a schema and nobody declares, as an extension's: the database found them."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Column, Domain
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.tokens import split_top_level


def adopt_schemas(wanted: Catalog, current: Catalog) -> Catalog:
    """Return the wanted catalog with the schemas in which the database found such types.

    They stand in the types of columns and domains, and in the ids of functions, and so of what is granted on these.
    """
    ids = dict(_find_functions(wanted, current))
    changed = {item.id: item for item in _find_retyped(wanted, current)}
    if not ids and not changed:
        return wanted
    return make_catalog(_rename(changed.get(item.id, item), ids) for item in wanted.objects)


def _find_retyped(wanted: Catalog, current: Catalog) -> Iterator[CatalogObject]:
    for item in wanted.of_kind(Kind.COLUMN, Kind.DOMAIN):
        old, new = getattr(current.find(item.id), "definition", None), item.definition
        if isinstance(old, Column | Domain) and isinstance(new, Column | Domain) and _is_found(new.type, old.type):
            yield replace(item, definition=replace(new, type=old.type))


def _find_functions(wanted: Catalog, current: Catalog) -> Iterator[tuple[ObjectId, ObjectId]]:
    """Return the ids of functions with those that they have in the database."""
    fresh = [item.id for item in wanted.of_kind(Kind.FUNCTION) if item.id not in current.by_id and item.id.signature]
    if not fresh:
        return
    there: dict[tuple[str, str], list[ObjectId]] = {}
    for item in current.of_kind(Kind.FUNCTION):
        if item.id not in wanted.by_id:
            there.setdefault(item.id.qualified, []).append(item.id)
    for each in fresh:
        for other in there.get(each.qualified, ()):
            types, found = (split_top_level(side.signature or "") for side in (each, other))
            if len(types) == len(found) and all(a == b or _is_found(a, b) for a, b in zip(types, found, strict=True)):
                yield each, other


def _is_found(bare: str, full: str) -> bool:
    """Whether one name is the other without its schema."""
    return "." not in bare and full.endswith(f".{bare}")


def _rename(item: CatalogObject, ids: dict[ObjectId, ObjectId]) -> CatalogObject:
    if not ids:
        return item
    own = ids.get(item.id, item.id)
    if own.kind is Kind.GRANT and own.granted_on in ids:
        own = ids[own.granted_on].granted_to(own.grantee)
    return replace(
        item,
        id=own,
        parts=tuple(ids.get(part, part) for part in item.parts),
        depends_on=tuple(ids.get(needed, needed) for needed in item.depends_on),
    )
