"""The one face that the command line and the workbench call; see `pgcraft.service.types` for what comes back.

All methods are synchronous and may be called from any thread; they raise `PGCraftError` only. `cancel` from another
thread makes the running ones raise PGC390 within 200 ms; `work.stopped_by` is how one thread asks an event of its own.
"""

from dataclasses import replace
from pathlib import Path

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.errors import PGCraftConfigError
from pgcraft.export.erd.model import Diagram
from pgcraft.render.statement import Statement
from pgcraft.service import api, ddl, doctor, drift, export, extensions, revision
from pgcraft.service.access import ask
from pgcraft.service.access.types import AccessAnswer, AccessDiff
from pgcraft.service.api_types import ApiPreview, ApiTrial
from pgcraft.service.drift import DriftRequest as DriftRequest
from pgcraft.service.drift_types import DriftAnswer
from pgcraft.service.erd import ErdRequest, make_diagram
from pgcraft.service.project import find_project
from pgcraft.service.requests import Load, ReadRows, Rows, TryApi, VerifyAccess
from pgcraft.service.revision_work import RevisionWork
from pgcraft.service.scaffold import init_project
from pgcraft.service.serving import OnEnd
from pgcraft.service.types import (
    DiffAnswer,
    ExportedFile,
    ExportRequest,
    ExtensionState,
    Finding,
    LintChoice,
    LoadedModels,
    OnProgress,
    Project,
    SwitchPreview,
    VerifyAnswer,
)
from pgcraft.service.why.explain import explain
from pgcraft.service.why.types import WhyAnswer


