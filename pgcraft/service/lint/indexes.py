"""Indexes that are missing, and those that another one does the work of."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Index
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.lint.parts import list_constraints, list_indexes, list_leading
from pgcraft.service.types import LoadedModels


def find_unindexed_keys(loaded: LoadedModels) -> Iterator[Note]:
    """Foreign keys whose columns lead no index: every delete of a parent reads the whole table."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        led = list_leading(loaded.catalog, table)
        for _, key in list_constraints(loaded.catalog, table):
            is_led = any(set(columns[: len(key.columns)]) == set(key.columns) for columns in led)
            if key.type == "foreign key" and not is_led:
                listed = ", ".join(key.columns)
                yield note(
                    table, f"has a foreign key on {listed} without an index", f"add one: PGCraftIndex on {listed}"
                )


def find_equal_indexes(loaded: LoadedModels) -> Iterator[Note]:
    """Indexes that are equal to another one of the relation: each write goes into both."""
    for relation in loaded.catalog.of_kind(*RELATIONS):
        seen: dict[Index, CatalogObject] = {}
        for item, index in sorted(list_indexes(loaded.catalog, relation), key=lambda pair: not pair[1].unique):
            bare = replace(index, unique=False, nulls_not_distinct=False, comment=None, options=(), columns=())
            twin = seen.setdefault(bare, item)
            if twin is not item and item.id.kind is Kind.INDEX:
                yield note(item, f"does again what {twin.id} does", "drop one: each write goes into both")


def find_begun_indexes(loaded: LoadedModels) -> Iterator[Note]:
    """Indexes that another one of the relation begins with."""
    for relation in loaded.catalog.of_kind(*RELATIONS):
        indexes = [pair for pair in list_indexes(loaded.catalog, relation) if _is_plain(pair[1])]
        for item, index in indexes:
            longer = next((other for other, each in indexes if _begins(index, each)), None)
            if item.id.kind is Kind.INDEX and not index.unique and not index.include and longer is not None:
                yield note(item, f"is the beginning of {longer.id}", "drop it: the longer one answers the same")


def _is_plain(index: Index) -> bool:
    return index.where is None and index.method == "btree"


def _begins(short: Index, long: Index) -> bool:
    count = len(short.elements)
    return count < len(long.elements) and long.elements[:count] == short.elements
