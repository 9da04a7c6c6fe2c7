"""The workbench's application: it owns the session, the jobs and the signals, and opens the screens."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from pgcraft.service.actions import Need, Scope
from pgcraft_tui.bindings import ActionScreen, find_disabled_reason, make_bindings
from pgcraft_tui.loading import Loader
from pgcraft_tui.messages import FilesChanged
from pgcraft_tui.session import Session
from pgcraft_tui.signals import Signals
from pgcraft_tui.workers import Jobs

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench


class WorkbenchApp(App[int]):
    """The workbench over one project.

    Args:
        workbench: what it asks; closed by whoever made it.
    """

    TITLE = "pgcraft"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-medium"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init__(self, workbench: "Workbench") -> None:
        super().__init__()
        self.session = Session(workbench)
        self.signals = Signals(self)
        self.jobs = Jobs(changed=self._tell_jobs, stop_work=lambda: self.session.workbench.cancel())
        self.loader = Loader(self)

    def on_ready(self) -> None:
        """Load once the first frame stands."""
        self.loader.load()

    def on_files_changed(self, event: FilesChanged) -> None:
        """Load again what was saved."""
        event.stop()
        self.loader.load()

    def watch_files(self) -> None:
        """Watch the files that the models were read from."""

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment, whatever the screen."""
        met = {Need.IDLE if not self.jobs.foreground else Need.WORK}
        met.add(Need.NO_MIGRATIONS if self.session.project.alembic_ini is None else Need.MIGRATIONS)
        if self.session.loaded is not None:
            met.add(Need.MODELS)
        return frozenset(met)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot run; :meth:`run_action` says why."""
        del parameters
        return None if find_disabled_reason(self, action) else True

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say why it cannot run at the moment."""
        if await super().run_action(action, default_namespace, namespaces):
            return True
        name = action if isinstance(action, str) else action[1]
        reason = find_disabled_reason(default_namespace or self, name.rpartition(".")[2].partition("(")[0])
        if reason:
            self.notify(reason, severity="warning", timeout=3, markup=False)
        return bool(reason)

    def action_cancel(self) -> None:
        """Take one step back: the screen's own, the work under way, the screen, the background work."""
        screen = self.screen
        if isinstance(screen, ActionScreen) and screen.cancel():
            return
        if self.jobs.stop():
            return
        if len(self.screen_stack) > 1:
            screen.dismiss()
        else:
            self.jobs.stop(background=True)

    def action_reload(self) -> None:
        """Import the models again."""
        self.loader.load()

    def action_extensions(self) -> None:
        """Show the extensions of the project."""
        from pgcraft_tui.screens.extensions import ExtensionsScreen

        self._open(ExtensionsScreen)

    def action_revision(self) -> None:
        """Write a revision, step by step."""
        from pgcraft_tui.screens.revision import RevisionScreen

        self._open(RevisionScreen)

    def action_export(self) -> None:
        """Write SQL files."""
        from pgcraft_tui.screens.export import ExportScreen

        self._open(ExportScreen)

    def action_verify(self) -> None:
        """Try every operation as every role."""
        from pgcraft_tui.screens.verify import VerifyScreen

        self._open(VerifyScreen)

    def action_help(self) -> None:
        """List every key."""
        from pgcraft_tui.screens.help import HelpScreen

        self._open(HelpScreen)

    def action_jump(self) -> None:
        """Go to any object by its name."""
        from pgcraft_tui.screens.jump import JumpScreen

        self._open(JumpScreen)

    def _open(self, kind: type[Screen[object]]) -> None:
        """Show a screen of this kind: the one that is open already, or a new one on top."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, kind):
                while self.screen is not screen:
                    self.pop_screen()
                return
        self.push_screen(kind())

    def _tell_jobs(self) -> None:
        self.signals.jobs.publish(self.jobs.running)
        self.refresh_bindings()
