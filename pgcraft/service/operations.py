"""What a revision does, step by step, and what that is for."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId
from pgcraft.render.statement import Hazard, HazardType, Lock

OperationVerb = Literal["create", "drop", "alter", "replace", "rename", "set aside", "restore", "execute"]


@dataclass(frozen=True)
class Operation:
    """One operation of a revision.

    Attributes:
        key: stable over runs while the operation stays the same; names it when leaving it out.
        target: the object it is about.
        title: ``create view api.products``.
        up: SQL in run order.
        down: SQL that undoes it, in run order.
        needs: keys of operations that must go with it.
        locks: of relations that are there before, by PostgreSQL's documentation.
    """

    key: str
    verb: OperationVerb
    target: ObjectId
    title: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    hazards: tuple[Hazard, ...] = ()
    needs: tuple[str, ...] = ()
    locks: tuple[Lock, ...] = ()

    @property
    def losses(self) -> tuple[Hazard, ...]:
        """What it loses."""
        return tuple(hazard for hazard in self.hazards if hazard.type is HazardType.DATA_LOSS)

    @property
    def loses_data(self) -> bool:
        """Whether it loses anything."""
        return bool(self.losses)


@dataclass(frozen=True)
class Intention:
    """A change as somebody means it, with all that follows from it.

    Attributes:
        title: ``sales.customers gains phone; api.customers is made again with 3 triggers and its grant``.
        about: the same without what follows: ``sales.customers gains phone``.
        objects: what it is about, the first one first; what follows is not among them.
        steps: keys of its operations, in run order; each operation belongs to one change.
        follows: what follows from it, clause by clause: ``api.customers is made again with 3 triggers and its grant``.
    """

    title: str
    about: str
    objects: tuple[ObjectId, ...]
    steps: tuple[str, ...]
    follows: tuple[str, ...] = ()
