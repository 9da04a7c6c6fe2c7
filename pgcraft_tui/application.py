"""The workbench's application: it owns the session, the jobs and the signals, and opens the screens."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from pgcraft import garbage
from pgcraft.errors import Place
from pgcraft.scrub import scrub
from pgcraft.service.actions import Need, Scope
from pgcraft_tui.actions.bindings import find_disabled_reason, make_bindings, opens_field
from pgcraft_tui.actions.key_queue import KeyQueue
from pgcraft_tui.actions.palette import ActionProvider
from pgcraft_tui.host.jobs import Jobs, Owner
from pgcraft_tui.host.loading import Loader
from pgcraft_tui.host.messages import FilesChanged, ObjectPicked, Signals
from pgcraft_tui.host.saved_state import SavedState, read_state, write_state
from pgcraft_tui.host.session import Session
from pgcraft_tui.host.watch import Watcher
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.styles import STYLES
from pgcraft_tui.styles.themes import DARK, THEMES, find_next_theme

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.notifications import SeverityLevel

    from pgcraft.service.types import LikelyRename, Project
    from pgcraft.service.workbench import Workbench
    from pgcraft_tui.screens.browse.screen import BrowseScreen

_SAVE_EVERY_S = 5.0
_TALL = 30


class WorkbenchApp(App[int]):
    """The workbench over one project.

    Args:
        project: what it works on.
        open_workbench: gives the service that it asks, once the first frame stands; closed by whoever made it.
        state_path: where to take up the last session, and to leave this one; None forgets both.
        fresh: leave the last session alone.
    """

    TITLE = "pgcraft"
    CSS_PATH = STYLES / "base.tcss"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.EVERYWHERE)
    COMMANDS = {ActionProvider}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-medium"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]

    def __init__(
        self,
        project: "Project",
        open_workbench: Callable[[], "Workbench"],
        *,
        state_path: Path | None = None,
        fresh: bool = False,
    ) -> None:
        super().__init__()
        self._state_path = state_path
        self._saved = SavedState() if state_path is None or fresh else read_state(state_path)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._saved.theme if self._saved.theme in self.available_themes else DARK.name
        self.session = Session(project, open_workbench)
        self.signals = Signals(self)
        self.jobs = Jobs(changed=self._tell_jobs)
        self._told_jobs: tuple[str, ...] = ()
        self.watcher = Watcher(self)
        self.loader = Loader(self, self.watcher)
        self.keys = KeyQueue(self, super().on_event)

    def get_default_screen(self) -> "BrowseScreen":
        """Begin on the main screen."""
        from pgcraft_tui.screens.browse.screen import BrowseScreen

        return BrowseScreen(self._saved)

    @property
    def browse(self) -> "BrowseScreen":
        """The main screen, at the bottom of the stack."""
        return cast("BrowseScreen", self.screen_stack[0])

    async def on_event(self, event: events.Event) -> None:
        """Take a key or a paste only when all that the keys before it began has been done."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.keys.take(event)
        else:
            await super().on_event(event)

    def on_ready(self) -> None:
        """Load once the first frame stands; what was imported for it is looked through for garbage no more."""
        garbage.resume()
        self.loader.load()
        if self._state_path is not None:
            self.set_interval(_SAVE_EVERY_S, self.save_state)

    def on_unmount(self) -> None:
        """Stop watching; nothing else is waited for."""
        self.watcher.stop()

    def save_state(self) -> None:
        """Leave where the user stands for the next session, when it has changed."""
        state = replace(self.browse.make_state(), theme=self.theme)
        if self._state_path is not None and self.session.loaded is not None and state != self._saved:
            self._saved = state
            write_state(self._state_path, state)

    def on_files_changed(self, event: FilesChanged) -> None:
        """Load or compare again, as what was saved calls for."""
        event.stop()
        self.loader.follow_saved(event.paths)

    def on_object_picked(self, event: ObjectPicked) -> None:
        """Show the object in the tree, over whatever screens are open."""
        event.stop()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if not self.browse.walk.go_to(event.object_id):
            self.notify(f"{event.object_id} is not among the models", severity="warning", markup=False)

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

    def _fatal_error(self) -> None:
        """End with a traceback without the values of variables, which Textual would print: one may be a password."""
        self.panic(Text(scrub(f"{traceback.format_exc()}\nThis is a bug of the workbench; please report it.")))

    async def action_quit(self) -> None:
        """Leave; nothing is waited for."""
        self.save_state()
        self.exit(0)

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say why it cannot run at the moment."""
        name = (action if isinstance(action, str) else action[1]).rpartition(".")[2].partition("(")[0]
        if opens_field(name):
            self.keys.expect_field()
        if await super().run_action(action, default_namespace, namespaces):
            return True
        reason = find_disabled_reason(default_namespace or self, name)
        if reason:
            self.notify(reason, severity="warning", timeout=3, markup=False)
        return bool(reason)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: "SeverityLevel" = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in passing; on a low screen it takes the place of what was said before."""
        if self.size.height < _TALL:
            self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def copy(self, text: str, what: str) -> None:
        """Copy a text, and say by which way it went."""
        from pgcraft_tui.outside.clipboard import copy_text

        copy_text(self, text, what)

    def action_copy_command(self) -> None:
        """Copy the command line that the screen shows."""
        command = self.screen.command if isinstance(self.screen, ActionScreen) else ""
        if command:
            self.copy(command, "the command")
        else:
            self.notify("no command line does this", severity="warning", timeout=3, markup=False)

    def open_place(self, place: Place) -> None:
        """Open a line of the user's files in the editor."""
        from pgcraft_tui.outside.editor import open_in_editor

        open_in_editor(self, place)

    def load_models(self) -> None:
        """Import the models again."""
        self.loader.load()

    def compare_models(self, asked_on: Owner) -> None:
        """Compare models and migrations, as it was asked for on this screen."""
        self.loader.compare(asked_on)

    def toggle_rename(self, rename: "LikelyRename", asked_on: Owner) -> None:
        """Take that something has got another name, or that it has not, as it was said on this screen."""
        self.loader.toggle_rename(rename, asked_on)

    def follow_revisions(self) -> None:
        """Take that the revisions are others than before."""
        self.loader.follow_revisions()

    def show_problems(self) -> None:
        """Show what is wrong, unless the user is busy on another screen."""
        if self.screen is self.browse:
            self.action_problems()

    def action_cancel(self) -> None:
        """Do the first that there is to do: leave the field, stop the work that is shown here, go back, close."""
        screen = self.screen
        shown_on = (self, screen) if screen is self.browse else (screen,)
        ours = screen if isinstance(screen, ActionScreen) else None
        is_done = (ours and ours.leave_field()) or self.jobs.stop(*shown_on) or (ours and ours.step_back())
        if not is_done and screen is not self.browse:
            screen.dismiss()

    def action_reload(self) -> None:
        """Import the models again."""
        self.loader.load()

    def action_init(self) -> None:
        """Write what the project lacks for migrations, and load again."""
        self.loader.init()

    def action_palette(self) -> None:
        """Find any action by its name."""
        self.action_command_palette()

    def action_theme(self) -> None:
        """Go to the next theme."""
        self.theme = find_next_theme(self.theme)
        self.notify(f"theme {self.theme}", timeout=2, markup=False)

    def action_problems(self) -> None:
        """See what is wrong."""
        from pgcraft_tui.screens.problems import ProblemsScreen

        self._open(ProblemsScreen)

    def action_extensions(self) -> None:
        """Show the extensions of the project."""
        from pgcraft_tui.screens.extensions import ExtensionsScreen

        self._open(ExtensionsScreen)

    def action_revision(self) -> None:
        """Write a revision, step by step."""
        from pgcraft_tui.screens.revision.screen import RevisionScreen

        self._open(RevisionScreen)

    def action_export(self) -> None:
        """Write SQL files."""
        from pgcraft_tui.screens.export import ExportScreen

        self._open(ExportScreen)

    def action_verify(self) -> None:
        """Try every operation as every role."""
        from pgcraft_tui.screens.verify import VerifyScreen

        self._open(VerifyScreen)

    def action_drift(self) -> None:
        """Compare a real database with the models."""
        from pgcraft_tui.screens.drift import DriftScreen

        self._open(DriftScreen)

    def action_help(self) -> None:
        """List every key."""
        from pgcraft_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_jump(self) -> None:
        """Go to any object by its name."""
        from pgcraft_tui.screens.jump import JumpScreen

        self.push_screen(JumpScreen())

    def _open(self, kind: type[Screen[Any]]) -> None:
        """Show the one screen of this kind, on top; what it held when it was left is still there."""
        name = kind.__name__
        if not self.is_screen_installed(name):
            self.install_screen(kind(), name)
        screen = self.get_screen(name)
        if screen not in self.screen_stack:
            self.push_screen(screen)
        while self.screen is not screen:
            self.pop_screen()

    def _tell_jobs(self) -> None:
        if self.jobs.shown != self._told_jobs:
            self._told_jobs = self.jobs.shown
            self.signals.jobs.publish(self._told_jobs)
            self.refresh_bindings()
