"""What was found when a role tried an operation."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId

RELATION_OPERATIONS = ("select", "insert", "update", "delete")
DATA_CLASSES = frozenset({"22", "23", "44", "P0"})
"""SQLSTATE classes that speak about a row: bad data, a constraint, WITH CHECK OPTION, RAISE in a trigger."""

ROW_SECURITY = "42501"
"""The SQLSTATE of a row that a policy refuses; a check that failed with it was not refused for want of a right."""

UNTOUCHED = "allowed, but no row was there to try it on"
"""The message of an operation that went through and touched no row."""

Expected = Literal["allowed", "refused"]


def to_expected(is_allowed: bool) -> Expected:
    """Return the word for what a grant allows or does not."""
    return "allowed" if is_allowed else "refused"


@dataclass(frozen=True)
class Identity:
    """Somebody who asks: a role with the claims of its token.

    Attributes:
        claims: as JSON, an object; PostgREST puts it into ``request.jwt.claims``.
    """

    role: str
    claims: str = "{}"

    def __str__(self) -> str:
        return self.role if self.claims == "{}" else f"{self.role} {self.claims}"


@dataclass(frozen=True)
class NotTried:
    """What a verification leaves open, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True)
class Verified:
    """What a verification found.

    Attributes:
        checks: what was tried.
        not_tried: what was not.
        notes: what is open by declaration.
    """

    checks: tuple["AccessCheck", ...] = ()
    not_tried: tuple[NotTried, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccessCheck:
    """One operation of one role on one object, tried for real.

    Attributes:
        relation: the table or view; for ``execute`` the function, for ``become`` the role.
        operation: ``select``, ``insert``, ``update``, ``delete``, ``execute``, ``become``: to switch to a role,
            ``nextval``; or of single columns (``insert without note``) or rows (``see rows of …``), in words.
        expected: ``allowed`` or ``refused``, by the declared grants.
        seen: ``allowed``, ``refused`` (SQLSTATE 42501) or ``failed`` for any other reason.
        message: the server's when it was not allowed; a note when no row was there to try an update or delete on.
        sqlstate: of that message; empty when it was allowed.
        other: the identity whose rows they were; ``role`` is then one, too. Empty for what roles may do at all.
    """

    role: str
    relation: ObjectId
    operation: str
    expected: Expected
    seen: Literal["allowed", "refused", "failed"]
    message: str = ""
    sqlstate: str = ""
    other: str = ""

    @property
    def held(self) -> bool:
        """Whether what was seen agrees with what was expected.

        What nobody can do, as inserting into a view that takes no rows, is as good as refused.
        """
        if self.seen != "failed":
            return self.expected == self.seen
        return self.is_undecided if self.expected == "allowed" else not self.is_undecided

    @property
    def outcome(self) -> str:
        """What was seen, in words that agree with ``held``."""
        if self.seen == "failed" and self.held:
            return "allowed, but not this row" if self.is_undecided else "refused to everyone"
        return self.seen

    @property
    def is_undecided(self) -> bool:
        """Whether the role came through and only the made-up row was refused: by a constraint, a trigger, a policy."""
        return self.seen == "failed" and (self.sqlstate[:2] in DATA_CLASSES or self.sqlstate == ROW_SECURITY)
