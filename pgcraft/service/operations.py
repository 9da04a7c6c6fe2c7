"""What a revision is for; its operations are those of `pgcraft.diff`."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.operation import Operation as Operation
from pgcraft.diff.operation import OperationVerb as OperationVerb


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
