"""What a run of steps recreates, and between which of them what stands on that is kept and put back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import NamedTuple

from pgcraft.catalog.kinds import select
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.recreating import name_comment
from pgcraft.render.keeping import Remade
from pgcraft.render.kept_settings import REPLACED

_ADDRESSED = frozenset(select(lambda row: row.is_kept))
_ON_TABLES = frozenset({Kind.POLICY, Kind.TRIGGER, Kind.STATISTICS})
"""What changes where it stands, and may turn to another column then."""
_QUOTED = "\nAS "
"""What stands before the body of a function that PostgreSQL keeps as text, and so stands on nothing."""


class Turn(Enum):
    """What happens to an object."""

    GOES = auto()
    COMES = auto()
    ANEW = auto()
    RETYPED = auto()
    ASIDE = auto()
    GRANTED = auto()
    STAYS = auto()


class Touched(NamedTuple):
    """An object that a step does something to; a tuple, as an action is.

    Attributes:
        forgotten: its facts that differ before and after, as ``Remade`` names them.
    """

    turn: Turn
    id: ObjectId
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is recreated, between which steps.

    Attributes:
        first: the place of the first step that belongs between.
        end: the one behind the last.
    """

    remade: tuple[Remade, ...]
    first: int
    end: int


def find_standing(steps: Sequence[Sequence[Touched]], known: Mapping[ObjectId, tuple[str, ...]]) -> Standing | None:
    """Return what steps drop and make again; None where nothing is known to stand on it.

    Args:
        steps: what each of them touches, in run order.
        known: what else is forgotten of objects.
    """
    touched = [[each for each in found if each.id.kind in _ADDRESSED] for found in steps]
    by_turn: dict[Turn, set[ObjectId]] = {turn: set() for turn in Turn}
    for each in chain.from_iterable(touched):
        by_turn[each.turn].add(each.id)
    going = by_turn[Turn.GOES]
    anew = by_turn[Turn.ANEW] | (by_turn[Turn.COMES] & going)
    if not anew and not by_turn[Turn.ASIDE]:
        return None  # a column gets another type
    anew |= by_turn[Turn.RETYPED]
    facts = {each.id: each.forgotten or known.get(each.id, ()) for each in chain.from_iterable(touched)}
    places = [
        place for place, found in enumerate(touched) if any(each.id in anew or each.turn is Turn.GOES for each in found)
    ]
    end = places[-1] + 1
    while end < len(steps) and any(each.turn is Turn.GRANTED for each in steps[end]):
        end += 1
    ours = going | anew | by_turn[Turn.STAYS]
    remade = tuple(Remade(each, facts[each], is_back=each in anew) for each in sorted(ours))
    return Standing(remade, places[0], end)


def replaces(action: Action) -> bool:
    """Whether an action replaces its object where it stands, with what others set on it."""
    return action.id.kind in REPLACED and any(sql.startswith("CREATE OR REPLACE ") for sql in action.up)


def touch(action: Action) -> Iterator[Touched]:
    """Return what an action touches."""
    if action.id.kind is Kind.GRANT:
        yield Touched(Turn.GRANTED, action.id)
    elif not action.up and action.verb in (Verb.SET_ASIDE, Verb.RESTORE):
        yield Touched(Turn.ASIDE, action.id)
    elif action.verb in (Verb.DROP, Verb.SET_ASIDE):
        yield Touched(Turn.GOES, action.id, action.forgotten)
    elif action.verb in (Verb.CREATE, Verb.RESTORE):
        yield Touched(Turn.COMES, action.id, action.forgotten)
    elif action.id.kind is Kind.COLUMN and "type" in action.facts:
        yield touch_retyped(action.id, action.forgotten)
    elif _may_turn(action):
        yield Touched(Turn.STAYS, action.id)
    for each in sorted(action.anew):
        yield Touched(Turn.ANEW, each, action.forgotten if each == action.id else ())


def _may_turn(action: Action) -> bool:
    """Whether an object turns to or from what is recreated: before that goes, or when it is back."""
    if action.verb is Verb.RENAME or (action.id.kind is Kind.FUNCTION and any(_QUOTED in sql for sql in action.up)):
        return False
    return action.id.kind in _ON_TABLES or action.verb is Verb.REPLACE


def touch_retyped(column: ObjectId, forgotten: tuple[str, ...] = ()) -> Touched:
    """Return that a column gets another type; its comment stays, or is changed."""
    return Touched(Turn.RETYPED, column, tuple({name_comment(column), *forgotten}))
