"""The heads of a history: how they are called, and what is said where there are several."""

from collections.abc import Sequence
from dataclasses import dataclass

from pgcraft.service.findings import Finding

BASE = "base"
"""The head that a revision is to follow which follows none."""


@dataclass(frozen=True)
class Position:
    """Where a new revision stands in the history.

    Attributes:
        head: what it follows, by revision or label; the only head when empty, nothing for `BASE`.
        is_splice: whether that may have been followed by others already.
        label: of the branch that begins with it; empty for none.
        depends_on: revisions, or labels of them, which are to run before it.
    """

    head: str = ""
    is_splice: bool = False
    label: str = ""
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """A head of the migration history.

    Attributes:
        labels: of its branch.
    """

    revision: str
    message: str
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = f", {'/'.join(self.labels)}" if self.labels else ""
        return f"{self.revision} ({self.message}{named})"


def list_heads(heads: Sequence[Head]) -> str:
    """Return ``aaaa (add note) and bbbb (add price)``."""
    return " and ".join(filter(None, (", ".join(map(str, heads[:-1])), *map(str, heads[-1:]))))


def find_several(heads: Sequence[Head], replayed: Head | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with a history of several heads, and what was done with them; nothing where there is one.

    Branches that each have a label of their own are meant to stay apart; else two people followed one revision.

    Args:
        heads: all of them.
        replayed: the only one that was; None for all.
    """
    if len(heads) < 2:
        return ()
    done = f"{replayed.revision} alone was replayed" if replayed else "all of them were replayed"
    said = f"the history has {len(heads)} heads: {list_heads(heads)}; {done}"
    others = [frozenset(other.labels) for other in heads]
    own = [frozenset(head.labels).difference(*others[:at], *others[at + 1 :]) for at, head in enumerate(heads)]
    if all(own):
        return (Finding("migrations", "note", said, '"alembic upgrade heads" applies all of its branches'),)
    remedy = 'join them: pgcraft merge; until then "alembic upgrade head" refuses'
    return (Finding("migrations", "problem", said, remedy),)
