"""From a difference to what is done about it, for everything but tables and what they consist of."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import TypeVar

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Function, Grant, Index
from pgcraft.catalog.kinds import TYPES, Scope, Stage, select
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff import partitions
from pgcraft.diff.access import hazards_of_access
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.bodies import find_named_columns, is_torn
from pgcraft.diff.cascade import find_fallen, is_attached, is_owner, order_objects, trace_fallen
from pgcraft.diff.casts import Cast, by_text
from pgcraft.diff.changes import Alteration, alter_in_place
from pgcraft.diff.compare import Diff
from pgcraft.diff.hazards import (
    hazards_of_drop,
    hazards_of_index,
    hazards_of_lost_defaults,
    hazards_of_refresh,
)
from pgcraft.diff.order import Step
from pgcraft.diff.recreating import PUT_BACK, find_anew, find_forgotten_between
from pgcraft.diff.regranting import find_regranted
from pgcraft.diff.type_uses import find_columns, find_kept_columns, find_nested, find_standing
from pgcraft.diff.types import alter_types, find_restructured, group_remade
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.functions import public_execute
from pgcraft.render.statement import Hazard

T = TypeVar("T")

PLANNED = select(lambda row: row.stage not in (Stage.TABLES, Stage.PARTS))
"""The kinds that are planned here; of indexes those of materialized views are."""

_ON_COLUMNS = select(lambda row: row.stage is Stage.LATE and (row.is_relation or row.scope is Scope.RELATION))
"""What stands on columns, and no column on it."""


def is_planned(item: CatalogObject) -> bool:
    """Whether an object is planned here rather than with the tables."""
    if item.id.kind is Kind.INDEX:
        return _find_indexed_view(item) is not None
    return item.id.kind in PLANNED


def _find_indexed_view(index: CatalogObject) -> ObjectId | None:
    """Return the materialized view that an index is of; None for one of a table."""
    views = (needed for needed in index.depends_on if needed.kind is Kind.MATERIALIZED_VIEW)
    return next((view for view in views if is_owner(view, index.id)), None)


def plan_changes(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    is_ours: Callable[[ObjectId], bool],
    disturbed: frozenset[ObjectId] = frozenset(),
    cast: Cast = by_text,
) -> tuple[Action, ...]:
    """Plan the way from one catalog to the other.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        is_ours: whether an object that only the current catalog has may be dropped.
        disturbed: tables that go, and columns that go or change so that nothing can stand on them meanwhile; who
            changes the tables runs that beside the plan.
        cast: finds how old values become values of another type.

    Returns:
        Actions in no particular order: what changes the tables runs between them.
    """
    return tuple(_Planner(current, wanted, diff, is_ours, disturbed, cast).plan())


def find_going(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    is_ours: Callable[[ObjectId], bool],
    disturbed: frozenset[ObjectId] = frozenset(),
) -> frozenset[ObjectId]:
    """Return what cannot stay on the way from one catalog to the other, whether it comes back or not."""
    return _Planner(current, wanted, diff, is_ours, disturbed).going


def make_step(action: Action, item: T) -> Step[T]:
    """Return what carries out an action as a step that can be ordered."""
    return Step(
        item,
        action.id,
        action.provides,
        action.removes,
        action.requires,
        action.releases,
        is_alone=action.is_alone,
        place=action.place,
        leaves=action.leaves,
        takes=action.takes,
        is_rename=action.verb is Verb.RENAME,
        hazards=action.hazards,
    )


class _Planner:
    """Works out what goes, what is recreated with all that stands on it, and what changes in place."""

    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        diff: Diff,
        is_ours: Callable[[ObjectId], bool],
        disturbed: frozenset[ObjectId],
        cast: Cast = by_text,
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._diff = diff
        self._is_ours = is_ours
        self._disturbed = disturbed
        removed = (item for item in diff.removed if is_planned(item) and is_ours(item.id))
        self._removed = {item.id: item for item in removed}
        everywhere = (item for item in current.of_kind(Kind.DEFAULTS) if item.id.schema is None)
        self._is_closed = any(item.defined_as(DefaultPrivileges).closes_functions for item in everywhere)
        self._dropped = frozenset(self._removed)
        self._leaving = frozenset(item.id for item in diff.removed)
        self._groups = group_remade(diff, current, wanted)
        remade_types = frozenset().union(*self._groups.values())
        self._restructured = find_restructured(diff, current)
        self._changes = changes = {change.id: change for change in diff.changed}
        self._find_forgotten = partial(find_forgotten_between, current, wanted, changes)
        in_place: dict[ObjectId, Alteration | None] = {**alter_types(diff, current, wanted, cast)}
        in_place |= {
            change.id: alter_in_place(change, wanted.by_id[change.id])
            for change in diff.changed
            if is_planned(change.wanted) and change.id.kind not in TYPES
        }
        in_place |= partitions.alter_partitions(diff, wanted)
        self._attached = frozenset(each.qualified for each in partitions.find_attached(diff))
        self._moving = partitions.find_moving(diff)
        unfit = frozenset(
            object_id
            for object_id, alteration in in_place.items()
            if alteration is None or is_torn(object_id, alteration, disturbed, current, wanted)
        )
        unfit = unfit.union(*self._restructured.values(), find_regranted(disturbed, current, wanted)) - self._dropped
        self._causes = trace_fallen(current, disturbed | unfit | self._dropped | remade_types)
        self._anew = unfit | self._causes.keys() - self._dropped
        self.going = self._dropped | self._anew | disturbed | self._restructured.keys()
        self._gone = frozenset(object_id for object_id in self.going if object_id not in wanted.by_id)
        self._made = self._anew.union(item.id for item in diff.added)
        self._unsettled = self._anew | disturbed
        self._drop_whole = partial(partitions.drop_whole, current, frozenset(filter(is_ours, self._leaving)))
        changed = chain((item.id for item in (*diff.added, *diff.removed)), (change.id for change in diff.changed))
        self._unsteady = frozenset(each for each in changed if each.kind is Kind.GRANT)
        self._altered = {key: found for key, found in in_place.items() if found and key not in self._anew}

    def _find_named(self, item: CatalogObject, catalog: Catalog) -> Iterator[ObjectId]:
        """Return the columns that come, go or change, and that the body of a function names."""
        for each in find_named_columns(item, catalog) if item.id.kind is Kind.FUNCTION else ():
            if each in self._disturbed or not (each in self._current.by_id and each in self._wanted.by_id):
                yield each

    def plan(self) -> Iterator[Action]:
        for item in self._diff.added:
            if is_planned(item):
                yield self._create(self._wanted.by_id[item.id])
        for object_id, alteration in sorted(self._altered.items()):
            if alteration.up:
                yield self._alter(object_id, alteration)
        for _, item in sorted(self._removed.items()):
            yield self._drop(item)
        for object_id in sorted(self._anew):
            yield from self._make_anew(object_id)

    def _make_anew(self, object_id: ObjectId) -> Iterator[Action]:
        old, new = self._current.by_id[object_id], self._wanted.find(object_id)
        if new is not None:
            yield self._drop(old)
            yield self._create(new)
        else:
            # What others built is kept and put back by whoever runs the revision: nothing to do here.
            below, causes = frozenset(old.depends_on), self._find_causes(object_id)
            yield Action(Verb.SET_ASIDE, old.id, (), (), releases=below, causes=causes)
            yield Action(Verb.RESTORE, old.id, (), (), requires=below, causes=causes)

    def _find_causes(self, object_id: ObjectId) -> frozenset[ObjectId]:
        return self._causes.get(object_id, frozenset())

    def _create(self, item: CatalogObject) -> Action:
        if item.id.kind is Kind.PARTITION and item.id.qualified in self._attached:
            return partitions.plan_attaching(item)
        return Action(
            Verb.CREATE,
            item.id,
            self._render(item),
            () if self._cascades(item, self._anew, self._made) else self._drop_whole(item),
            origins=item.origins,
            hazards=self._hazards_of_making(item),
            requires=frozenset({*item.depends_on, *self._columns_below(item), *self._find_named(item, self._wanted)}),
            forgotten=self._find_forgotten(item.id),
            causes=self._find_causes(item.id),
        )

    def _render(self, item: CatalogObject) -> tuple[str, ...]:
        """Return what makes an object; a function is open to everyone where default privileges would close it, too."""
        sql = render_create(item)
        if not self._is_closed or not isinstance(item.definition, Function) or not item.definition.is_public:
            return sql
        return (*sql, public_execute(item))

    def _columns_below(self, item: CatalogObject) -> Iterator[ObjectId]:
        """Return the columns of the tables that something stands on: while one changes, nothing may use it.

        A new partition comes when others have left what it takes.
        """
        yield from self._moving if item.id.kind is Kind.PARTITION else ()
        if item.id.kind in _ON_COLUMNS:
            tables = (self._wanted.by_id[needed] for needed in item.depends_on if needed.kind is Kind.TABLE)
            yield from (part for table in tables for part in table.parts if part.kind is Kind.COLUMN)

    def _hazards_of_making(self, item: CatalogObject) -> tuple[Hazard, ...]:
        view = _find_indexed_view(item) if isinstance(item.definition, Index) else None
        if view in self._current.by_id and view not in self._anew:
            return hazards_of_index(is_unique=item.defined_as(Index).unique)
        return (*hazards_of_refresh(item), *self._hazards_of_access(item.id))

    def _hazards_of_access(self, object_id: ObjectId) -> tuple[Hazard, ...]:
        """Return what changes about who may do what; nothing where an object is made again as it was."""
        if (change := self._changes.get(object_id)) is not None:
            return hazards_of_access(change.current, change.wanted)
        before, after = self._current.find(object_id), self._wanted.find(object_id)
        return () if before and after else hazards_of_access(before, after)

    def _drop(self, item: CatalogObject) -> Action:
        if item.id.kind is Kind.PARTITION and item.id.qualified in self._attached:
            return partitions.plan_detaching(item)
        declared = self._wanted.find(item.id)
        return Action(
            Verb.DROP,
            item.id,
            () if self._cascades(item, self._unsettled, self.going) else self._drop_whole(item),
            self._render(item),
            origins=declared.origins if declared else (),
            hazards=() if item.id in self._anew else self._hazards_of_going(item),
            releases=frozenset({*item.depends_on, *self._find_named(item, self._current)}),
            forgotten=self._find_forgotten(item.id),
            causes=self._find_causes(item.id),
        )

    def _hazards_of_going(self, item: CatalogObject) -> tuple[Hazard, ...]:
        """Return what the drop endangers; rights on what goes for good tell nothing beside that."""
        access = () if is_attached(item, self._gone) else self._hazards_of_access(item.id)
        lost = hazards_of_drop(item.id, foreign_dependents=self._foreign(item.id))
        return (*lost, *access, *hazards_of_lost_defaults(self._find_lost_defaults(item.id)))

    def _find_lost_defaults(self, schema: ObjectId) -> Iterator[ObjectId]:
        """Return the default privileges of others in a schema that goes: PostgreSQL drops them unasked."""
        if schema.kind is Kind.SCHEMA:
            found = (item.id for item in self._current.of_kind(Kind.DEFAULTS) if item.id.schema == schema.name)
            yield from (each for each in found if each not in self._dropped)

    def _cascades(self, item: CatalogObject, owners: frozenset[ObjectId], going: frozenset[ObjectId]) -> bool:
        """Whether an object goes with what it is attached to, and nothing else that it needs goes by itself.

        A privilege that changes does not: what stands on the object when it goes is put back.
        """
        if not is_attached(item, owners) or item.id in self._unsteady:
            return False
        return all(is_owner(needed, item.id) for needed in item.depends_on if needed in going)

    def _foreign(self, object_id: ObjectId) -> tuple[ObjectId, ...]:
        """Return what somebody else made on top of an object that goes for good."""
        fallen = find_fallen(self._current, {object_id})
        return tuple(sorted(other for other in fallen if other not in self._wanted.by_id and not self._is_ours(other)))

    def _alter(self, object_id: ObjectId, alteration: Alteration) -> Action:
        old, new = self._current.by_id[object_id], self._wanted.by_id[object_id]
        moved = self._find_moved(object_id)
        group = self._groups.get(object_id, frozenset({object_id}))
        needs, needed = (frozenset(self._list_needs(group, catalog)) for catalog in (self._wanted, self._current))
        anew = find_anew(object_id, alteration, moved)
        standing = frozenset({object_id, *self._find_standing(old)}) if alteration.down is None else anew
        if alteration.is_remade_by_down:
            types = (object_id, *find_nested(self._current, object_id))
            columns = frozenset(column.id for column in find_columns(self._current, *types))
            moved |= columns
            staying = columns.intersection(self._wanted.by_id)  # on those that come back before nothing stands
            standing = frozenset({*types, *staying, *find_standing(types, self._current, self._wanted)})
        replaces = object_id.kind in (Kind.VIEW, Kind.FUNCTION, Kind.TRIGGER)
        return Action(
            Verb.REPLACE if replaces else Verb.ALTER,
            object_id,
            alteration.up,
            self._give_back(old, new) if alteration.down is None else alteration.down,
            origins=new.origins,
            requires=needs.union(self._columns_below(new), self._find_named(new, self._wanted)),
            releases=(needed - needs).union(self._find_named(old, self._current)),
            is_remade_by_down=alteration.down is None,
            anew=anew,
            anew_by_down=standing,
            forgotten=self._find_forgotten(object_id),
            along=moved,
            hazards=(*alteration.hazards, *self._hazards_of_access(object_id)),
        )

    def _find_moved(self, object_id: ObjectId) -> frozenset[ObjectId]:
        """Return what changes along with a type that is recreated: those types that are made of it, and the columns of
        all of them that stay; the tables for who needs those. One whose attributes change is moved itself."""
        if object_id in self._restructured:
            return frozenset({object_id})
        if object_id not in self._groups:
            return frozenset()
        group = self._groups[object_id]
        staying = [column.id for column in find_kept_columns(self._current, self._wanted, self._leaving, *group)]
        return frozenset({*group, *staying, *(column.table for column in staying)})

    @staticmethod
    def _list_needs(group: frozenset[ObjectId], catalog: Catalog) -> Iterator[ObjectId]:
        for item in (catalog.find(each) for each in group):
            yield from (needed for needed in item.depends_on if needed not in group) if item else ()
            if item and isinstance(item.definition, Grant):  # whose columns stand in its text alone
                table = ObjectId(Kind.TABLE, *item.id.qualified)
                yield from (table.column(column) for _, column in item.definition.columns)

    def _find_standing(self, old: CatalogObject) -> frozenset[ObjectId]:
        """Return what stands on an object and stays, but for what others built."""
        others = find_fallen(self._current, {old.id}) - self._anew - self._dropped
        return frozenset(other for other in others if other in self._wanted.by_id or other.kind not in PUT_BACK)

    def _give_back(self, old: CatalogObject, new: CatalogObject) -> tuple[str, ...]:
        """Return the SQL that makes an object as it was, with all that stood on it and stays."""
        others = self._find_standing(old)
        standing = [self._current.by_id[other] for other in order_objects(self._current, others)]
        going = frozenset({old.id, *others})
        drops = (render_drop(item) for item in reversed(standing) if not is_attached(item, going))
        creates = (render_create(item) for item in (old, *standing))
        return (*chain.from_iterable(drops), *render_drop(new), *chain.from_iterable(creates))
