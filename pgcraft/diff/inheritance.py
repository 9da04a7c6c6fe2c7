"""What comes with a table that another one inherits from: it changes where it stands first, and once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, cached_property

from pgcraft.catalog.definitions import Column, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.partitions import Partition
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.own_defaults import OwnDefaults
from pgcraft.render.columns import drop_alone
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.tables import inherit


class Heirs:
    """Columns that go from parents, and what becomes of those that inherit them.

    PostgreSQL drops them, too, but for those that were there before the parent came. One that the models declare for
    the child itself stays where the parent's is dropped with ONLY; all others go table by table then.
    """

    def __init__(self, removed: Iterable[CatalogObject], current: Catalog, wanted: Catalog) -> None:
        self._current, self._wanted = current, wanted
        self._gone = frozenset(item.id for item in removed if item.id.kind is Kind.COLUMN)
        self._children: dict[tuple[str, str], list[ObjectId]] = {}
        for table in current.of_kind(Kind.TABLE):
            for parent in table.defined_as(Table).inherits:
                self._children.setdefault(parent, []).append(table.id)
        self.goes_alone = cache(self._goes_alone)

    def find_left(self, column: ObjectId) -> frozenset[ObjectId]:
        """Return the columns below that do not go with one, and are to go."""
        heirs = (item for item in self._list_heirs(column) if item.id in self._gone)
        return frozenset(item.id for item in heirs if item.defined_as(Column).is_kept or self.goes_alone(column))

    @cached_property
    def left(self) -> frozenset[ObjectId]:
        """All that do not go with those above."""
        return frozenset().union(*map(self.find_left, self._gone)) if self._children else frozenset()

    def _goes_alone(self, column: ObjectId) -> bool:
        """Whether one below stays that would go with it."""
        return bool(self._children) and any(
            self.goes_alone(item.id) if item.id in self._gone else self._stays(item)
            for item in self._list_heirs(column)
        )

    def _stays(self, item: CatalogObject) -> bool:
        meant = self._wanted.find(item.id)
        return meant is not None and not _is_inherited(meant) and not item.defined_as(Column).is_kept

    def _list_heirs(self, column: ObjectId) -> Iterator[CatalogObject]:
        for child in self._children.get(column.relation, ()):
            item = self._current.find(child.column(column.name))
            if item is not None and _is_inherited(item):
                yield item


def leave_inherited(diff: Diff, left: frozenset[ObjectId], own: OwnDefaults) -> Diff:
    """Return a difference without what is done by a change of another table.

    A table that gets a parent must have the columns of that before; one that loses a parent keeps them.

    Args:
        left: inherited columns that do not go with those above.
        own: which defaults do not change with those above.
    """
    changes = {change.id: change for change in diff.changed}
    settling = frozenset(change.id for change in diff.changed if "inherits" in change.facts)
    changed = (_leave(change, changes, own) for change in diff.changed)
    return Diff(
        added=tuple(item for item in diff.added if not _is_inherited(item) or item.id.table in settling),
        removed=tuple(
            item for item in diff.removed if not _is_inherited(item) or item.id.table in settling or item.id in left
        ),
        changed=tuple(change for change in changed if change.facts),
    )


def find_following(diff: Diff) -> frozenset[ObjectId]:
    """Return the columns that go, or get another type, with those of another table."""
    columns = (item.id for item in diff.removed if item.id.kind is Kind.COLUMN and _is_inherited(item))
    retyped = (change.id for change in diff.changed if "type" in change.facts and _is_inherited(change.current))
    return frozenset((*columns, *retyped))


def find_heirs(current: Catalog, columns: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return what changes with columns of other tables: those that inherit from them, of others too, and partitions."""
    waiting = [each for each in columns if each.kind is Kind.COLUMN]
    below: dict[tuple[str, str], list[ObjectId]] = {}
    for item in current.of_kind(Kind.TABLE, Kind.PARTITION) if waiting else ():
        table = item.definition
        for parent in (table.parent,) if isinstance(table, Partition) else item.defined_as(Table).inherits:
            below.setdefault(parent, []).append(item.id)
    found: set[ObjectId] = set()
    while waiting and below:
        column = waiting.pop()
        for heir in below.get(column.relation, ()):
            waiting.append(heir.part(Kind.COLUMN, column.name))
            found.add(heir if heir.kind is Kind.PARTITION else waiting[-1])
    return frozenset(found)


def _is_inherited(item: CatalogObject) -> bool:
    return bool(getattr(item.definition, "is_inherited", False))


def _leave(change: Change, changes: dict[ObjectId, Change], own: OwnDefaults) -> Change:
    if not (_is_inherited(change.current) and _is_inherited(change.wanted)):
        return change
    kept = {"comment"} if "default" in change.facts and own.follows(change, changes) else {"comment", "default"}
    return replace(change, facts=tuple(fact for fact in change.facts if fact in kept))


def plan_parents(change: Change, current: Catalog, wanted: Catalog) -> Iterator[Action]:
    """Plan that a table gets other parents: when it has their columns, and before it loses any."""
    if "inherits" not in change.facts:
        return
    old, new = change.current.defined_as(Table), change.wanted.defined_as(Table)
    above = frozenset(ObjectId(Kind.TABLE, *parent) for parent in new.inherits)
    columns = (part for parent in above if parent in wanted.by_id for part in wanted.by_id[parent].parts)
    yield Action(
        Verb.ALTER,
        change.id,
        inherit(change.id, old, new),
        inherit(change.id, new, old),
        origins=wanted.by_id[change.id].origins,
        requires=frozenset({change.id, *above, *wanted.by_id[change.id].parts, *columns}),
        releases=frozenset(current.by_id[change.id].parts) - frozenset(wanted.by_id[change.id].parts),
        is_awaited=False,
        facts=("inherits",),
    )


def drop_column(item: CatalogObject, heirs: Heirs) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the SQL that drops a column with regard to what is above and below, and the way back.

    None where neither says anything of it: it goes with what inherits it, and comes back so.
    """
    is_alone, is_left = heirs.goes_alone(item.id), item.id in heirs.left
    if not is_alone and not is_left:
        return None
    comes_back = not is_left or item.defined_as(Column).is_kept
    return drop_alone(item) if is_alone else render_drop(item), render_create(item) if comes_back else ()
