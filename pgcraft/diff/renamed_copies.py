"""What of a database must be copied to see what becomes of it when something in it is renamed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pgcraft.catalog.definitions import Column, Constraint, Index, Table
from pgcraft.catalog.kinds import KINDS, OF_SCHEMA, PARTS, RELATIONS
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.partitions import Partition
from pgcraft.catalog.publications import Published
from pgcraft.catalog.redirecting import QualifiedName
from pgcraft.diff.renamed_ids import map_ids
from pgcraft.diff.renames import Rename
from pgcraft.identifiers import hash_text

_COPIED = frozenset({*OF_SCHEMA, *PARTS}) - {Kind.PUBLISHED}
_OWNERS = (*RELATIONS, Kind.PARTITION)
_NAMED = frozenset({*OF_SCHEMA, Kind.INDEX, Kind.STATISTICS})
"""What SQL names with a schema."""
_CHECK = "CHECK ("
_KEYS = frozenset({"primary key", "unique"})


def find_copies(current: Catalog, renames: tuple[Rename, ...]) -> Catalog:
    """Return what is renamed and has text in it, and all that names it, directly or by way of others.

    What belongs to a table that is none of these comes with a table that has nothing but its columns, and so does a
    foreign key with the other table.

    Args:
        current: with what depends on what.
    """
    return _Finder(current).find(renames)


def condition_of(published: ObjectId) -> ObjectId:
    """Return what stands for the condition of the rows that are sent of a table."""
    return published.table.part(Kind.CONSTRAINT, f"pgcraft {hash_text(published.name)}")


def take_facts(item: CatalogObject, facts: Mapping[ObjectId, Mapping[str, Any]]) -> CatalogObject:
    """Return an object with the facts that are others of its copy, by the id of that."""
    found = facts.get(item.id, {})
    if item.id.kind is Kind.PUBLISHED and (check := facts.get(condition_of(item.id))):
        found = {"where": check["text"].removeprefix(_CHECK).removesuffix(")")}
    return replace(item, definition=replace(item.definition, **found)) if found else item


def list_names(copies: Catalog, renames: Iterable[Rename]) -> frozenset[QualifiedName]:
    """Return schemas and names of copies, those that they get and those that they have in between."""
    return frozenset(_list_names(copies, renames))


def _list_names(copies: Catalog, renames: Iterable[Rename]) -> Iterator[QualifiedName]:
    renames = tuple(renames)
    copied = {item.id.schema for item in copies.objects}
    ids = map_ids(copies.by_id, renames)
    for item in copies.objects:
        for each in {item.id, ids.get(item.id, item.id)}:
            if each.kind in _NAMED:
                yield each.qualified
            if isinstance(item.definition, Range):
                yield str(each.schema), item.definition.multirange
    for rename in renames:
        if rename.item.id.schema in copied:
            yield from list_rename_names(rename)


def list_rename_names(rename: Rename) -> Iterator[QualifiedName]:
    """Return schemas and names of what is renamed: before, in between, and then."""
    if not rename.is_inside and rename.id.kind in _NAMED:
        yield from (each.qualified for each in (rename.item.id, rename.on_the_way, rename.id))


class _Finder:
    def __init__(self, current: Catalog) -> None:
        self._current = current
        self._found: set[ObjectId] = set()
        self._whole: set[ObjectId] = set()
        """Those of them that are copied with all that they consist of."""
        self._bare: set[ObjectId] = set()
        """Columns of the others of which only the type counts."""

    def find(self, renames: tuple[Rename, ...]) -> Catalog:
        """Return the copies."""
        self._spread(self._find_roots(renames))
        self._complete()
        copies = [self._cut(self._current.by_id[each]) for each in self._found]
        return make_catalog((*copies, *self._list_conditions()))

    def _list_conditions(self) -> Iterator[CatalogObject]:
        """Return the conditions of rows that publications send, as checks: a copy is sent to nobody."""
        for item in self._current.of_kind(Kind.PUBLISHED):
            where = item.defined_as(Published).where
            if where is not None and item.id.table in self._whole:
                check = Constraint("check", (), f"{_CHECK}{where})")
                yield CatalogObject(condition_of(item.id), check, depends_on=(item.id.table,))

    def _find_roots(self, renames: tuple[Rename, ...]) -> Iterator[ObjectId]:
        before = {new: old for old, new in map_ids(self._current.by_id, renames).items()}
        for rename in renames:
            root = before.get(rename.whole, rename.whole)
            if root.kind is Kind.COLUMN or (root.kind in PARTS and self._current.dependents.get(root)):
                root = self._find_owner(root) or root
            if root in self._current.by_id and root.kind not in PARTS:
                yield root

    def _spread(self, roots: Iterable[ObjectId]) -> None:
        """Find what depends on what is copied, and so on, for its types are others there."""
        waiting = list(roots)
        while waiting:
            here = waiting.pop()
            if here in self._whole or here.kind not in _COPIED:
                continue
            self._found.add(here)
            if here.kind in PARTS:
                continue
            self._whole.add(here)
            parts = [part for part in self._current.by_id[here].parts if part.kind in _COPIED]
            self._found.update(parts)
            for each in (here, *parts):
                waiting += self._current.dependents.get(each, ())
            if here.kind is Kind.FUNCTION:
                waiting += self._find_overloads(here)

    def _find_overloads(self, function: ObjectId) -> Iterator[ObjectId]:
        """Return the functions of the same name: a call finds one among them."""
        return (item.id for item in self._current.of_kind(Kind.FUNCTION) if item.id.qualified == function.qualified)

    def _complete(self) -> None:
        """Add the tables that copied parts stand on, and that copied tables point to or inherit from."""
        waiting = list(self._found)
        while waiting:
            item = self._current.by_id[waiting.pop()]
            for each in self._list_grounds(item):
                if each not in self._found:
                    self._found.add(each)
                    waiting.append(each)

    def _list_grounds(self, item: CatalogObject) -> Iterator[ObjectId]:
        if item.id.kind in PARTS and (owner := self._find_owner(item.id)):
            yield owner
            yield from self._list_columns(owner)
        match item.definition:
            case Constraint(type="foreign key", references=(schema, name)):
                yield from self._list_keys(ObjectId(Kind.TABLE, schema, name))
            case Table(inherits=parents) if item.id in self._whole:
                for schema, name in parents:
                    yield from self._list_all(ObjectId(Kind.TABLE, schema, name))
            case Partition(parent=(schema, name)):
                for kind in (Kind.TABLE, Kind.PARTITION):
                    yield from self._list_all(ObjectId(kind, schema, name))
            case _:
                pass

    def _list_columns(self, table: ObjectId) -> Iterator[ObjectId]:
        """Return the columns of a table, of which only the types count where nothing else is said of them."""
        columns = [part for part in self._current.by_id[table].parts if part.kind is Kind.COLUMN]
        self._bare.update(column for column in columns if column not in self._found)
        yield from columns

    def _list_keys(self, table: ObjectId) -> Iterator[ObjectId]:
        """Return a table with its columns and keys."""
        for part in self._list_all(table):
            definition = self._current.by_id[part].definition
            is_key = isinstance(definition, Constraint) and definition.type in _KEYS
            if part == table or is_key or (isinstance(definition, Index) and definition.unique):
                yield part

    def _list_all(self, table: ObjectId) -> Iterator[ObjectId]:
        if (item := self._current.find(table)) is not None:
            yield table
            yield from (part for part in item.parts if part.kind in _COPIED)

    def _find_owner(self, part: ObjectId) -> ObjectId | None:
        owners = (ObjectId(kind, part.schema, str(part.parent)) for kind in _OWNERS)
        return next((owner for owner in owners if owner in self._current.by_id), None)

    def _cut(self, item: CatalogObject) -> CatalogObject:
        """Return a copy without what it does not need, and what others would have to allow."""
        definition = item.definition
        if isinstance(definition, Table):
            parents = definition.inherits if item.id in self._whole else ()
            definition = Table(partition_by=definition.partition_by, inherits=parents)
        elif isinstance(definition, Column) and item.id in self._bare:
            definition = Column(definition.position, definition.type, collation=definition.collation)
        elif isinstance(definition, Constraint) and item.id.table not in self._whole:
            definition = replace(definition, is_inherited=False)
        elif "owner" in KINDS[item.id.kind].spoken:
            unowned: dict[str, Any] = {"owner": None}
            definition = replace(definition, **unowned)
        parts = tuple(part for part in item.parts if part in self._found)
        needs = tuple(need for need in item.depends_on if need in self._found)
        return replace(item, definition=definition, parts=parts, depends_on=needs)
