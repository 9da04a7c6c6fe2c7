"""One SQL statement with its undo, its cause and its dangers."""

from dataclasses import dataclass
from enum import StrEnum

from pgcraft.catalog.objects import ObjectId


class HazardType(StrEnum):
    """What a statement endangers."""

    DATA_LOSS = "data loss"
    HEAVY_LOCK = "heavy lock"
    TABLE_REWRITE = "table rewrite"
    MAY_FAIL = "may fail"
    ACCESS = "access"


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
