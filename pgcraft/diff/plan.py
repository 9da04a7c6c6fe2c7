"""From a difference to what is done about it, for everything but tables and what they consist of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.changes import alter_in_place
from pgcraft.diff.compare import Diff
from pgcraft.diff.fallen import find_fallen, is_attached
from pgcraft.diff.hazards import hazards_of_drop, hazards_of_refresh
from pgcraft.diff.order import Step, order_steps
from pgcraft.render import render_create, render_drop
from pgcraft.render.statement import Statement

PLANNED = frozenset(
    {
        *(Kind.SCHEMA, Kind.ROLE, Kind.EXTENSION, Kind.ENUM, Kind.SEQUENCE),
        *(Kind.FUNCTION, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.TRIGGER, Kind.POLICY, Kind.GRANT),
    }
)
"""The kinds that are planned here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in run order."""

    actions: tuple[Action, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The SQL of all actions."""
        return tuple(statement for action in self.actions for statement in action.statements())


def plan_changes(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    is_ours: Callable[[ObjectId], bool],
    disturbed: frozenset[ObjectId] = frozenset(),
) -> Plan:
    """Plan the way from one catalog to the other.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        is_ours: whether an object that only the current catalog has may be dropped.
        disturbed: tables that go, and columns that go or change so that nothing can stand on them meanwhile; who
            changes the tables runs that beside the plan.

    Returns:
        Actions in run order among themselves.
    """
    actions = tuple(_Planner(current, wanted, diff, is_ours, disturbed).plan())
    return Plan(order_steps([make_step(action) for action in actions]))


def make_step(action: Action) -> Step[Action]:
    """Give an action as a step that can be ordered."""
    return Step(action, action.id, action.provides, action.removes, action.requires, action.releases)


class _Planner:
    """Works out what goes, what is made anew with all that stands on it, and what changes in place."""

    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        diff: Diff,
        is_ours: Callable[[ObjectId], bool],
        disturbed: frozenset[ObjectId],
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._diff = diff
        self._is_ours = is_ours
        self._dropped = {item.id for item in diff.removed if item.id.kind in PLANNED and is_ours(item.id)}
        self._altered: dict[ObjectId, Action] = {}
        self._anew: set[ObjectId] = set()
        for change in diff.changed:
            if change.id.kind in PLANNED:
                self._sort_out(change.id, alter_in_place(change, wanted.by_id[change.id], is_ours=is_ours(change.id)))
        self._anew |= find_fallen(current, disturbed | self._anew | self._dropped) - self._dropped
        self._going = frozenset(self._dropped | self._anew | disturbed)

    def _sort_out(self, object_id: ObjectId, action: Action | None) -> None:
        if action is None:
            self._anew.add(object_id)
        elif action.up:
            self._altered[object_id] = action

    def plan(self) -> Iterator[Action]:
        for item in self._diff.added:
            if item.id.kind in PLANNED:
                yield self._create(self._wanted.by_id[item.id])
        for object_id in sorted(self._altered):
            if object_id not in self._anew:
                yield self._link(self._altered[object_id])
        for object_id in sorted(self._dropped):
            yield self._drop(self._current.by_id[object_id], Verb.DROP)
        for object_id in sorted(self._anew):
            yield from self._make_anew(object_id)

    def _make_anew(self, object_id: ObjectId) -> Iterator[Action]:
        old, new = self._current.by_id[object_id], self._wanted.find(object_id)
        if new is not None:
            yield self._drop(old, Verb.DROP)
            yield self._create(new)
        elif self._has_ground(old):
            yield self._drop(old, Verb.SET_ASIDE)
            yield self._create(old, Verb.RESTORE)

    def _has_ground(self, item: CatalogObject) -> bool:
        """Whether what somebody else's object stands on is there afterwards; else nothing can give it back."""
        return not any(needed in self._dropped for needed in item.depends_on)

    def _create(self, item: CatalogObject, verb: Verb = Verb.CREATE) -> Action:
        undo = () if is_attached(item, frozenset(self._anew)) else render_drop(item)
        action = Action(
            verb, item.id, render_create(item), undo, origins=item.origins, hazards=hazards_of_refresh(item)
        )
        return replace(action, requires=frozenset(item.depends_on))

    def _drop(self, item: CatalogObject, verb: Verb) -> Action:
        implied = is_attached(item, self._going)
        hazards = () if item.id in self._anew else hazards_of_drop(item.id, foreign_dependents=self._foreign(item.id))
        up = () if implied else render_drop(item)
        action = Action(verb, item.id, up, render_create(item), origins=self._origins(item), hazards=hazards)
        return replace(action, releases=frozenset(item.depends_on))

    def _origins(self, item: CatalogObject) -> tuple:
        declared = self._wanted.find(item.id)
        return declared.origins if declared else ()

    def _foreign(self, object_id: ObjectId) -> tuple[ObjectId, ...]:
        fallen = find_fallen(self._current, {object_id})
        return tuple(sorted(other for other in fallen if other not in self._wanted.by_id and not self._is_ours(other)))

    def _link(self, action: Action) -> Action:
        needed = frozenset(self._wanted.by_id[action.id].depends_on)
        return replace(action, requires=needed, releases=frozenset(self._current.by_id[action.id].depends_on))
