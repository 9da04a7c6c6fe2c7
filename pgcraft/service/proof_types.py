"""What a proof of a revision found: frozen, JSON-able, standard library only."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.render.statement import Lock


@dataclass(frozen=True)
class ProofStep:
    """One step of a proof: what was done, whether it held, how long it took."""

    name: str
    held: bool
    seconds: float
    message: str = ""


@dataclass(frozen=True)
class Impact:
    """What a statement of a revision does to relations that are there before the revision.

    Attributes:
        key: of its operation.
        locks: the strongest of each relation, the strongest first; not measured where a transaction cannot hold it.
        rewritten: tables and materialized views whose rows it wrote anew.
        scanned: those that it read whole.
    """

    key: str
    sql: str
    locks: tuple[Lock, ...] = ()
    rewritten: tuple[ObjectId, ...] = ()
    scanned: tuple[ObjectId, ...] = ()


@dataclass(frozen=True)
class Proof:
    """A revision tried on the development database: up, nothing left, down, up.

    Attributes:
        impacts: of its statements, in run order; none where the proof did not hold.
    """

    steps: tuple[ProofStep, ...]
    impacts: tuple[Impact, ...] = ()

    @property
    def held(self) -> bool:
        """Whether every step held."""
        return all(step.held for step in self.steps)
