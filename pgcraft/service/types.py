"""Requests and answers of the service: frozen, JSON-able, standard library only."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.devdb.trying.access import AccessCheck as AccessCheck
from pgcraft.devdb.trying.access import Identity as Identity
from pgcraft.devdb.trying.access import NotTried as NotTried
from pgcraft.diff.likely import LikelyRename as LikelyRename
from pgcraft.service.api_types import ApiResource
from pgcraft.service.export_types import ExportedFile as ExportedFile
from pgcraft.service.export_types import ExportRequest as ExportRequest
from pgcraft.service.export_types import SchemaFormat as SchemaFormat
from pgcraft.service.findings import EVERYTHING
from pgcraft.service.findings import Finding as Finding
from pgcraft.service.findings import LintChoice as LintChoice
from pgcraft.service.heads import Head as Head
from pgcraft.service.operations import Intention as Intention
from pgcraft.service.operations import Operation as Operation
from pgcraft.service.operations import OperationVerb as OperationVerb
from pgcraft.service.proof_types import Impact as Impact
from pgcraft.service.proof_types import Proof as Proof
from pgcraft.service.proof_types import ProofStep as ProofStep
from pgcraft.service.writing import PLAINLY
from pgcraft.service.writing import Writing as Writing

DeployAs = Literal["owner", "superuser"]
"""Who runs migrations where it counts: a plain owner of the database with CREATEROLE, or a superuser."""


@dataclass(frozen=True)
class Project:
    """What was found for one project.

    Attributes:
        root: the folder of pyproject.toml or alembic.ini, else of the models.
        models: module name (``myapp.models``) or path of a ``.py`` file, as the user gave it.
        alembic_ini: None when there is none yet.
        pyproject: None when there is none yet.
        dev_url: ``[tool.pgcraft] dev_url`` or ``--url``; None for the embedded server.
        disabled: extensions switched off by pyproject.toml and the environment, sorted.
        name: shown in the header.
        metadata: name of the MetaData in the models, for when they make several; None to find the only one.
        load_timeout_s: wall-clock seconds that importing the models may take.
        deploy_as: who runs the migrations.
        identities: who verify tries to keep apart, two by two.
        databases: names of real databases, each with its address as the user wrote it.
        lint: which of its findings are wanted.
        writing: how revisions are written.
    """

    root: Path
    models: str
    alembic_ini: Path | None
    pyproject: Path | None
    dev_url: str | None
    disabled: tuple[str, ...]
    name: str
    metadata: str | None = None
    load_timeout_s: float = 10.0
    deploy_as: DeployAs = "owner"
    identities: tuple[Identity, ...] = ()
    databases: tuple[tuple[str, str], ...] = ()
    lint: LintChoice = EVERYTHING
    writing: Writing = PLAINLY


class Stage(StrEnum):
    """The named stages of long work, as the user reads them."""

    START = "starting"
    IMPORT = "importing models"
    COLLECT = "collecting objects"
    SERVER = "starting PostgreSQL"
    REPLAY = "replaying migrations"
    COMPARE = "comparing"
    RENDER = "rendering"
    PROVE = "proving"
    VERIFY = "verifying"
    SERVE = "starting PostgREST"
    READ = "reading the database"


@dataclass(frozen=True)
class Progress:
    """How far long work has come.

    Attributes:
        count: done so far; None when nothing is counted.
        total: None when unknown.
        seconds: since the work began.
    """

    stage: Stage
    count: int | None = None
    total: int | None = None
    seconds: float = 0.0
    detail: str = ""


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class ExtensionState:
    """One extension as a project sees it.

    Attributes:
        version: of the distribution that brings it; empty when unknown.
        source: ``pgcraft`` (built in), ``entry point of pgcraft-nanoid``, ``config``.
        depends_on: names of the extensions it needs.
        needed_by: names of enabled extensions that need it.
        object_count: how many objects of the catalog are its; 0 when it is off.
        locked: why it cannot be switched; empty when it can.
    """

    name: str
    is_enabled: bool
    version: str = ""
    source: str = ""
    module: str = ""
    depends_on: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()
    object_count: int = 0
    locked: str = ""
    summary: str = ""


@dataclass(frozen=True)
class LoadedModels:
    """What the child brought back.

    Attributes:
        files: every project file the import read; these are watched.
        printed: what the user's code wrote to stdout and stderr, at most 64 KiB of it.
        notes: one line each on what was left out or looked odd.
        seconds: the import alone, and all of it.
        server_need: the oldest server that will do, and for whom, where that is not any:
            ``PostgreSQL 18 or newer (UUIDV7PKPlugin in PGCraftSimple("a"))``.
    """

    catalog: Catalog
    extensions: tuple[ExtensionState, ...]
    resources: tuple[ApiResource, ...]
    files: tuple[str, ...]
    printed: str = ""
    notes: tuple[str, ...] = ()
    import_seconds: float = 0.0
    seconds: float = 0.0
    server_need: str = ""


@dataclass(frozen=True)
class ChangedObject:
    """The DDL of an object on both sides, as the server prints it; empty where it does not exist."""

    id: ObjectId
    before: str
    after: str


@dataclass(frozen=True)
class DiffAnswer:
    """The models against the migrations.

    Attributes:
        heads: of the history; empty before the first revision.
        operations: what the next revision would do, in run order; empty when the two agree.
        intentions: the same as somebody means it.
        likely: what they drop and may mean to rename.
        changed: the objects that they change, a relation for each of its parts, sorted by id; empty too when the
            operations cannot be tried in one transaction.
        compared: what was compared with what, in words.
        wiring: how ``env.py`` makes Alembic's comparison another one than that of the models; empty where it does not.
        target: what ``env.py`` gives Alembic to compare, where it was asked for.
        history: what is wrong with it where it has several heads, and which of them were replayed.
    """

    heads: tuple[Head, ...]
    operations: tuple[Operation, ...]
    intentions: tuple[Intention, ...] = ()
    likely: tuple[LikelyRename, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[ChangedObject, ...] = ()
    compared: str = ""
    wiring: tuple[Finding, ...] = ()
    target: Catalog | None = None
    history: tuple[Finding, ...] = ()

    @property
    def agree(self) -> bool:
        """Whether nothing is to do, and Alembic compares what the models say."""
        return not self.operations and all(finding.level != "problem" for finding in self.wiring)


@dataclass(frozen=True)
class RevisionDraft:
    """A revision before it is written.

    Attributes:
        path: where it will stand.
        text: the whole file.
        intentions: what the operations are for.
        likely: what they drop and may mean to rename.
        left_out: keys of the operations that are not in it.
        heads: what it follows; empty for the first revision.
        beside: the other heads, which it does not follow.
        siblings: revisions that follow the same already.
        compared: what was compared with what, in words.
        notes: one line each on what the migrations made and pgcraft does not model.
    """

    message: str
    revision: str
    path: Path
    text: str
    operations: tuple[Operation, ...]
    intentions: tuple[Intention, ...] = ()
    likely: tuple[LikelyRename, ...] = ()
    left_out: tuple[str, ...] = ()
    heads: tuple[Head, ...] = ()
    beside: tuple[Head, ...] = ()
    siblings: tuple[str, ...] = ()
    compared: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that a revision did to an object.

    Attributes:
        action: ``create view``, ``op.add_column``: as the revision says it.
        path: of the revision's file.
        line: where it says so.
    """

    revision: str
    message: str
    action: str
    path: Path
    line: int


@dataclass(frozen=True)
class VerifyAnswer:
    """Everything applied to the development database, and every operation tried as each role.

    Attributes:
        checks: what was tried.
        steps: what was done before, and what was read about rights; one for each fault.
        not_tried: what was left open, and why.
        notes: what is open by declaration.
    """

    server: str
    checks: tuple[AccessCheck, ...]
    steps: tuple[ProofStep, ...] = ()
    seconds: float = 0.0
    not_tried: tuple[NotTried, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether everything is as declared; where nothing was tried, nothing is known."""
        return bool(self.checks) and not self.failed

    @property
    def failed(self) -> int:
        """How many things are not as declared."""
        return sum(not check.held for check in self.checks) + sum(not step.held for step in self.steps)


@dataclass(frozen=True)
class SwitchPreview:
    """What switching an extension on or off would do.

    Attributes:
        before: pyproject.toml as it is; None when there is none.
        after: as it will be.
        ddl_before: full DDL as it is, for a diff.
    """

    name: str
    is_enabling: bool
    appearing: tuple[ObjectId, ...]
    disappearing: tuple[ObjectId, ...]
    changing: tuple[ObjectId, ...]
    ddl_before: str
    ddl_after: str
    path: Path
    before: bytes | None
    after: bytes
