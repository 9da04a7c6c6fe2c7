"""What joining heads of a history finds and gives: frozen, JSON-able, standard library only."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.types import ProofStep, RevisionDraft


@dataclass(frozen=True)
class Shared:
    """An object that several heads touch, each without knowing of the other.

    Attributes:
        target: a relation for each of its parts.
        changes: pairs of a head and what it does to the object, in one line.
    """

    target: ObjectId
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Merge:
    """A revision that joins heads.

    Attributes:
        draft: not yet written; it does nothing.
        shared: what more than one of the heads touches, sorted by id.
        steps: the branches run one after the other, in each order; all of them must lead to the same.
    """

    draft: RevisionDraft
    shared: tuple[Shared, ...] = ()
    steps: tuple[ProofStep, ...] = ()

    @property
    def held(self) -> bool:
        """Whether the order in which the branches run makes no difference."""
        return all(step.held for step in self.steps)
