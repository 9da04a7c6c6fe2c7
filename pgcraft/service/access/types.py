"""What a role can reach, as an answer; frozen, JSON-able, standard library only."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId

Reason = Literal["grant", "default", "owner", "superuser", "predefined role"]


@dataclass(frozen=True)
class Way:
    """How a role comes by a privilege.

    Attributes:
        reason: a grant; what PostgreSQL gives everyone; that it owns the object; that it is a superuser; or one of
            PostgreSQL's own roles, as ``pg_read_all_data``.
        grantee: who holds it: the role itself, one that it is a member of, or ``PUBLIC``.
        through: the groups on the way from the role to the grantee, the grantee last; empty for itself and ``PUBLIC``.
        columns: to which it is limited; empty for the whole object.
        grantable: whether it may be passed on.
    """

    reason: Reason
    grantee: str
    through: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    grantable: bool = False


@dataclass(frozen=True)
class Right:
    """A privilege on an object, and every way by which it is held.

    Attributes:
        columns: to which it is limited; empty for the whole object.
    """

    privilege: str
    ways: tuple[Way, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A row level policy."""

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True)
class RowFilter:
    """Which rows of a table under row security are let through.

    Attributes:
        role: who is filtered: the role itself, or whoever owns what it asks through.
        bypass: why nobody is; empty where the rules hold.
        rules: those that are for that role, sorted; with none, no row is let through.
    """

    table: ObjectId
    role: str
    bypass: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Behind:
    """What stands behind a view or a function.

    Attributes:
        role: with whose rights it is used: the role itself, or the owner of what it asks through.
        does: what is done with it: ``select``, or ``runs on insert``.
        missing: what that role would need and does not have.
    """

    id: ObjectId
    role: str
    does: str
    missing: str = ""


@dataclass(frozen=True)
class Reached:
    """An object on which the role holds something.

    Attributes:
        rights: in the order in which privileges are written.
        blocked: why they are of no use; empty when they are.
        behind: what it uses in turn, and with whose rights.
        filters: which rows it gets.
    """

    id: ObjectId
    rights: tuple[Right, ...]
    blocked: str = ""
    behind: tuple[Behind, ...] = ()
    filters: tuple[RowFilter, ...] = ()


@dataclass(frozen=True)
class AccessAnswer:
    """All that a role can reach.

    Attributes:
        source: where that was read, in words.
        attributes: ``superuser``, ``bypassrls``, ``login`` and the like.
        inherits: the roles whose privileges it has, each with the way there.
        may_become: the roles that it may switch to beside these.
        reached: sorted by id; what is blocked among them.
        notes: what else is to be known.
    """

    role: str
    source: str
    attributes: tuple[str, ...] = ()
    inherits: tuple[tuple[str, tuple[str, ...]], ...] = ()
    may_become: tuple[str, ...] = ()
    reached: tuple[Reached, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReachChange:
    """An object that a role reaches otherwise than before."""

    before: Reached
    after: Reached


@dataclass(frozen=True)
class AccessDiff:
    """What a role can reach, before and after.

    Attributes:
        before: the whole answer.
        gained: only afterwards.
        lost: only before.
        changed: otherwise than before.
    """

    before: AccessAnswer
    after: AccessAnswer
    gained: tuple[Reached, ...] = ()
    lost: tuple[Reached, ...] = ()
    changed: tuple[ReachChange, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether the role can do afterwards what it could before, and nothing else."""
        role = self.before, self.after
        facts = [(each.attributes, each.inherits, each.may_become, each.notes) for each in role]
        return not (self.gained or self.lost or self.changed) and facts[0] == facts[1]
