"""Grants on columns that are made again: they go with these."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Column, Grant
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId


def find_regranted(disturbed: Iterable[ObjectId], current: Catalog, wanted: Catalog) -> Iterator[ObjectId]:
    """Return the grants that stay, on generated columns that do not stay as they are.

    Args:
        disturbed: columns and tables on which nothing can stand meanwhile.
        current: the database.
        wanted: the models.
    """
    columns = {(each.relation, each.name) for each in disturbed if _is_generated(wanted.find(each))}
    for item in current.of_kind(Kind.GRANT) if columns else ():
        granted = ((item.id.qualified, name) for _, name in item.defined_as(Grant).columns)
        if item.id in wanted.by_id and not columns.isdisjoint(granted):
            yield item.id


def _is_generated(item: CatalogObject | None) -> bool:
    return item is not None and isinstance(item.definition, Column) and item.definition.generated is not None
