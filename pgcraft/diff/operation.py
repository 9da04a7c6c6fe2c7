"""One operation of a revision, for whoever shows it or leaves it out."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId
from pgcraft.render.statement import Hazard, HazardType, Lock

OperationVerb = Literal["create", "drop", "alter", "replace", "rename", "set aside", "restore", "execute"]


@dataclass(frozen=True)
class Operation:
    """One operation of a revision.

    Attributes:
        key: names it to whoever leaves it out; the same on every run while the operation is the same.
        verb: ``execute`` where no other says it.
        target: the object it is about.
        title: ``create view api.products``.
        up: SQL in run order; empty where another operation implies it.
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
