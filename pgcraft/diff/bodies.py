"""Functions in SQL: PostgreSQL reads a body when it makes one, and keeps no note of the columns that it names."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.changes import Alteration


def find_named_columns(item: CatalogObject, catalog: Catalog) -> Iterator[ObjectId]:
    """Return the columns that the body of a function names, of tables that it stands on; none that call it."""
    function = item.definition
    if not isinstance(function, Function) or function.is_atomic or function.language != "sql":
        return
    tables = (catalog.by_id[each] for each in item.depends_on if each.kind is Kind.TABLE)
    for part in (part for table in tables for part in table.parts if part.kind is Kind.COLUMN):
        if mentions_name(function.body, part.name) and item.id not in catalog.by_id[part].depends_on:
            yield part


def is_torn(
    object_id: ObjectId, alteration: Alteration, disturbed: frozenset[ObjectId], current: Catalog, wanted: Catalog
) -> bool:
    """Whether a function cannot be replaced where it stands: one body does not fit the types of the other side.

    Args:
        disturbed: columns that go or change.
        current: the database.
        wanted: the models.
    """
    retyped = disturbed & wanted.by_id.keys() if object_id.kind is Kind.FUNCTION else frozenset()
    if not retyped or not any(sql.startswith("CREATE OR REPLACE") for sql in alteration.up):
        return False
    sides = (current, wanted)
    return any(not retyped.isdisjoint(find_named_columns(each.by_id[object_id], each)) for each in sides)
