"""The first screen in a folder without a project: what is missing, and the offer to make it."""

from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding

from pgcraft.errors import PGCraftError
from pgcraft.service.scaffold import init_project
from pgcraft_tui.present.page import BLANK, Page, Span, Tone, dim, heading, line, strong
from pgcraft_tui.present.problems import present_error
from pgcraft_tui.styles import STYLES
from pgcraft_tui.styles.themes import DARK
from pgcraft_tui.widgets.page_view import PageView


class OnboardingApp(App[bool]):
    """Offers to make a project in a folder; gives True when one was made, None when the user left.

    Args:
        folder: where it would stand.
        reason: why there is none.
    """

    CSS_PATH = STYLES / "base.tcss"
    BINDINGS = [
        Binding("i", "init", "make a project"),
        Binding("q,escape", "quit", "quit"),
    ]

    def __init__(self, folder: Path, reason: PGCraftError) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._folder = folder
        self._reason = reason

    def compose(self) -> ComposeResult:
        """Make the page."""
        yield PageView(id="onboarding")

    def on_mount(self) -> None:
        """Say what can be done."""
        self._view.show(present_offer(self._folder, self._reason))

    def action_init(self) -> None:
        """Make the project, and go on to the workbench."""
        try:
            init_project(self._folder)
        except PGCraftError as error:
            self._view.show(present_error(error, with_detail=True))
        else:
            self.exit(result=True)

    @property
    def _view(self) -> PageView:
        return self.query_one("#onboarding", PageView)


def present_offer(folder: Path, reason: PGCraftError) -> Page:
    """Say that there is no project, what would be made, and which keys do what."""
    return (
        heading("No project here yet"),
        BLANK,
        line(dim(reason.what), indent=2),
        BLANK,
        line("Press ", Span("i", Tone.LINK), " to make one in ", strong(str(folder)), ":", indent=2),
        line("  models.py        a first table, and its view in the API"),
        line("  alembic.ini      and migrations/, wired up"),
        line("  pyproject.toml   with a table [tool.pgcraft]"),
        line(dim("What is there already is left as it is.")),
        BLANK,
        line("Press ", Span("q", Tone.LINK), " to leave. The same from a shell: ", strong("pgcraft init")),
    )
