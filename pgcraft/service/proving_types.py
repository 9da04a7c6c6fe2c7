"""What came of proving a whole history; frozen, JSON-able, standard library only."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.errors import Place

Way = Literal["up", "down", "up again", ""]


@dataclass(frozen=True)
class HistoryStep:
    """One step of the proof.

    Attributes:
        name: what was done.
        held: whether it did what it should.
        revision: the revision that ran; empty for a step with all of them.
        title: its message.
        way: which way it ran.
        what: what is worth knowing; where it did not hold, why.
        place: the line of the revision that is to blame, where one is.
        remedy: how to mend it.
        detail: longer material: a traceback, the server's message.
    """

    name: str
    held: bool
    seconds: float
    revision: str = ""
    title: str = ""
    way: Way = ""
    what: str = ""
    place: Place | None = None
    remedy: str = ""
    detail: str = ""


@dataclass(frozen=True)
class HistoryProof:
    """Every revision tried up, down and up again with rows, and then all of them together.

    Attributes:
        server: PostgreSQL's version.
        revisions: how many were to be tried.
        steps: in their order; the first that does not hold is the last.
    """

    server: str
    revisions: int
    steps: tuple[HistoryStep, ...]

    @property
    def held(self) -> bool:
        """Whether every step held."""
        return all(step.held for step in self.steps)

    @property
    def failed(self) -> HistoryStep | None:
        """The step that did not hold."""
        return next((step for step in self.steps if not step.held), None)
