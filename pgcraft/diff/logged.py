"""Tables that come to be logged, or not to be: what is logged may point to nothing that is not."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Constraint, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.compare import Change
from pgcraft.graph import order_groups


def find_logged_before(change: Change, *catalogs: Catalog) -> Iterator[ObjectId]:
    """Return the tables that a table waits for: what it points to is logged first, and what points to it unlogged."""
    if "is_unlogged" not in change.facts:
        return
    leaves = change.wanted.defined_as(Table).is_unlogged
    for ends in (ends for catalog in catalogs for _, *ends in _list_ends(catalog)):
        waiting, first = ends[::-1] if leaves else ends
        if waiting == change.id:
            yield first


def find_keys_in_ring(changes: Iterable[Change], current: Catalog, wanted: Catalog) -> Iterator[ObjectId]:
    """Return the foreign keys that are there among tables that wait for each other: none of them could come first."""
    tables = frozenset(change.id for change in changes if "is_unlogged" in change.facts)
    if len(tables) < 2:
        return
    needs: dict[ObjectId, set[ObjectId]] = {}
    for catalog in (current, wanted):
        for _, table, other in _list_ends(catalog):
            needs.setdefault(table, set()).add(other)
    groups = order_groups(tables, {each: needs.get(each, ()) for each in tables}, key=lambda each: each)
    rings = {table: number for number, group in enumerate(groups) if len(group) > 1 for table in group}
    for key, table, other in _list_ends(current):
        if table != other and table in rings and rings[table] == rings.get(other):
            yield key.id


def _list_ends(catalog: Catalog) -> Iterator[tuple[CatalogObject, ObjectId, ObjectId]]:
    """Return foreign keys with the table that each stands on, and the one that it points to."""
    for item in catalog.of_kind(Kind.CONSTRAINT):
        references = item.defined_as(Constraint).references
        if references is not None:
            yield item, item.id.table, ObjectId(Kind.TABLE, *references)