class Workbench(RevisionWork):
    """Everything that can be asked about one project.

    Making one starts nothing. Close it, or use it in a ``with`` block: it may hold processes.
    """

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._loaded: LoadedModels | None = None
        self._script = ddl.Script(Catalog())

    @property
    def project(self) -> Project:
        """The project as it is now: switching an extension changes its ``disabled``."""
        return self._session.project

    def keep_spare(self) -> None:
        """Keep a warm child from the first request on, so that the next takes no longer than the user's own imports."""
        self._session.keep_spare()

    def start_server(self) -> None:
        """Begin to start the development server in the background."""
        self._session.start_server()

    def load(self, on_progress: OnProgress | None = None) -> LoadedModels:
        """Import the models in a fresh child and bring back what they declare.

        Raises:
            PGCraftLoadError: the import failed (PGC301), ran out of time (PGC302) or the child died (PGC303).
            PGCraftError: a declaration is wrong.
        """
        answer, printed = self._session.ask(Load(self.project), LoadedModels, on_progress)
        self._loaded = replace(answer, printed=printed)
        self._script = ddl.Script(answer.catalog)
        return self._loaded

    def render_ddl(self, ids: tuple[ObjectId, ...] | None = None) -> tuple[Statement, ...]:
        """Return the statements that make objects of the models last loaded, in run order.

        Args:
            ids: what to make, with everything that belongs to it; None for all that there is.
        """
        self._get_loaded()
        return self._script.everything if ids is None else self._script.select(ids)

    def preview_api(self, view: ObjectId) -> ApiPreview:
        """Return what PostgREST will make of a view of the models last loaded.

        Raises:
            PGCraftConfigError: PGC005, nothing exposes the view.
        """
        return api.preview(self._get_loaded(), view, self.api_address or api.BASE_URL)

    def sample_rows(self, view: ObjectId, on_progress: OnProgress | None = None) -> str:
        """Return the JSON that rows made up for the view's column types give, read from the development database."""
        return self._session.ask_with_server(
            lambda server: ReadRows(self.project, server, view), Rows, on_progress
        ).json

    def try_api(self, view: ObjectId, on_progress: OnProgress | None = None) -> ApiTrial:
        """Run a GET, POST, PATCH and DELETE on a view in the development database, as each role that was granted it.

        Raises:
            PGCraftConfigError: PGC005, nothing exposes the view.
        """
        roles = tuple(role for role, _ in self.preview_api(view).methods)
        return self._session.ask_with_server(
            lambda server: TryApi(self.project, server, view, roles), ApiTrial, on_progress
        )

    @property
    def api_address(self) -> str:
        """Where PostgREST answers, as ``http://127.0.0.1:3000``; empty while none runs."""
        return self._session.api_server.address

    def serve_api(self, on_progress: OnProgress | None = None, on_end: OnEnd = lambda _: None) -> str:
        """Start PostgREST on loopback over everything that the models declare, with some rows, and give its address.

        It runs until :meth:`stop_api` or :meth:`close`, on a server and a database of its own.

        Args:
            on_progress: told of the stages of the start.
            on_end: told in another thread that it has ended; with the error when nobody stopped it.

        Raises:
            PGCraftDatabaseError: PGC530 there is no PostgREST; PGC531 it did not start; PGC5xx no development server.
            PGCraftError: the models are wrong.
        """
        return self._session.serve_api(on_progress, on_end)

    def stop_api(self) -> None:
        """End PostgREST, its database and its server; does nothing when none runs."""
        self._session.api_server.stop()

    def check(self, on_progress: OnProgress | None = None, *, head: str = "") -> DiffAnswer:
        """Compare as :meth:`diff` does, and what ``env.py`` gives Alembic with what the models declare."""
        revision.check_migrations(self.project)
        loaded = self._loaded or self.load(on_progress)
        return revision.check(self._session, loaded.catalog, head, on_progress)

    def export(self, request: ExportRequest, on_progress: OnProgress | None = None) -> tuple[ExportedFile, ...]:
        """Return the SQL of revisions, or of the whole schema of the models."""
        if request.direction == "schema":
            loaded = self._loaded or self.load(on_progress)
            return export.render_schema(self.project, loaded, request.format)
        return export.render_revisions(self._session, request, on_progress)

    def draw(self, request: ErdRequest, on_progress: OnProgress | None = None) -> Diagram:
        """Return the diagram of the models, or of a part of them.

        Raises:
            PGCraftConfigError: PGC005, there is no such object, or nothing to draw in such a schema.
        """
        return make_diagram((self._loaded or self.load(on_progress)).catalog, request)

    def write_export(self, files: tuple[ExportedFile, ...], path: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write exported files.

        Args:
            files: one is written to ``path`` itself (or into it, when it is a folder); several go into the folder.
            path: of the file or the folder.
            overwrite: whether a file that is there may be replaced.
        """
        return export.write(files, path, overwrite=overwrite)

    def verify(self, on_progress: OnProgress | None = None) -> VerifyAnswer:
        """Apply everything to the development database and try every operation as each role."""
        return self._session.ask_with_server(
            lambda server: VerifyAccess(self.project, server), VerifyAnswer, on_progress
        )

    def drift(self, request: DriftRequest, on_progress: OnProgress | None = None) -> DriftAnswer:
        """Compare a real database with the models, a revision or another database; nothing is written to it.

        Raises:
            PGCraftConfigError: PGC016, PGC026, PGC027: it is not said which databases are meant.
            PGCraftDatabaseError: PGC540, a database is out of reach; PGC541, it could not be read.
        """
        return drift.compare(self._session, request, on_progress)

    def access(self, role: str, database: str | None = None, on_progress: OnProgress | None = None) -> AccessAnswer:
        """Return all that a role can reach, and by which ways.

        Args:
            role: its name; ``PUBLIC`` for what everyone can.
            database: a real one, by address or name; None for the models.
            on_progress: told of every stage.

        Raises:
            PGCraftConfigError: PGC005, there is no such role; PGC016 and PGC026, no such database.
        """
        if database is not None:
            return ask.ask_database(self._session, role, database, on_progress)
        loaded = self._loaded or self.load(on_progress)
        return ask.ask_models(self.project, loaded.catalog, role)

    def compare_access(self, role: str, start: str, end: str = "", on_progress: OnProgress | None = None) -> AccessDiff:
        """Return what a role gains and loses between two revisions of git.

        Args:
            role: its name.
            start: the revision before.
            end: the revision afterwards; empty for the models as they are on disk.
            on_progress: told of every stage.

        Raises:
            PGCraftConfigError: PGC005, neither has such a role; PGC028, git knows no such revision.
        """
        loaded = None if end else self._loaded or self.load(on_progress)
        return ask.compare(self._session, role, start, end, loaded.catalog if loaded else None, on_progress)

    def lint(
        self, choice: LintChoice | None = None, database: str | None = None, on_progress: OnProgress | None = None
    ) -> tuple[Finding, ...]:
        """Return what looks odd about the models, or about a real database, which is read; by rule, then by object.

        Raises:
            PGCraftConfigError: PGC005, the choice names no such rule; PGC016 and PGC026, there is no such database.
        """
        from pgcraft.service import linting  # not before there is anything to look at

        is_real = database is not None
        models = linting.read(self._session, database or "", on_progress) if is_real else self._loaded
        return linting.find(models or self.load(on_progress), self.project.lint if choice is None else choice)

    def why(self, target: ObjectId, on_progress: OnProgress | None = None) -> WhyAnswer:
        """Return whose an object of the models last loaded is, why it is there, and what the revisions did to it."""
        loaded = self._get_loaded()
        history = self.history(target, on_progress) if self.project.alembic_ini is not None else ()
        return explain(loaded.catalog, target, history)

    def list_extensions(self) -> tuple[ExtensionState, ...]:
        """Return the extensions of the models last loaded, sorted by name."""
        return self._get_loaded().extensions

    def preview_switch(self, name: str, *, enable: bool, on_progress: OnProgress | None = None) -> SwitchPreview:
        """Return what switching an extension on or off would change; nothing is written.

        Raises:
            PGCraftConfigError: PGC006, it cannot be switched that way.
        """
        return extensions.preview_switch(self._session, self._get_loaded(), name, enable, on_progress)

    def apply_switch(self, preview: SwitchPreview) -> None:
        """Write a switch into pyproject.toml.

        Raises:
            PGCraftConfigError: PGC007, the file changed since the preview.
        """
        extensions.apply_switch(preview)
        self._follow_switch(preview, is_undone=False)

    def undo_switch(self, preview: SwitchPreview) -> None:
        """Give pyproject.toml back byte for byte.

        Raises:
            PGCraftConfigError: PGC007, the file changed since the switch.
        """
        extensions.undo_switch(preview)
        self._follow_switch(preview, is_undone=True)

    def init(self) -> tuple[Path, ...]:
        """Write what the project needs and does not have, and go on with it.

        Returns:
            The files that were made or added to; empty when nothing was missing.

        Raises:
            PGCraftConfigError: PGC011, pyproject.toml is not TOML; PGC031, a file could not be written: then nothing
                that was made before it stays.
        """
        made = init_project(self.project.root)
        found = find_project(self.project.root)
        self._session.project = replace(self.project, alembic_ini=found.alembic_ini, pyproject=found.pyproject)
        return made

    def doctor(self) -> tuple[Finding, ...]:
        """Look at everything that the project needs, one finding each."""
        return doctor.examine(self._session)

    def cancel(self) -> None:
        """Call off all work that is under way, from any thread."""
        self._session.cancel()

    def close(self) -> None:
        """End every process; returns at once."""
        self._session.close()

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get_loaded(self) -> LoadedModels:
        if self._loaded is None:
            raise PGCraftConfigError("PGC008", "no models are loaded yet", remedy="load them first")
        return self._loaded

    def _follow_switch(self, preview: SwitchPreview, *, is_undone: bool) -> None:
        self._session.project = extensions.switch_project(self.project, preview, is_undone=is_undone)
