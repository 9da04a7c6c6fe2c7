"""What the workbench knows at this moment: the models it shows, how old they are, where the user stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import PGCraftError
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.types import DiffAnswer, Finding, HistoryEntry, LikelyRename, LoadedModels, Project
from pgcraft_tui.present.marks import Marks

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench


@dataclass
class Session:
    """The state that every screen reads; only the app's handlers write it.

    Attributes:
        found: the project as it was when the workbench began; `project` is the one to ask for.
        open_workbench: makes the service; called once, when it is first needed.
        loaded: the last models that could be loaded, or None before the first.
        selection: the object under the cursor of the tree, or None on a group.
        generation: counts loads; an answer computed for an older one is out of date.
        revised: counts changes of the revisions' files; SQL rendered for an older count is out of date.
        error: why the last load failed; None when `loaded` is what the files say.
        stale_since: when the first load after that of `loaded` failed or was stopped; None while it is current.
        diff: the models against the migrations; None until it is known for this generation.
        diff_error: why there is no diff; None when there is one or it is not known yet.
        trials: what requests to API views were answered, by view; forgotten with the models.
        findings: what looks odd about the schema that is shown.
        served: the generation of the models that PostgREST serves; None while it does not run.
        changes: what the last load changed; empty after the first one.
        renames: what has got another name, as somebody said; forgotten when the revisions change.
        histories: what the revisions did to objects, as far as it was asked; forgotten when the revisions change.
    """

    found: Project
    open_workbench: Callable[[], "Workbench"]
    loaded: LoadedModels | None = None
    selection: ObjectId | None = None
    generation: int = 0
    revised: int = 0
    error: PGCraftError | None = None
    stale_since: datetime | None = None
    diff: DiffAnswer | None = None
    diff_error: PGCraftError | None = None
    trials: dict[ObjectId, ApiTrial] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    served: int | None = None
    changes: Marks = field(default_factory=dict)
    renames: tuple[LikelyRename, ...] = ()
    histories: dict[ObjectId, tuple[HistoryEntry, ...]] = field(default_factory=dict)

    @cached_property
    def workbench(self) -> "Workbench":
        """The service; its methods block, so screens call them through ``app.jobs``."""
        return self.open_workbench()

    @property
    def project(self) -> Project:
        """The project that the workbench works on."""
        return self.workbench.project if "workbench" in vars(self) else self.found

    @property
    def is_stale(self) -> bool:
        """Whether what is shown is older than what the files say."""
        return self.stale_since is not None

    @property
    def served_at(self) -> str:
        """Where PostgREST answers, and whether it serves older models than those shown; empty while none runs."""
        address = self.workbench.api_address if self.served is not None else ""
        return f"{address} (older models)" if address and self.served != self.generation else address

    @property
    def comparison(self) -> DiffAnswer | PGCraftError | None:
        """The models against the migrations, or why they could not be compared; None while it is not known."""
        return self.diff if self.diff is not None else self.diff_error

    def accept(self, loaded: LoadedModels, changes: Marks, findings: tuple[Finding, ...]) -> None:
        """Take what a load brought; everything derived from the former models is forgotten."""
        self.loaded = loaded
        self.changes = changes
        self.findings = findings
        self.generation += 1
        self.error = None
        self.stale_since = None
        self.diff = None
        self.diff_error = None
        self.trials = {}
        if self.selection is not None and loaded.catalog.find(self.selection) is None:
            self.selection = None

    def interrupt(self, now: datetime) -> None:
        """Note that a load was stopped: nobody knows whether the models that are shown are what the files say."""
        if self.loaded is not None and self.stale_since is None:
            self.stale_since = now

    def refuse(self, error: PGCraftError, now: datetime) -> None:
        """Keep the last good models beside the reason why the new ones could not be loaded."""
        self.error = error
        if self.loaded is not None and self.stale_since is None:
            self.stale_since = now
