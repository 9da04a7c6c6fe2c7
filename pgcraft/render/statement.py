"""One SQL statement with its undo, its cause and its dangers."""

from dataclasses import dataclass
from enum import StrEnum

from pgcraft.catalog.objects import ObjectId


class HazardType(StrEnum):
    """What a statement endangers."""

    DATA_LOSS = "data loss"
    HEAVY_LOCK = "heavy lock"
    TABLE_REWRITE = "table rewrite"
    TABLE_SCAN = "table scan"
    MAY_FAIL = "may fail"
    ACCESS = "access"
    SQUAWK = "squawk"


@dataclass(frozen=True, slots=True)
class Hazard:
    """A danger of a statement, in words for the one who must decide.

    Attributes:
        subject: name of what is lost, as ``--allow-drop`` takes it, where it is not what the operation is about.
    """

    type: HazardType
    message: str
    subject: str = ""

    def __str__(self) -> str:
        """``data loss: what table app.t holds is lost``."""
        return f"{self.type}: {self.message}"


class LockMode(StrEnum):
    """How a table is locked, the weakest first (https://www.postgresql.org/docs/current/explicit-locking.html)."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        """Its place, from the weakest."""
        return list(LockMode).index(self)


@dataclass(frozen=True, slots=True)
class Lock:
    """The strongest lock that a statement takes on a relation that was there before.

    Attributes:
        is_measured: it was read from ``pg_locks``; else it is what PostgreSQL's documentation says.
    """

    mode: LockMode
    relation: ObjectId
    is_measured: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that can be run alone.

    Attributes:
        sql: without a closing semicolon.
        comment: one line that says what it does; shown above it.
        reverse: SQL that undoes it, each without a semicolon, in run order; empty when nothing undoes it.
        source: the object that caused it.
        hazards: what it endangers.
    """

    sql: str
    comment: str
    reverse: tuple[str, ...]
    source: ObjectId
    hazards: tuple[Hazard, ...] = ()
