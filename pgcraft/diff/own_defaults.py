"""Defaults of children that are not those of their parents: what changes a parent's leaves them as they are.

PostgreSQL gives the default of a parent to all children, and takes it from them, unless it is told ONLY. So a column is
changed alone where one below has, or is to have, a default of its own; those below that follow are changed likewise,
but for those of others, which stay.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from pgcraft.catalog.definitions import Column, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change, Diff
from pgcraft.render.columns import comment_column, drop_default, set_default


class OwnDefaults:
    """Columns of parents, those below them, and whether these have defaults of their own before or afterwards."""

    def __init__(self, current: Catalog, wanted: Catalog, removed: Iterable[CatalogObject] = ()) -> None:
        self._current, self._wanted = current, wanted
        self._removed = frozenset(item.id for item in removed)
        self._children: dict[tuple[str, str], set[ObjectId]] = {}
        self._parents: dict[ObjectId, set[tuple[str, str]]] = {}
        for table in (*current.of_kind(Kind.TABLE), *wanted.of_kind(Kind.TABLE)):
            for parent in table.defined_as(Table).inherits:
                self._children.setdefault(parent, set()).add(table.id)
                self._parents.setdefault(table.id, set()).add(parent)
        self.are_below = cache(self._are_below)

    def list_heirs(self, column: ObjectId) -> Iterator[ObjectId]:
        """Return the columns below one, each after those above it."""
        for child in sorted(self._children.get(column.relation, ())):
            heir = child.column(column.name)
            if heir in self._current.by_id or heir in self._wanted.by_id:
                yield heir
                yield from self.list_heirs(heir)

    def _are_below(self, column: ObjectId) -> bool:
        """Whether a column below has a default of its own."""
        if column.relation not in self._children:
            return False
        heirs = tuple(self.list_heirs(column))
        return any(
            not above.gives_default(defined)
            for catalog in (self._current, self._wanted)
            if (above := _find(catalog, column)) is not None
            for heir in heirs
            if (defined := _find(catalog, heir)) is not None
        )

    def follows(self, change: Change, changes: dict[ObjectId, Change]) -> bool:
        """Whether the default of an inherited column changes by a change of what it comes from."""
        for parent in self._list_parents(change.id):
            meant, above = _find(self._wanted, parent), changes.get(parent)
            if meant is not None and meant.is_counting and meant.gives_default(change.wanted.defined_as(Column)):
                return True
            if above is None:
                continue
            if "type" in above.facts or ("default" in above.facts and not self.are_below(above.id)):
                return True
            if self.follows(above, changes):
                return True
        return False

    def go_along(
        self, column: ObjectId, up: tuple[str, ...], down: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what gives a column another type, and the way back, with the defaults of those below."""
        if not self.are_below(column):
            return up, down
        old = [self._current.by_id[heir] for heir in self.list_heirs(column) if self._stays(heir)]
        new = [self._wanted.find(item.id) or item for item in old]
        return (*_drop(old), *up, *_set(new)), (*_drop(new), *down, *_set(old))

    def _stays(self, heir: ObjectId) -> bool:
        return heir in self._current.by_id and self._removed.isdisjoint((heir, heir.table))

    def plan_with_columns(self, diff: Diff, left: frozenset[ObjectId]) -> Iterator[Action]:
        """Plan what inherited columns that come or go with those of parents have of their own, but for what is left."""
        for item in diff.added:
            if item.id.table in self._current.by_id and (sql := (*self._list_own(item, self._wanted),)):
                yield self._plan(item)._replace(up=sql, requires=self._list_near(item))
        for item in diff.removed:
            is_with_parent = item.id not in left and item.id.table in self._wanted.by_id
            if is_with_parent and (sql := (*self._list_own(item, self._current),)):
                yield self._plan(item)._replace(down=sql, releases=self._list_near(item))

    def _list_own(self, item: CatalogObject, catalog: Catalog) -> Iterator[str]:
        """Return the SQL that says what an inherited column has of its own."""
        if item.id.kind is not Kind.COLUMN or not item.defined_as(Column).is_inherited:
            return
        if self._is_own(item.id, catalog):
            yield from _set([item])
        yield from (sql.text for sql in comment_column(item))

    def _is_own(self, column: ObjectId, catalog: Catalog) -> bool:
        """Whether its default, or that of one above, is not what comes from the topmost."""
        defined = _find(catalog, column)
        return defined is not None and any(
            above is not None and (not above.gives_default(defined) or self._is_own(parent, catalog))
            for parent in self._list_parents(column)
            for above in (_find(catalog, parent),)
        )

    def _list_parents(self, column: ObjectId) -> Iterable[ObjectId]:
        parents = sorted(self._parents.get(column.table, ()))
        return [ObjectId(Kind.TABLE, *parent).column(column.name) for parent in parents]

    def _list_near(self, item: CatalogObject) -> frozenset[ObjectId]:
        return frozenset((*self._list_parents(item.id), *item.depends_on))

    @staticmethod
    def _plan(item: CatalogObject) -> Action:
        return Action(Verb.ALTER, item.id, (), (), origins=item.origins)


def _find(catalog: Catalog, column: ObjectId) -> Column | None:
    item = catalog.find(column)
    return item.defined_as(Column) if item else None


def _drop(columns: Iterable[CatalogObject]) -> Iterator[str]:
    return (drop_default(item, only=True) for item in columns if item.defined_as(Column).default is not None)


def _set(columns: Iterable[CatalogObject]) -> Iterator[str]:
    for item in columns:
        default = item.defined_as(Column).default
        yield drop_default(item, only=True) if default is None else set_default(item, default, only=True)
