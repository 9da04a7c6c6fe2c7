"""What was looked at and how it is: the lines of reports, and what the user wants of lint's."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import Place


@dataclass(frozen=True)
class Finding:
    """One line of a report: what was looked at, how it is, what to do.

    Attributes:
        level: a note is about what will hurt, advice about what another would have done otherwise.
        target: the object that it is about; None when it is about none.
        code: of the rule of lint that found it; empty when none did.
        place: the line of the models that declares the object; None when nobody knows.
        why: the page of PostgreSQL's documentation.
    """

    name: str
    level: Literal["ok", "note", "advice", "problem"]
    message: str
    remedy: str = ""
    target: ObjectId | None = None
    code: str = ""
    place: Place | None = None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


@dataclass(frozen=True)
class LintChoice:
    """Which findings of lint are wanted.

    Attributes:
        select: codes, or their beginnings; empty for all.
        ignore: codes, or their beginnings, each alone or as ``PGL201:sales.*`` with the names of objects.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


EVERYTHING = LintChoice()
"""Nothing is left out."""
