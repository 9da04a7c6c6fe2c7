"""Loading the models, comparing them with the migrations, and doing both again when a file was saved."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pgcraft.errors import PGCraftError
from pgcraft.service.types import DiffAnswer, LoadedModels, OnProgress
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
        if self._app.jobs.is_running(LOAD):
            self._session.workbench.cancel()
        self._app.jobs.start(
            LOAD,
            self._session.workbench.load,
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

    def _accept(self, loaded: LoadedModels) -> None:
        self._session.accept(loaded)
        self._app.signals.models.publish(self._session)
        self._app.signals.diff.publish(self._session)
        self._app.watch_files()
        self.compare()

    def _refuse(self, error: PGCraftError) -> None:
        if error.code == CANCELLED:
            self._app.notify("loading was cancelled; R loads again", severity="warning", markup=False)
        else:
            self._session.refuse(error, datetime.now(UTC).astimezone())
        self._app.signals.models.publish(self._session)
        self._app.watch_files()

    def _know_diff(self, known: tuple[int, DiffAnswer]) -> None:
        generation, answer = known
        if generation == self._session.generation:
            self._session.diff, self._session.diff_error = answer, None
            self._app.signals.diff.publish(self._session)

    def _miss_diff(self, error: PGCraftError) -> None:
        self._session.diff = None
        self._session.diff_error = error
        self._app.signals.diff.publish(self._session)
