"""Tables that come to be logged, or not to be: what is logged may point to nothing that is not."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Constraint, Table
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.compare import Change


def find_logged_before(change: Change, *catalogs: Catalog) -> Iterator[ObjectId]:
    """Return the tables that a table waits for: what it points to is logged first, and what points to it unlogged."""
    if "is_unlogged" not in change.facts:
        return
    leaves = change.wanted.defined_as(Table).is_unlogged
    for item in (item for catalog in catalogs for item in catalog.of_kind(Kind.CONSTRAINT)):
        references = item.defined_as(Constraint).references
        if references is not None:
            ends = (item.id.table, ObjectId(Kind.TABLE, *references))
            waiting, first = ends[::-1] if leaves else ends
            if waiting == change.id:
                yield first
