"""Why an object is there, as an answer; frozen, JSON-able, standard library only."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.service.access.types import Reached
from pgcraft.service.types import HistoryEntry


@dataclass(frozen=True)
class Reason:
    """A step from an object to what it is there for.

    Attributes:
        id: what has, calls, reads or needs what the step before is about.
        how: what it does with that: ``calls it``.
    """

    id: ObjectId
    how: str
    origins: Origins = ()


@dataclass(frozen=True)
class Declared:
    """A grant, and who declared it."""

    id: ObjectId
    origins: Origins


@dataclass(frozen=True)
class Holder:
    """What a role holds on the object, and which grants say so."""

    role: str
    reached: Reached
    declared: tuple[Declared, ...]


@dataclass(frozen=True)
class WhyAnswer:
    """Whose an object is, and why it is there.

    Attributes:
        role: what it is to the resource that it belongs to, as ``log of sales.prices``.
        origins: from who made it to who last changed it; empty where nobody said.
        reasons: from the object to what it is there for; empty for what stands for itself.
        depends_on: what must be there before it.
        used_by: what needs it, parts of its own not counted.
        holds: what the rights are on: the object, or the relation that it is a part of.
        holders: the roles that hold something on it, sorted.
        history: what the revisions did to it, oldest first.
        notes: what else is to be known.
    """

    id: ObjectId
    role: str = ""
    origins: Origins = ()
    reasons: tuple[Reason, ...] = ()
    depends_on: tuple[ObjectId, ...] = ()
    used_by: tuple[ObjectId, ...] = ()
    holds: ObjectId | None = None
    holders: tuple[Holder, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    notes: tuple[str, ...] = ()
