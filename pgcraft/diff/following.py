"""What is named after an object that is renamed, and so gets another name with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pgcraft.catalog.definitions import Constraint, Index, Sequence
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.renames import Rename, order_renames
from pgcraft.identifiers import quote_qualified

_Same = Callable[[CatalogObject, CatalogObject], bool]


def find_following(
    current: Catalog, wanted: Catalog, renames: tuple[Rename, ...], sequences: Mapping[ObjectId, ObjectId]
) -> tuple[Rename, ...]:
    """Return what gets another name since a table or a column does.

    These are constraints and indexes that say the same as those of the models, or whose names differ by the old name
    alone, the sequences that PostgreSQL named after a column, and what it made for a range type.

    Args:
        current: the database, in which the renames are done.
        wanted: the models.
        renames: those that are declared.
        sequences: what columns count by, by the column.
    """
    is_ring = any(each.is_passing for each in renames)
    renames = tuple(each for each in renames if not each.is_inside and not each.is_passing)
    if not renames:
        return ()
    finder = _Follower(current, wanted, renames, is_ring=is_ring)
    ranges = (each for rename in renames for each in _find_of_range(current.find(rename.id), wanted, rename.told))
    return tuple(order_renames((*finder.find_parts(), *finder.find_sequences(sequences), *ranges), current.by_id))


def _find_of_range(item: CatalogObject | None, wanted: Catalog, old: ObjectId) -> Iterator[Rename]:
    """Return the multirange type of a range type, and the functions that make values of both."""
    new = wanted.find(item.id) if item else None
    if item is None or new is None or not isinstance(item.definition, Range) or not isinstance(new.definition, Range):
        return
    bounds = (item.definition.subtype,) * 2
    for arguments in (bounds, (*bounds, "text")):
        yield _rename_maker(old, new, item.id.name, arguments)
    multirange, name = old._replace(name=item.definition.multirange), new.definition.multirange
    if multirange.qualified != (item.id.schema, name):
        yield Rename(replace(item, id=multirange), name, new.origins, item.id.schema)
        range_type = quote_qualified(*item.id.qualified)
        for each in ((), (range_type,), (f"{range_type}[]",)):
            yield _rename_maker(multirange, new, name, each)


def _rename_maker(type_id: ObjectId, item: CatalogObject, name: str, arguments: tuple[str, ...]) -> Rename:
    signature = ", ".join(arguments)
    maker = ObjectId(Kind.FUNCTION, type_id.schema, type_id.name, signature=signature)
    return Rename(CatalogObject(maker, item.definition), name, item.origins, item.id.schema)


class _Follower:
    def __init__(self, current: Catalog, wanted: Catalog, renames: tuple[Rename, ...], *, is_ring: bool) -> None:
        self._is_ring = is_ring
        self._current = current
        self._wanted = wanted
        self._old = {each.id: each.told for each in renames}
        self._tables = {each.id.qualified for each in renames if each.id.kind is not Kind.COLUMN}
        self._tables |= {each.id.relation for each in renames}
        names = {each.name: each.told.name for each in renames}
        longest_first = sorted(names, key=len, reverse=True)
        self._names = names
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def find_parts(self) -> Iterator[Rename]:
        """Return the constraints and indexes."""
        old, new = (
            list(self._find_near(side, other))
            for side, other in ((self._current, self._wanted), (self._wanted, self._current))
        )
        ways: tuple[_Same, ...] = (_is_equal, self._is_named_after, _is_alike)
        for is_same in ways:
            for item in tuple(new):
                beside = [each for each in old if is_same(each, item) and _is_beside(each, item) and each.id != item.id]
                if beside and (is_same is not _is_alike or len(beside) == 1):
                    old.remove(beside[0])
                    new.remove(item)
                    yield Rename(beside[0], item.id.name, item.origins)

    def find_sequences(self, sequences: Mapping[ObjectId, ObjectId]) -> Iterator[Rename]:
        """Return the sequences of columns, where PostgreSQL chose their names."""
        for column, sequence in sorted(sequences.items()):
            item = self._wanted.find(column)
            table = self._old.get(column.table, column.table).name
            name = self._old.get(column, column).name
            chosen = make_object_name(str(column.parent), column.name, "seq")
            if item and sequence.name == make_object_name(table, name, "seq") != chosen:
                yield Rename(CatalogObject(sequence, Sequence()), chosen, item.origins)

    def _find_near(self, side: Catalog, other: Catalog) -> Iterator[CatalogObject]:
        """Return the constraints and indexes that may have another name there; in a ring they may have each other's."""
        for item in side.of_kind(Kind.CONSTRAINT, Kind.INDEX):
            there = other.find(item.id)
            if self._is_near(item) and (there is None or (self._is_ring and not _is_equal(there, item))):
                yield item

    def _is_near(self, item: CatalogObject) -> bool:
        """Whether it stands on a table with a new name, or on one of a column with one, or points to such a table."""
        if item.id.relation in self._tables:
            return True
        return isinstance(item.definition, Constraint) and item.definition.references in self._tables

    def _is_named_after(self, old: CatalogObject, new: CatalogObject) -> bool:
        return self._pattern.sub(lambda match: self._names[match[0]], new.id.name) == old.id.name


def _is_beside(left: CatalogObject, right: CatalogObject) -> bool:
    return (left.id.kind, left.id.relation) == (right.id.kind, right.id.relation)


def _is_equal(left: CatalogObject, right: CatalogObject) -> bool:
    return left.definition == right.definition


def _is_alike(left: CatalogObject, right: CatalogObject) -> bool:
    """Whether they are on the same columns, and of one sort."""
    match left.definition, right.definition:
        case Constraint() as old, Constraint() as new:
            return (old.type, sorted(old.columns), old.references) == (new.type, sorted(new.columns), new.references)
        case Index() as old, Index() as new:
            return (old.columns, old.unique, old.method) == (new.columns, new.unique, new.method)
        case _:
            return False
