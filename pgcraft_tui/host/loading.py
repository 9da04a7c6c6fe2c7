"""Loading the models, comparing them with the migrations, and doing both again when a file was saved."""

from datetime import UTC, datetime
from pathlib import Path

from pgcraft.errors import PGCraftError
from pgcraft.service.types import DiffAnswer, Finding, LikelyRename, LoadedModels, OnProgress
from pgcraft_tui.host.jobs import CANCELLED, JobKind, Owner
from pgcraft_tui.host.protocol import Host
from pgcraft_tui.host.watch import Watcher, find_versions_folder
from pgcraft_tui.present.marks import Marks, compare_loads, count_marks

Loaded = tuple[LoadedModels, Marks, tuple[Finding, ...]]
"""What a load brings: the models, what changed, and what looks odd about them."""

LOAD, DIFF, INIT = "load", "diff", "init"
_SETTINGS = ("pyproject.toml", "alembic.ini")


class Loader:
    """Keeps the session up to date with the files of its project.

    Args:
        host: whose session it is.
        watcher: tells the host of saved files; it is told here which those are.
    """

    def __init__(self, host: Host, watcher: Watcher) -> None:
        self._host = host
        self._session = host.session
        self._watcher = watcher

    def load(self) -> None:
        """Import the models again; a load that is under way is stopped, its answer dropped."""
        workbench, before = self._session.workbench, self._session.loaded
        self._watch()
        self._watcher.note_load()

        def work(report: OnProgress) -> Loaded:
            from pgcraft.service.lint import lint  # not before there is anything to look at

            loaded = workbench.load(report)
            changes = compare_loads(before.catalog if before is not None else None, loaded.catalog)
            return loaded, changes, lint(loaded, workbench.project.lint)

        self._host.jobs.start(
            LOAD,
            work,
            owner=self._host,
            done=self._accept,
            failed=self._refuse,
            progressed=self._host.signals.progress.publish,
        )

    def compare(self, asked_on: Owner | None = None) -> None:
        """Compare models and migrations; without migrations there is nothing to compare.

        Args:
            asked_on: the screen on which somebody asked for it, and on which Esc stops it; else it goes on by itself.
        """
        if self._session.project.alembic_ini is None or self._session.loaded is None:
            return
        generation, renames = self._session.generation, self._session.renames
        self._session.histories = {}

        def work(report: OnProgress) -> tuple[int, DiffAnswer]:
            return generation, self._session.workbench.diff(report, renames=renames)

        self._host.jobs.start(
            DIFF,
            work,
            owner=self._host,
            done=self._know_diff,
            failed=self._miss_diff,
            progressed=self._host.signals.progress.publish,
            kind=JobKind.ASKED if asked_on is not None else JobKind.BACKGROUND,
            shown_on=asked_on,
        )

    def toggle_rename(self, rename: LikelyRename, asked_on: Owner) -> None:
        """Take that something has got another name, or that it has not, and compare again."""
        told = self._session.renames
        others = tuple(each for each in told if each != rename)
        self._session.renames = others if rename in told else (*told, rename)
        self.compare(asked_on)

    def follow_saved(self, paths: frozenset[Path]) -> None:
        """Do again what saved files call for: a new revision only the comparison, anything else the load."""
        versions = self._find_versions()
        if versions is not None and all(path.parent == versions for path in paths):
            self.follow_revisions()
        else:
            self.load()

    def follow_revisions(self) -> None:
        """Take that the revisions are others than before."""
        self._session.revised += 1
        self._session.renames = ()
        self.compare()

    def init(self) -> None:
        """Write what the project lacks for migrations; what is there stays as it is."""

        def work(report: OnProgress) -> tuple[Path, ...]:
            del report
            return self._session.workbench.init()

        self._host.jobs.start(INIT, work, owner=self._host, done=self._note_made, failed=self._miss_init)

    def _note_made(self, paths: tuple[Path, ...]) -> None:
        names = ", ".join(path.name for path in paths)
        self._host.notify(f"made: {names}" if names else "nothing was missing", markup=False)
        self.load()

    def _miss_init(self, error: PGCraftError) -> None:
        self._host.notify(str(error), severity="error", markup=False)

    def _accept(self, answer: Loaded) -> None:
        was_broken = self._session.is_stale
        self._session.accept(*answer)
        self._host.signals.models.publish(self._session)
        self._host.signals.diff.publish(self._session)
        if self._session.changes:
            counted = count_marks(self._session.changes)
            self._host.notify(f"loaded again: {counted}; ] goes to the next one", timeout=4, markup=False)
        elif was_broken:
            self._host.notify("the models load again", timeout=3, markup=False)
        self._watch()
        self.compare()

    def _refuse(self, error: PGCraftError) -> None:
        now = datetime.now(UTC).astimezone()
        if error.code == CANCELLED:
            self._session.interrupt(now)
            self._host.notify("loading was cancelled; R loads again", severity="warning", markup=False)
        else:
            self._session.refuse(error, now)
        self._host.signals.models.publish(self._session)
        if self._session.loaded is None and self._session.error is not None:
            self._host.show_problems()
        self._watch()

    def _know_diff(self, known: tuple[int, DiffAnswer]) -> None:
        generation, answer = known
        if generation == self._session.generation:
            self._session.diff, self._session.diff_error = answer, None
            self._host.signals.diff.publish(self._session)

    def _miss_diff(self, error: PGCraftError) -> None:
        self._session.diff = None
        self._session.diff_error = error
        self._host.signals.diff.publish(self._session)

    def _watch(self) -> None:
        """Watch what the models were read from, the files that say how, and the revisions."""
        project, loaded = self._session.project, self._session.loaded
        files = [project.root / file for file in loaded.files] if loaded is not None else []
        files += [project.root / name for name in _SETTINGS]
        if self._session.error is not None and self._session.error.place is not None:
            files.append(project.root / self._session.error.place.file)
        if project.models.endswith(".py"):
            files.append(project.root / project.models)
        versions = self._find_versions()
        folders = [versions] if versions is not None else []
        if self._session.error is not None:  # what it read before it failed is not known, nor what it would have read
            folders += {file.parent for file in files if file.suffix == ".py" and file.parent.is_dir()}
        self._watcher.watch(files, folders)

    def _find_versions(self) -> Path | None:
        alembic_ini = self._session.project.alembic_ini
        folder = find_versions_folder(alembic_ini) if alembic_ini is not None else None
        return folder.resolve() if folder is not None else None
