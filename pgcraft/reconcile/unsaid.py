"""What models leave to the server: whether a generated column is stored."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Column
from sqlalchemy.schema import SchemaItem

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, Kind, ObjectId, put_in


def adopt_storage(wanted: Catalog, current: Catalog, declared: Mapping[ObjectId, SchemaItem]) -> Catalog:
    """Return the wanted catalog with generated columns as they are there, where the models do not say which they mean.

    A new one is stored: PostgreSQL 18 chooses otherwise than those before.
    """
    found = {}
    for item in wanted.of_kind(Kind.COLUMN):
        column = item.defined_as(definitions.Column)
        other = None if column.generated is None else current.find(item.id)
        if other is None or _is_said(declared.get(item.id)):
            continue
        there = other.defined_as(definitions.Column)
        if there.generated is not None and there.is_virtual is not column.is_virtual:
            found[item.id] = replace(item, definition=replace(column, is_virtual=there.is_virtual))
    return put_in(wanted, found) if found else wanted


def _is_said(declared: SchemaItem | None) -> bool:
    computed = declared.computed if isinstance(declared, Column) else None
    return computed is None or computed.persisted is not None
