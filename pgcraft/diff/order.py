"""One order for everything that a revision does, whoever asked for it.

What is made comes after what it needs, what goes comes before what it needed; a recreated object goes first.
Ties are broken by kind and name, of columns by their place, so the order is the same on every run.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from pgcraft.catalog.kinds import KINDS, Stage, select
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.claims import Claim, list_claims
from pgcraft.graph import order_groups
from pgcraft.render.statement import Hazard

T = TypeVar("T")

_LATE = tuple(kind for kind in select(lambda row: row.stage is Stage.LATE) if kind is not Kind.DEFAULTS)
_MADE = sorted(select(lambda row: row.stage is not Stage.LATE), key=lambda kind: KINDS[kind].stage)
_OUTERMOST = (Kind.DEFAULTS,)
"""What holds for all that is made while it is there, and so comes last and goes first."""
_STAGES: tuple[tuple[bool, Sequence[Kind]], ...] = (
    (True, _OUTERMOST),
    (True, _LATE[::-1]),
    (True, select(lambda row: row.stage is Stage.PARTS)[::-1]),
    (False, _MADE),
    (True, select(lambda row: row.stage is Stage.TABLES)[::-1]),
    (False, _LATE),
    (True, select(lambda row: row.stage <= Stage.BASE)[::-1]),
    (False, _OUTERMOST),
)
_RANKS = {(goes, kind): (stage, at) for stage, (goes, kinds) in enumerate(_STAGES) for at, kind in enumerate(kinds)}


class Step(NamedTuple, Generic[T]):
    """Something to do, with what it does to which objects; a tuple, as an action is.

    Attributes:
        item: whatever the caller is ordering.
        subject: the object it is about.
        provides: what is as wanted once it ran.
        removes: what is gone, or no longer as it was, once it ran.
        requires: what must be as wanted before it runs.
        releases: what must still be as it was when it runs.
        is_alone: it is committed by itself, with all that ran before. It comes first, so that when it fails nothing is
            half done; or last where it needs something that is made on the way.
        place: among what is done to parts of one kind of its relation.
        is_rename: its subject is told by a name that it has once this ran.
        leaves: names that go along, beside its subject.
        takes: likewise of those that come along.
        hazards: what it endangers; None where nobody planned it.
    """

    item: T
    subject: ObjectId
    provides: frozenset[ObjectId] = frozenset()
    removes: frozenset[ObjectId] = frozenset()
    requires: frozenset[ObjectId] = frozenset()
    releases: frozenset[ObjectId] = frozenset()
    is_alone: bool = False
    place: int = 0
    is_rename: bool = False
    leaves: frozenset[Claim] = frozenset()
    takes: frozenset[Claim] = frozenset()
    hazards: tuple[Hazard, ...] | None = None

    @property
    def goes(self) -> bool:
        """Whether its subject goes rather than comes."""
        return self.subject in self.removes and self.subject not in self.provides


def order_steps(steps: Sequence[Step[T]]) -> tuple[T, ...]:
    """Put steps in the order in which they can run; a ring is broken where it begins by rank."""
    needs = _find_needs(steps)
    ranks = [(_turn(step, needs[index]), *_rank(step)) for index, step in enumerate(steps)]
    return tuple(steps[index].item for index in _settle(range(len(steps)), needs, ranks))


def _settle(nodes: Iterable[int], needs: dict[int, set[int]], ranks: list[tuple[object, ...]]) -> Iterable[int]:
    for group in order_groups(nodes, needs, key=ranks.__getitem__):
        yield group[0]
        if len(group) > 1:
            yield from _settle(group[1:], needs, ranks)


def _turn(step: Step[T], needs: set[int]) -> int:
    if not step.is_alone:
        return 1
    return 2 if needs else 0


def _rank(step: Step[T]) -> tuple[object, ...]:
    key = step.subject.sort_key
    return (*_RANKS[step.goes, step.subject.kind], key[:3], step.place, key)


def _find_needs(steps: Sequence[Step[T]]) -> dict[int, set[int]]:
    providers = _index((index, step.provides) for index, step in enumerate(steps))
    removers = _index((index, step.removes) for index, step in enumerate(steps))
    needs: dict[int, set[int]] = {index: set() for index in range(len(steps))}
    for index, step in enumerate(steps):
        for required in step.requires:
            needs[index].update(providers.get(required, ()))
        for released in step.releases:
            for remover in removers.get(released, ()):
                needs[remover].add(index)
    for index, vacated in _find_vacated(steps):
        needs[index].update(vacated)
    for index, needed in needs.items():
        needed.discard(index)
    return needs


def _find_vacated(steps: Sequence[Step[T]]) -> Iterable[tuple[int, set[int]]]:
    """Return for each step that makes an object the steps that clear its name."""
    leaving: dict[object, set[int]] = {}
    for index, step in enumerate(steps):
        for claim in (*(list_claims(step.subject) if step.goes else ()), *step.leaves):
            leaving.setdefault(claim, set()).add(index)
    for index, step in enumerate(steps) if leaving else ():
        if not step.goes:
            claims = (*list_claims(step.subject), *step.takes)
            yield index, {other for claim in claims for other in leaving.get(claim, ())}


def _index(touched: Iterable[tuple[int, frozenset[ObjectId]]]) -> dict[ObjectId, list[int]]:
    found: dict[ObjectId, list[int]] = {}
    for index, ids in touched:
        for object_id in ids:
            found.setdefault(object_id, []).append(index)
    return found
