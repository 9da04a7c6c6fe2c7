"""Foreign keys that cannot be made together with their table."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Constraint, Index, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId
from pgcraft.graph import order_groups
from pgcraft.render.tables import foreign_keys


def find_separate_keys(tables: Iterable[CatalogObject], catalog: Catalog) -> frozenset[ObjectId]:
    """Return the foreign keys of tables that are made (or dropped) together which stand for themselves.

    These are the ones between tables of a ring, and those of a table to a unique index of its own, or to itself where
    it is divided.

    Args:
        catalog: the one that the tables are of.
    """
    by_name = {table.id.qualified: table for table in tables}
    keys = {name: foreign_keys(table, catalog) for name, table in by_name.items()}
    needs = {
        name: [target for key in found if (target := key.defined_as(Constraint).references)]
        for name, found in keys.items()
    }
    ring = {name: frozenset(group) for group in order_groups(by_name, needs, key=lambda name: name) for name in group}
    return frozenset(
        key.id
        for name, found in keys.items()
        for key in found
        for target in [key.defined_as(Constraint).references]
        if target in ring[name] and (target != name or _stands_beside(by_name[name], key, catalog))
    )


def _stands_beside(table: CatalogObject, key: CatalogObject, catalog: Catalog) -> bool:
    """Whether a foreign key to its own table points to what comes after that: a unique index, or its partitions."""
    if table.defined_as(Table).partition_by:
        return True
    columns = set(key.defined_as(Constraint).referenced_columns)
    parts = (catalog.by_id[part].definition for part in table.parts)
    return any(isinstance(part, Index) and part.unique and set(part.columns) == columns for part in parts)
