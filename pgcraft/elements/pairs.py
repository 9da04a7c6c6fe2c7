"""An object as SQLAlchemy's element, as it is in the database and as the models mean it."""

from collections.abc import Mapping

from sqlalchemy import Table
from sqlalchemy.schema import SchemaItem

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.elements.declared import find_constraint
from pgcraft.elements.tables import Elements


class Pairs:
    """Finds the elements of both sides.

    Args:
        current: the database.
        wanted: the models.
        declared: tables, columns and indexes of the models, as the user wrote them.
    """

    def __init__(self, current: Catalog, wanted: Catalog, declared: Mapping[ObjectId, SchemaItem]) -> None:
        self._current = current
        self._wanted = wanted
        self._declared = declared
        self._there = Elements(current)
        self._meant = Elements(wanted)

    def make_there(self, object_id: ObjectId) -> SchemaItem | None:
        """Return what the database has; None for nothing."""
        item = self._current.find(object_id)
        return None if item is None else self._there.make_anyway(item)

    def make_meant(self, object_id: ObjectId) -> SchemaItem | None:
        """Return what the models have, the user's own where there is one; None for nothing."""
        item = self._wanted.find(object_id)
        if item is None:
            return None
        declared = self._declared.get(object_id)
        table = self._declared.get(object_id.table) if object_id.kind is Kind.CONSTRAINT else None
        if isinstance(table, Table):
            declared = find_constraint(table, item)
        return self._meant.make_anyway(item) if declared is None else declared

    def make_tables(self, table: ObjectId) -> tuple[Table | None, Table | None]:
        """Return a table as it is there and as it is meant."""
        there, meant = self.make_there(table), self.make_meant(table)
        return there if isinstance(there, Table) else None, meant if isinstance(meant, Table) else None
