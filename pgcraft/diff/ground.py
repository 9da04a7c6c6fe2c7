"""What parts of tables stand on, and what stands on them: columns, keys, the tables that foreign keys point to."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.columns import find_generating
from pgcraft.diff.partitions import find_partitions

PARTS = (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX)
KEYS = ("primary key", "unique")


class Ground:
    """Who stands on whom inside the tables of a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def below(self, item: CatalogObject) -> Iterator[ObjectId]:
        """Return what a part stands on: its table, its columns, the key that a foreign key points to."""
        if item.id.kind not in PARTS:
            return
        yield item.id.table
        if isinstance(item.definition, Column):
            yield from find_generating(item, self._catalog)
        if isinstance(item.definition, Constraint | Index):
            yield from (item.id.table.column(name) for name in item.definition.columns)
        if isinstance(item.definition, Constraint) and item.definition.references:
            target = ObjectId(Kind.TABLE, *item.definition.references)
            yield from (target.column(name) for name in item.definition.referenced_columns)
            yield from (part.id for part in self._parts(target) if is_key(part))
            yield from self._partitions.get(target, ())

    def below_all(self, ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
        """Return what objects depend on and stand on."""
        items = [self._catalog.by_id[object_id] for object_id in ids]
        return frozenset(needed for item in items for needed in (*item.depends_on, *self.below(item)))

    def trace_above(self, ids: Iterable[ObjectId]) -> dict[ObjectId, frozenset[ObjectId]]:
        """Return what cannot stay on columns and keys, these left out, each with what it stands on."""
        roots = frozenset(ids)
        found: dict[ObjectId, set[ObjectId]] = {}
        waiting = sorted(roots)
        while waiting:
            base = waiting.pop()
            for item in self._standing_on(self._catalog.by_id[base]):
                if item.id not in found and item.id not in roots:
                    waiting.append(item.id)
                if item.id not in roots:
                    found.setdefault(item.id, set()).add(base)
        return {object_id: frozenset(below) for object_id, below in found.items()}

    def _standing_on(self, base: CatalogObject) -> Iterator[CatalogObject]:
        if base.id.kind is Kind.COLUMN:
            yield from (part for part in self._parts(base.id.table) if uses_name(part, base.id.name))
        elif is_key(base):
            columns = set(_columns(base))
            keys = self._references.get(base.id.table, ())
            yield from (key for key in keys if set(key.defined_as(Constraint).referenced_columns) == columns)

    @cached_property
    def _partitions(self) -> dict[ObjectId, list[ObjectId]]:
        """The partitions by the table that they are of: a foreign key to that points to each of them."""
        return find_partitions(self._catalog)

    def _parts(self, table: ObjectId) -> Iterator[CatalogObject]:
        item = self._catalog.find(table)
        return (self._catalog.by_id[part] for part in (item.parts if item else ()))

    @cached_property
    def _references(self) -> dict[ObjectId, list[CatalogObject]]:
        """The foreign keys by the table that they point to."""
        found: dict[ObjectId, list[CatalogObject]] = {}
        for item in self._catalog.of_kind(Kind.CONSTRAINT):
            references = item.defined_as(Constraint).references
            if references:
                found.setdefault(ObjectId(Kind.TABLE, *references), []).append(item)
        return found


def is_key(item: CatalogObject) -> bool:
    """Whether a foreign key can point to it: a key, or an index that says the same without being a constraint."""
    match item.definition:
        case Constraint() as constraint:
            return constraint.type in KEYS
        case Index() as index:
            return index.unique and index.where is None
        case _:
            return False


def find_renamed_key(item: CatalogObject, other: Catalog) -> CatalogObject | None:
    """Return the same primary key under another name, which nobody means to change; None where there is none."""
    definition = item.definition
    if not isinstance(definition, Constraint) or definition.type != "primary key":
        return None
    table = other.find(item.id.table)
    for part in (other.by_id[part] for part in (table.parts if table else ())):
        if isinstance(part.definition, Constraint) and part.definition.text == definition.text:
            return part
    return None


def _columns(key: CatalogObject) -> tuple[str, ...]:
    return key.definition.columns if isinstance(key.definition, Constraint | Index) else ()


def uses_name(part: CatalogObject, column: str) -> bool:
    """Whether a constraint or an index is about a column."""
    definition = part.definition
    if not isinstance(definition, Constraint | Index):
        return False
    if column in definition.columns:
        return True
    if isinstance(definition, Constraint):
        return mentions_name(definition.text, column)
    return any(mentions_name(text, column) for text in (*definition.elements, definition.where or ""))
