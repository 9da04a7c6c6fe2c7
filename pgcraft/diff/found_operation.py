"""One operation of a revision, for whoever shows it or leaves it out."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.render.statement import Hazard


@dataclass(frozen=True, slots=True)
class FoundOperation:
    """One operation of a revision.

    Attributes:
        key: names it to whoever leaves it out; the same on every run while the operation is the same.
        verb: ``create``, ``replace``, ``alter``, ``rename``, ``drop``, ``set aside``, ``restore``, or ``execute`` for
            all else.
        target: the object it is about.
        title: ``create view api.products``.
        up: SQL in run order; empty where another operation implies it.
        down: SQL that undoes it, in run order.
        needs: keys of operations that must go with it.
    """

    key: str
    verb: str
    target: ObjectId
    title: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    hazards: tuple[Hazard, ...] = ()
    needs: tuple[str, ...] = ()
