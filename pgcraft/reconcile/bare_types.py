"""Types that the models name without a schema and nobody declares, as an extension's: the database found them."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Column, Definition, Domain
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog, put_in
from pgcraft.catalog.tokens import split_top_level


def adopt_schemas(wanted: Catalog, current: Catalog) -> Catalog:
    """Return the wanted catalog with the schemas in which the database found such types.

    They stand in the types of columns, in what types are made of, in the ids of functions, and so of what is granted
    on these.
    """
    ids = dict(_find_functions(wanted, current))
    changed = {item.id: item for item in _find_retyped(wanted, current)}
    if not ids and not changed:
        return wanted
    retyped = put_in(wanted, changed)
    return make_catalog(_rename(item, ids) for item in retyped.objects) if ids else retyped


def _find_retyped(wanted: Catalog, current: Catalog) -> Iterator[CatalogObject]:
    for found in current.of_kind(Kind.COLUMN, *TYPES):
        item = wanted.find(found.id)
        if item is None:
            continue
        definition = _retype(item.definition, found.definition)
        if definition is not item.definition and definition != item.definition:
            yield replace(item, definition=definition)


def _retype(new: Definition, old: Definition) -> Definition:
    """Return the facts of a column or a type with the types that the database found."""
    if isinstance(new, Column | Domain) and isinstance(old, Column | Domain):
        return replace(new, type=old.type) if _is_found(new.type, old.type) else new
    if isinstance(new, Range) and isinstance(old, Range):
        return replace(new, subtype=_find(new.subtype, old.subtype))
    if isinstance(new, Composite) and isinstance(old, Composite):
        there = dict(old.attributes)
        return replace(
            new, attributes=tuple((name, _find(type_, there.get(name, ""))) for name, type_ in new.attributes)
        )
    return new


def _find(bare: str, full: str) -> str:
    return full if _is_found(bare, full) else bare


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
    own = ids.get(item.id, item.id)
    if own.kind is Kind.GRANT and own.granted_on in ids:
        own = ids[own.granted_on].granted_to(own.grantee)
    return replace(
        item,
        id=own,
        parts=tuple(ids.get(part, part) for part in item.parts),
        depends_on=tuple(ids.get(needed, needed) for needed in item.depends_on),
    )
