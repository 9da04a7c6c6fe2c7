"""How revisions are written."""

import re
from dataclasses import dataclass

from pgcraft.errors import PGCraftConfigError

_DURATION = re.compile(r"\d+(?:us|ms|s|min|h|d)?")


@dataclass(frozen=True)
class Writing:
    """How revisions are written.

    Attributes:
        lock_timeout: how long a revision waits for a lock, as PostgreSQL reads it (``5s``); empty to say nothing.
        statement_timeout: how long one of its statements may run.
        online: tables go on being read and written while it runs.
    """

    lock_timeout: str = ""
    statement_timeout: str = ""
    online: bool = False


PLAINLY = Writing()
"""As nobody says how."""


def is_duration(text: object) -> bool:
    """Whether PostgreSQL takes a text for a duration: ``5s``, ``500ms``, ``2min``, or a number of milliseconds."""
    return isinstance(text, str) and _DURATION.fullmatch(text) is not None


def check_duration(option: str, text: str | None) -> str:
    """Return the value of an option.

    Raises:
        PGCraftConfigError: PGC029, it is no duration.
    """
    if text and not is_duration(text):
        raise PGCraftConfigError("PGC029", f"{option} is {text!r}, which is no duration", remedy=f"write {option} 5s")
    return text or ""
