"""What the parent asks its child, one dataclass a request; standard library only.

Load is answered by LoadedModels, CompareModels by DiffAnswer, DraftRevision by RevisionDraft, ProveRevision by Proof,
ProveHistory by HistoryProof, ReadHistory by History, ExportRevisions by ExportedFiles, VerifyAccess by VerifyAnswer,
ReadRows by Rows, TryApi by ApiTrial, ServeApi by ApiServed, ReadDatabase by DatabaseState,
CompareDatabase by DriftAnswer.
"""

from dataclasses import dataclass, field
from pathlib import Path

from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.likely import LikelyRename
from pgcraft.service.drift_types import DatabaseState, Side
from pgcraft.service.heads import Position
from pgcraft.service.types import (
    ExportedFile,
    ExportRequest,
    HistoryEntry,
    Project,
    RevisionDraft,
)


@dataclass(frozen=True)
class DevServer:
    """The development server as the child reaches it.

    Attributes:
        base_url: SQLAlchemy URL of its maintenance database.
        is_ours: a throw-away server of our own, on which nobody else has databases or roles.
    """

    base_url: str
    is_ours: bool


@dataclass(frozen=True)
class Load:
    """Import the models and bring back what they declare."""

    project: Project


@dataclass(frozen=True)
class CompareModels:
    """Replay the migrations and compare the models with the outcome.

    Attributes:
        with_target: whether to bring back what ``env.py`` gives Alembic to compare.
        head: the branch that is replayed, by revision or label; all of them when empty.
        renames: what the user says that has got another name.
    """

    project: Project
    server: DevServer
    with_target: bool = False
    head: str = ""
    renames: tuple[LikelyRename, ...] = ()


@dataclass(frozen=True)
class DraftRevision:
    """Make the text of a revision without writing it.

    Attributes:
        leave_out: keys of operations.
        revision: the id it gets; made up when empty.
        position: where it stands in the history.
        renames: what the user says that has got another name.
    """

    project: Project
    server: DevServer
    message: str
    leave_out: tuple[str, ...] = ()
    revision: str = ""
    position: Position = field(default_factory=Position)
    renames: tuple[LikelyRename, ...] = ()


@dataclass(frozen=True)
class ProveRevision:
    """Try a draft on the development server: up, nothing left, down, up."""

    project: Project
    server: DevServer
    draft: RevisionDraft


@dataclass(frozen=True)
class ProveHistory:
    """Try every revision of the project: up, down, up again, with rows; at the end compare with the models.

    Attributes:
        start: the revision after which the trying begins; those up to it run up alone. Empty for all.
    """

    project: Project
    server: DevServer
    start: str = ""


@dataclass(frozen=True)
class MergeHeads:
    """Make the text of a revision that joins heads, and run their branches in each order on the development server.

    Attributes:
        heads: revisions or labels; all heads when empty.
        revision: the id it gets; made up when empty.
    """

    project: Project
    server: DevServer
    message: str
    heads: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True)
class ReadHistory:
    """Find the revisions that touched an object."""

    project: Project
    target: ObjectId


@dataclass(frozen=True)
class History:
    """The entries of an object's history, oldest first."""

    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True)
class ExportRevisions:
    """Give the SQL of revisions, as ``alembic … --sql`` would."""

    project: Project
    request: ExportRequest


@dataclass(frozen=True)
class ExportedFiles:
    """The files of an export."""

    files: tuple[ExportedFile, ...]


@dataclass(frozen=True)
class VerifyAccess:
    """Apply everything to the development database and try every operation as each role."""

    project: Project
    server: DevServer


@dataclass(frozen=True)
class ReadRows:
    """Read rows that are made up for a view's columns."""

    project: Project
    server: DevServer
    view: ObjectId


@dataclass(frozen=True)
class Rows:
    """What PostgREST would answer: JSON text."""

    json: str


@dataclass(frozen=True)
class TryApi:
    """Run requests to a view as PostgREST would; answered by ApiTrial.

    Attributes:
        roles: who asks, one after the other.
    """

    project: Project
    server: DevServer
    view: ObjectId
    roles: tuple[str, ...]


@dataclass(frozen=True)
class ServeApi:
    """Run PostgREST over everything that the models declare, until SIGTERM; answered by ApiServed.

    Attributes:
        program: of PostgREST.
    """

    project: Project
    server: DevServer
    program: Path


@dataclass(frozen=True)
class ReadDatabase:
    """Read a real database and nothing else: no code of the user's runs in the process that reaches it.

    Attributes:
        url: SQLAlchemy URL.
    """

    project: Project
    url: str


@dataclass(frozen=True)
class CompareDatabase:
    """Compare a database that was read with the models, a revision, or another database.

    Attributes:
        server: of the version of ``here``, where there is one.
        there: the other database; None for a revision or the models.
        revision: replayed for its outcome; empty for the models.
        mend: the side that statements are wanted for; None for neither.
        drops: whether they drop what holds rows, or may be somebody else's.
    """

    project: Project
    server: DevServer
    here: DatabaseState
    there: DatabaseState | None = None
    revision: str = ""
    mend: Side | None = None
    drops: bool = False
