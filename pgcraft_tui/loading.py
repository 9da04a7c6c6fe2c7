"""Loading the models, comparing them with the migrations, and doing both again when a file was saved."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pgcraft.errors import PGCraftError
from pgcraft.service.types import DiffAnswer, LoadedModels, OnProgress
from pgcraft_tui.present.marks import Marks, compare_loads
from pgcraft_tui.workers import CANCELLED

if TYPE_CHECKING:
    from pgcraft_tui.application import WorkbenchApp

LOAD, DIFF = "load", "diff"


class Loader:
    """Keeps the session of an app up to date with the files of its project."""

    def __init__(self, app: "WorkbenchApp") -> None:
        self._app = app
        self._session = app.session

    def load(self) -> None:
        """Import the models anew; a load that is under way is stopped, its answer dropped."""
        workbench, before = self._session.workbench, self._session.loaded
        if self._app.jobs.is_running(LOAD):
            workbench.cancel()

        def work(report: OnProgress) -> tuple[LoadedModels, Marks]:
            loaded = workbench.load(report)
            return loaded, compare_loads(before.catalog if before is not None else None, loaded.catalog)

        self._app.jobs.start(
            LOAD,
            work,
            owner=self._app,
            done=self._accept,
            failed=self._refuse,
            progressed=self._app.signals.progress.publish,
        )

    def compare(self) -> None:
        """Compare models and migrations in the background; without migrations there is nothing to compare."""
        if self._session.project.alembic_ini is None or self._session.loaded is None:
            return
        generation = self._session.generation

        def work(report: OnProgress) -> tuple[int, DiffAnswer]:
            return generation, self._session.workbench.diff(report)

        self._app.jobs.start(
            DIFF, work, owner=self._app, done=self._know_diff, failed=self._miss_diff, is_background=True
        )

    def _accept(self, answer: tuple[LoadedModels, Marks]) -> None:
        self._session.accept(*answer)
        self._app.signals.models.publish(self._session)
        self._app.signals.diff.publish(self._session)
        self._watch()
        self.compare()

    def _refuse(self, error: PGCraftError) -> None:
        if error.code == CANCELLED:
            self._app.notify("loading was cancelled; R loads again", severity="warning", markup=False)
        else:
            self._session.refuse(error, datetime.now(UTC).astimezone())
        self._app.signals.models.publish(self._session)
        self._watch()

    def _know_diff(self, known: tuple[int, DiffAnswer]) -> None:
        generation, answer = known
        if generation == self._session.generation:
            self._session.diff, self._session.diff_error = answer, None
            self._app.signals.diff.publish(self._session)

    def _miss_diff(self, error: PGCraftError) -> None:
        self._session.diff = None
        self._session.diff_error = error
        self._app.signals.diff.publish(self._session)

    def _watch(self) -> None:
        """Watch what the models were read from, and the files that say how."""
        project, loaded = self._session.project, self._session.loaded
        files = [project.root / file for file in loaded.files] if loaded is not None else []
        files += [project.root / name for name in ("pyproject.toml", "alembic.ini")]
        if project.models.endswith(".py"):
            files.append(project.root / project.models)
        self._app.watcher.watch(files)
