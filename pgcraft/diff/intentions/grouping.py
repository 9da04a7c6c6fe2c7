"""All that is done, put together into changes as somebody means them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgcraft.catalog.kinds import RELATIONS, TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Layer
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.intentions.deeds import Deed, find_deeds
from pgcraft.diff.intentions.links import Links, find_links

_HELPERS = frozenset({*TYPES, Kind.SCHEMA, Kind.EXTENSION, Kind.SEQUENCE, Kind.FUNCTION})
"""What is made for the sake of what needs it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is done, and why: all that changes are told from.

    Attributes:
        diff: of the two.
        actions: that lead from one to the other.
    """

    current: Catalog
    wanted: Catalog
    diff: Diff
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Objects that are touched together.

    Attributes:
        heads: those that are touched for their own sake, in run order.
        others: those that are touched because of these, in run order.
        deeds: what is done to each.
        changes: how those that differ do.
        items: the objects as they are wanted, or as they were.
        old_names: of those that get another one.
    """

    heads: tuple[ObjectId, ...]
    others: tuple[ObjectId, ...]
    deeds: Mapping[ObjectId, Deed]
    changes: Mapping[ObjectId, Change]
    items: Mapping[ObjectId, CatalogObject]
    old_names: Mapping[ObjectId, str]


def group_steps(planned: Planned, steps: Iterable[tuple[str, ObjectId]]) -> tuple[Group, ...]:
    """Put what is done together; in the order in which their heads are touched.

    Args:
        planned: what it is done for; steps may be left out of it, or come from elsewhere.
        steps: verb and object of all that is done, in run order.
    """
    deeds = find_deeds(steps)
    links = find_links(planned.current, planned.wanted, planned.diff, planned.actions, deeds)
    sets = _Sets(deeds)
    for each, owners in links.items():
        for owner in owners:
            sets.join(each, owner)
    for each, owner in _Servants(planned, deeds, sets).find():
        links[each].add(owner)
        sets.join(each, owner)
    changes = {change.id: change for change in planned.diff.changed}
    old_names = {action.id: action.comment for action in planned.actions if action.verb is Verb.RENAME}
    place = {each: at for at, each in enumerate(deeds)}
    groups = [_make_group(planned, members, links, deeds, changes, old_names) for members in sets.list()]
    return tuple(sorted(groups, key=lambda group: place[group.heads[0]]))


def _make_group(
    planned: Planned,
    members: Sequence[ObjectId],
    links: Links,
    deeds: Mapping[ObjectId, Deed],
    changes: Mapping[ObjectId, Change],
    old_names: Mapping[ObjectId, str],
) -> Group:
    heads = [each for each in members if not links[each]] or members[:1]
    found = ((each, planned.wanted.find(each) or planned.current.find(each)) for each in members)
    return Group(
        heads=tuple(heads),
        others=tuple(each for each in members if each not in heads),
        deeds={each: deeds[each] for each in members},
        changes={each: changes[each] for each in members if each in changes},
        items={each: item for each, item in found if item is not None},
        old_names={each: old_names[each] for each in members if each in old_names},
    )


class _Sets:
    """Objects that belong together so far."""

    def __init__(self, objects: Iterable[ObjectId]) -> None:
        self._above = {each: each for each in objects}

    def find(self, object_id: ObjectId) -> ObjectId:
        """Return who stands for the set of an object."""
        found = object_id
        while self._above[found] != found:
            found = self._above[found]
        while self._above[object_id] != found:
            self._above[object_id], object_id = found, self._above[object_id]
        return found

    def join(self, one: ObjectId, other: ObjectId) -> None:
        self._above[self.find(one)] = self.find(other)

    def list(self) -> Iterator[Sequence[ObjectId]]:
        """Return the members of each set in their order."""
        found: dict[ObjectId, list[ObjectId]] = {}
        for each in self._above:
            found.setdefault(self.find(each), []).append(each)
        return iter(found.values())


class _Servants:
    """Finds what is made, or goes, for the sake of one change alone: its schema, its types, its functions, its view."""

    def __init__(self, planned: Planned, deeds: Mapping[ObjectId, Deed], sets: _Sets) -> None:
        self._wanted = planned.wanted
        self._deeds = deeds
        self._sets = sets
        self._inside = {part: action.id for action in planned.actions for part in action.parts}
        self._catalogs = {Deed.NEW: planned.wanted, Deed.GONE: planned.current}

    def find(self) -> Iterator[tuple[ObjectId, ObjectId]]:
        """Return each with what it is for; who takes them puts both together before the next is looked for."""
        for each, deed in self._deeds.items():
            if each.kind in RELATIONS and deed in self._catalogs:
                yield from self._find_source(each, self._catalogs[deed])
        new = [each for each, deed in self._deeds.items() if deed is Deed.NEW]
        gone = [each for each, deed in self._deeds.items() if deed is Deed.GONE]
        for each in (*reversed(new), *gone):
            if each.kind in _HELPERS:
                yield from self._find_user(each, self._catalogs[self._deeds[each]])

    def _find_source(self, object_id: ObjectId, catalog: Catalog) -> Iterator[tuple[ObjectId, ObjectId]]:
        """Return what a view shows, where that comes with it and the view is not a user's own; or goes with it."""
        item = catalog.find(object_id)
        if item is None or (catalog is self._wanted and all(each.layer is Layer.USER for each in item.origins)):
            return
        sources = [each for each in item.depends_on if each.kind in RELATIONS]
        if sources and all(self._deeds.get(each) is self._deeds[object_id] for each in sources):
            yield from self._find_only(object_id, sources)

    def _find_user(self, object_id: ObjectId, catalog: Catalog) -> Iterator[tuple[ObjectId, ObjectId]]:
        users = (self._inside.get(each, each) for each in catalog.dependents.get(object_id, ()))
        yield from self._find_only(object_id, [each for each in users if each in self._deeds])

    def _find_only(self, object_id: ObjectId, others: Iterable[ObjectId]) -> Iterator[tuple[ObjectId, ObjectId]]:
        found = {self._sets.find(each): each for each in others if each != object_id}
        if len(found) == 1 and self._sets.find(object_id) not in found:
            yield from ((object_id, other) for other in found.values())
