"""What is asked of a real database, and what comes back; frozen, JSON-able, standard library only."""

from dataclasses import dataclass, field
from typing import Literal

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.render.statement import Statement
from pgcraft.service.role_facts import RoleFacts

Side = Literal["here", "there"]
"""The database that was asked about, or what it is compared with."""


@dataclass(frozen=True)
class Stamp:
    """What a table of Alembic's says.

    Attributes:
        refusal: why its rows cannot be read; empty when they were.
    """

    schema: str
    table: str
    revisions: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class Unseen:
    """What the connection's role may not read.

    Attributes:
        what: in words.
        reason: the server's word.
        kinds: of objects that are compared no further; empty for what is no object.
    """

    what: str
    reason: str
    kinds: tuple[Kind, ...] = ()

    def __str__(self) -> str:
        return f"{self.what}: {self.reason}"


@dataclass(frozen=True)
class DatabaseState:
    """All of a database that can be compared.

    Attributes:
        address: user, host, port and name; never the password.
        server: its version, as ``15.18``.
        user: as whom it was read.
        owners: who owns what.
        stamps: every table that looks like one of Alembic's.
        roles: what of the cluster's roles is in no catalog.
        unmodelled: what has no kind here, each in words.
    """

    address: str
    server: str
    user: str
    catalog: Catalog
    owners: tuple[tuple[ObjectId, str], ...] = ()
    stamps: tuple[Stamp, ...] = ()
    roles: RoleFacts = field(default_factory=RoleFacts)
    unmodelled: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True)
class Standing:
    """Where a database stands in the project's history.

    Attributes:
        table: Alembic's, with its schema where ``env.py`` names one.
        revisions: that it names; empty where nothing was applied.
        unknown: those of them that the project does not have.
        pending: revisions that are still to be applied, in run order, each with its message.
        has_table: whether the table is there at all.
        refusal: why it cannot be read, so that nothing is known; empty when it can.
    """

    table: str
    revisions: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    pending: tuple[tuple[str, str], ...] = ()
    has_table: bool = True
    refusal: str = ""


@dataclass(frozen=True)
class FactChange:
    """A fact of an object on both sides, as text; empty where it is not set."""

    name: str
    here: str
    there: str


@dataclass(frozen=True)
class Different:
    """An object that both sides have, and what of it differs."""

    id: ObjectId
    facts: tuple[FactChange, ...]
    origins: Origins = ()


@dataclass(frozen=True)
class OneSided:
    """An object that only one side has.

    Attributes:
        origins: whose it is, where the models know.
        owner: the role that owns it, where one does and it is known.
        parts: how many others stand on it, and come with it.
    """

    id: ObjectId
    origins: Origins = ()
    owner: str = ""
    parts: int = 0


@dataclass(frozen=True)
class DriftAnswer:
    """A database against the models, a revision, or another database.

    Attributes:
        here: the database, in words.
        there: the other side, in words.
        same: how many objects are alike.
        unmodelled_here: what only the database has, and no model can say, each in words.
        unmodelled_there: the same of the other side.
        unseen: what could not be read, and so was not compared.
        standing: where the database stands; None where the project has no migrations.
        mend: statements that change one side into the other, where they were asked for.
        kept: what they leave alone, because its rows would be lost, or it may be somebody else's.
    """

    here: str
    there: str
    same: int
    different: tuple[Different, ...] = ()
    only_here: tuple[OneSided, ...] = ()
    only_there: tuple[OneSided, ...] = ()
    unmodelled_here: tuple[str, ...] = ()
    unmodelled_there: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    notes: tuple[str, ...] = ()
    standing: Standing | None = None
    mend: tuple[Statement, ...] = ()
    kept: tuple[ObjectId, ...] = ()

    @property
    def agree(self) -> bool:
        """Whether nothing that could be seen is different."""
        return not (
            self.different or self.only_here or self.only_there or self.unmodelled_here or self.unmodelled_there
        )
