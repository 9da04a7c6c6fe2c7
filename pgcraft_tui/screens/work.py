"""The base of the screens that work with the development database or write files."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from pgcraft.errors import PGCraftError
from pgcraft.service.actions import Need
from pgcraft.service.types import OnProgress
from pgcraft_tui.host.jobs import CANCELLED
from pgcraft_tui.present.visible import make_visible_line
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.styles import STYLES
from pgcraft_tui.widgets.footer import ActionFooter
from pgcraft_tui.widgets.progress import WorkProgress

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench

Answer = TypeVar("Answer")


class WorkScreen(ActionScreen[None]):
    """A title, a body, the progress of the work, the command line that does the same, and the footer.

    The app keeps one screen of a kind and shows it again, so nothing on it is lost; :meth:`models_changed` is called
    when it is shown over other models than before.
    """

    HEADING: ClassVar[str] = ""
    CSS_PATH = STYLES / "work.tcss"
    AUTO_FOCUS = ""  # each screen says what has the focus; a field would take the letters that are actions

    def __init__(self) -> None:
        super().__init__()
        self._seen_generation = -1

    def compose(self) -> ComposeResult:
        """Lay out the frame around the body."""
        yield Static(Content(self.HEADING).stylize("bold"), id="work-title", markup=False)
        with Vertical(id="work-body"):
            yield from self.compose_body()
        yield WorkProgress(id="work-progress")
        yield Static("", id="work-command", markup=False)
        yield ActionFooter()

    def compose_body(self) -> Iterable[Widget]:
        """Return the widgets between title and progress."""
        raise NotImplementedError

    def models_changed(self) -> None:
        """Show what the session's models say; called when the screen is first shown, and after a load."""

    def on_screen_resume(self) -> None:
        """Look whether the models are others than before."""
        self.set_class(True, "-shown")
        self.look_at_models()

    def look_at_models(self) -> None:
        """Call :meth:`models_changed` when the session has loaded since the last look."""
        if self._seen_generation != self.session.generation and self.is_current:
            self._seen_generation = self.session.generation
            self.models_changed()

    def on_mount(self) -> None:
        """Follow the loads."""
        self.host.signals.models.subscribe(self, lambda _: self.look_at_models())

    @property
    def workbench(self) -> "Workbench":
        """The service."""
        return self.session.workbench

    @property
    def progress(self) -> WorkProgress:
        """Where work shows how far it has come."""
        return self.query_one("#work-progress", WorkProgress)

    def start_work(
        self,
        name: str,
        title: str,
        work: Callable[[OnProgress], Answer],
        done: Callable[[Answer], object],
        failed: Callable[[PGCraftError], object] | None = None,
    ) -> None:
        """Run blocking work; its progress, or why it failed, is shown under the body.

        Args:
            name: of the job; a newer one of the same name makes this one's answer unwanted.
            title: what is done, for the reader.
            work: runs in a thread.
            done: gets the answer, in the event loop.
            failed: gets the error after it was shown.
        """

        def finish(answer: Answer) -> None:
            self.progress.finish()
            done(answer)
            self.refresh_bindings()

        def refuse(error: PGCraftError) -> None:
            if error.code == CANCELLED:
                self.progress.finish(f"{title}: stopped")
            else:
                self.progress.fail(error)
            if failed is not None:
                failed(error)
            self.refresh_bindings()

        self.progress.begin(title)
        self.host.jobs.start(name, work, owner=self, done=finish, failed=refuse, progressed=self.progress.advance)
        self.refresh_bindings()

    def show_title(self, text: str) -> None:
        """Show a heading with a fact or two behind it."""
        rest = f" · {make_visible_line(text)}" if text else ""
        self.query_one("#work-title", Static).update(Content(self.HEADING).stylize("bold") + Content(rest))

    def show_command(self, command: str) -> None:
        """Show the command line that does what the screen is about to do."""
        self.command = command
        shown = self.query_one("#work-command", Static)
        shown.display = bool(command)
        shown.update(Content(f"$ {make_visible_line(command)}"))

    def say(self, sentence: str, *, is_warning: bool = False) -> None:
        """Say something in passing."""
        self.notify(sentence, severity="warning" if is_warning else "information", timeout=4, markup=False)

    def met_needs(self) -> frozenset[Need]:
        """Say what holds on this screen."""
        known = super().met_needs()
        return known | frozenset(self.find_met_needs()) if self.is_mounted else known

    def find_met_needs(self) -> Iterable[Need]:
        """Return what this screen knows to hold."""
        return ()
