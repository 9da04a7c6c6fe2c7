"""Columns that count by a sequence on the way to a type that cannot, and from it."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import CatalogObject
from pgcraft.catalog.types import canonical_type
from pgcraft.diff.columns import alter_column
from pgcraft.diff.serials import go_on

_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})


def can_count(column: Column) -> bool:
    """Whether values of the column may come from a sequence."""
    return canonical_type(column.type) in _WHOLE_NUMBERS


def stop_counting(item: CatalogObject) -> tuple[str, ...]:
    """Return the SQL that takes a sequence from a column, before it becomes of a type that cannot have one."""
    counts = item.defined_as(Column).is_counting
    return alter_column(item, _without_sequence(item), ("identity",)) if counts else ()


def start_counting(item: CatalogObject) -> Iterator[str]:
    """Return the SQL that gives a column its sequence again, behind the values that are there."""
    if item.defined_as(Column).is_counting:
        yield from alter_column(_without_sequence(item), item, ("identity",))
    if item.defined_as(Column).identity is not None:
        yield go_on(item)


def _without_sequence(item: CatalogObject) -> CatalogObject:
    return replace(item, definition=replace(item.defined_as(Column), is_serial=False, identity=None))
