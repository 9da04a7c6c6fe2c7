"""What is done to one object, with the SQL for it and for its undoing."""

from enum import StrEnum
from typing import NamedTuple

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.diff.autocommit import runs_alone
from pgcraft.diff.claims import Claim
from pgcraft.render.statement import Hazard, Statement


class Verb(StrEnum):
    """What is done; the last two leave an object as it was, and whose it was."""

    CREATE = "create"
    REPLACE = "replace"
    ALTER = "alter"
    RENAME = "rename"
    DROP = "drop"
    SET_ASIDE = "set aside"
    RESTORE = "restore"

    @property
    def reverse(self) -> "Verb":
        """What undoes it."""
        return _REVERSED.get(self, self)


_REVERSED = {
    Verb.CREATE: Verb.DROP,
    Verb.DROP: Verb.CREATE,
    Verb.SET_ASIDE: Verb.RESTORE,
    Verb.RESTORE: Verb.SET_ASIDE,
}


_NEVER_ALONE = frozenset({Kind.FUNCTION, Kind.VIEW, Kind.TRIGGER, Kind.POLICY, Kind.GRANT})
"""What is made of text that others may have written at length, and never has to be committed by itself."""


class Action(NamedTuple):
    """One thing done to one object.

    A tuple, since a plan makes several of each: it is made in a fraction of the time of a dataclass of as many fields.

    Attributes:
        up: SQL in run order; empty where another action implies it, as dropping a view drops its triggers.
        down: SQL that undoes it, in run order; empty where undoing another action implies it.
        comment: what the reader should know beside verb and object; may be empty.
        origins: whose the object is.
        requires: what must be as wanted before it runs.
        releases: what must still be as it was when it runs.
        is_remade_by_down: undoing it drops the object and makes it again.
        anew: objects that ``up`` recreates.
        anew_by_down: objects that ``down`` recreates.
        forgotten: facts of the object that differ before and after, as ``Remade`` names them.
        along: other objects that nothing may stand on while it runs or is undone.
        parts: what is made, or goes, with the object.
        facts: what of the object is altered, by the names of its definition's fields.
        leaves: names that it leaves to others beside those of what it makes or drops.
        takes: such names that it takes.
        place: among what is done to parts of one kind of its relation, so that undoing it goes the other way round.
        is_awaited: what needs the object waits for it.
        causes: what lies under the object and goes or changes; empty where it is done for the object's own sake.
    """

    verb: Verb
    id: ObjectId
    up: tuple[str, ...]
    down: tuple[str, ...]
    comment: str = ""
    origins: Origins = ()
    hazards: tuple[Hazard, ...] = ()
    requires: frozenset[ObjectId] = frozenset()
    releases: frozenset[ObjectId] = frozenset()
    is_remade_by_down: bool = False
    anew: frozenset[ObjectId] = frozenset()
    anew_by_down: frozenset[ObjectId] = frozenset()
    forgotten: tuple[str, ...] = ()
    along: frozenset[ObjectId] = frozenset()
    parts: frozenset[ObjectId] = frozenset()
    facts: tuple[str, ...] = ()
    place: int = 0
    is_awaited: bool = True
    causes: frozenset[ObjectId] = frozenset()
    leaves: frozenset[Claim] = frozenset()
    takes: frozenset[Claim] = frozenset()

    @property
    def provides(self) -> frozenset[ObjectId]:
        """What is as wanted once it ran."""
        if self.verb in (Verb.DROP, Verb.SET_ASIDE) or not self.is_awaited:
            return frozenset()
        return frozenset((self.id, *self.along, *self.parts))

    @property
    def removes(self) -> frozenset[ObjectId]:
        """What is gone once it ran, or is for a moment when it is undone."""
        goes = self.verb in (Verb.DROP, Verb.SET_ASIDE) or self.is_remade_by_down
        return frozenset((self.id, *self.parts, *self.along)) if goes else self.along

    @property
    def goes(self) -> bool:
        """Whether its object goes rather than comes."""
        return self.id in self.removes and self.id not in self.provides

    @property
    def is_alone(self) -> bool:
        """Whether it must be committed by itself."""
        return self.id.kind not in _NEVER_ALONE and any(map(runs_alone, self.up))

    @property
    def is_undone_alone(self) -> bool:
        """Whether what undoes it must be committed by itself."""
        return self.id.kind not in _NEVER_ALONE and any(map(runs_alone, self.down))

    def reverse(self) -> "Action":
        """Return what undoes it."""
        verb, up, down, anew = self.verb.reverse, self.down, self.up, self.anew_by_down
        return self._replace(verb=verb, up=up, down=down, anew=anew, anew_by_down=self.anew, hazards=())

    def statements(self) -> tuple[Statement, ...]:
        """Return its SQL as statements; the last of them carries what undoes all of them."""
        title = f"{self.verb} {self.id}"
        comment = f"{title}: {self.comment}" if self.comment else title
        last = len(self.up) - 1
        return tuple(
            Statement(sql, comment, self.down if index == last else (), self.id, self.hazards if index == last else ())
            for index, sql in enumerate(self.up)
        )
