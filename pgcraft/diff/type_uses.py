"""What stands on types: columns, other types that are made of them, and what reads these."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Column, Constraint, Domain, Index
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.cascade import find_fallen
from pgcraft.identifiers import quote_qualified

_ARRAY = "[]"


def list_names(item: CatalogObject) -> tuple[str, ...]:
    """Return the names by which columns are of a type; a range type comes with a multirange type."""
    names = [item.id.name]
    if isinstance(item.definition, Range):
        names.append(item.definition.multirange)
    return tuple(quote_qualified(item.id.schema, name) for name in names)


def find_columns(catalog: Catalog, *type_ids: ObjectId) -> tuple[CatalogObject, ...]:
    """Return the columns of types or of arrays of them, sorted."""
    found = (catalog.by_id[type_id] for type_id in type_ids if type_id in catalog.by_id)
    names = {name for item in found for name in list_names(item)}
    return tuple(item for item in catalog.of_kind(Kind.COLUMN) if element_type(item) in names)


def find_kept_columns(
    current: Catalog, wanted: Catalog, going: frozenset[ObjectId], *type_ids: ObjectId
) -> tuple[CatalogObject, ...]:
    """Return the columns of types that stay of one of them, as they are; what is of another type changes by itself.

    Args:
        current: the database, with columns of others.
        wanted: the models.
        going: what goes for good.
        type_ids: of the types.
    """
    names = {name for each in type_ids if (item := wanted.find(each)) for name in list_names(item)}
    columns = (each for each in find_columns(current, *type_ids) if going.isdisjoint((each.id, each.id.table)))
    return tuple(each for each in columns if (new := wanted.find(each.id)) is None or element_type(new) in names)


def element_type(column: CatalogObject) -> str:
    """Return the type of a column, of an array that of its elements."""
    return column.defined_as(Column).type.removesuffix(_ARRAY)


def find_nested(catalog: Catalog, type_id: ObjectId) -> frozenset[ObjectId]:
    """Return the types that are made of one, at any depth."""
    found: set[ObjectId] = set()
    waiting = [type_id]
    while waiting:
        users = catalog.dependents.get(waiting.pop(), ())
        fresh = {each for each in users if each.kind in TYPES} - found
        found |= fresh
        waiting += fresh
    return frozenset(found - {type_id})


def holds_rows(catalog: Catalog, type_id: ObjectId) -> bool:
    """Whether a column is of a type, or of one that is made of it."""
    return bool(find_columns(catalog, type_id, *find_nested(catalog, type_id)))


def is_in_container(catalog: Catalog, domain_id: ObjectId) -> bool:
    """Whether a column holds values of a domain inside of others: in an array, a composite type or a range."""
    nested = find_nested(catalog, domain_id)
    bare = {domain_id, *_find_domains_on(catalog, domain_id)}
    plain = {name for each in bare for name in list_names(catalog.by_id[each])}
    return any(item.defined_as(Column).type not in plain for item in find_columns(catalog, domain_id, *nested))


def _find_domains_on(catalog: Catalog, domain_id: ObjectId) -> Iterator[ObjectId]:
    """Return the domains that are made of a domain itself, at any depth, and not of arrays of it."""
    (name,) = list_names(catalog.by_id[domain_id])
    for each in catalog.dependents.get(domain_id, ()):
        definition = catalog.by_id[each].definition
        if isinstance(definition, Domain) and definition.type == name:
            yield each
            yield from _find_domains_on(catalog, each)


def find_standing(type_ids: Iterable[ObjectId], catalog: Catalog, wanted: Catalog) -> frozenset[ObjectId]:
    """Return what stands on types or their columns and stays; what others built is not ours to drop.

    Args:
        type_ids: of the types.
        catalog: the database.
        wanted: the models.
    """
    listed = tuple(type_ids)
    columns = find_columns(catalog, *listed)
    fallen = find_fallen(catalog, [*listed, *(column.id for column in columns)])
    return (fallen | _find_texts(catalog, columns, listed)).intersection(wanted.by_id)


def _find_texts(
    catalog: Catalog, columns: tuple[CatalogObject, ...], type_ids: tuple[ObjectId, ...]
) -> frozenset[ObjectId]:
    """Return constraints and indexes of the columns' tables that hold a constant of a type."""
    tables = {column.id.table for column in columns}
    parts = (catalog.by_id[part] for table in tables for part in catalog.by_id[table].parts)
    return frozenset(part.id for part in parts if any(holds_constant(part, type_id) for type_id in type_ids))


def holds_constant(item: CatalogObject, type_id: ObjectId) -> bool:
    """Whether the text of a constraint or an index names a type."""
    match item.definition:
        case Constraint():
            return mentions_name(item.definition.text, type_id.name)
        case Index():
            texts = (*item.definition.elements, item.definition.where or "")
            return any(mentions_name(text, type_id.name) for text in texts)
        case _:
            return False
