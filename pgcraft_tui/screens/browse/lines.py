"""The lines around the panes: the project's facts and its work, what is stale, and the command line."""

from collections.abc import Iterable

from textual.screen import Screen

from pgcraft.service.types import Progress
from pgcraft_tui.host.loading import DIFF, LOAD
from pgcraft_tui.host.serving import SERVE, STOP
from pgcraft_tui.host.session import Session
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.status import present_banner, present_status
from pgcraft_tui.widgets.header import HeaderLine
from pgcraft_tui.widgets.toned import TonedLine

TRY_API = "try-api"
_FILTER_HINT = "Enter goes on in the tree   Esc gives it back   ↑ ↓ move"
_WORK_NAMES = {
    LOAD: "loading models",
    DIFF: "comparing with the migrations",
    TRY_API: "running requests",
    SERVE: "starting PostgREST",
    STOP: "stopping PostgREST",
}


class Lines:
    """Draws them.

    Args:
        screen: on which they stand.
    """

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    def show_facts(self, session: Session) -> None:
        """Show what the session says of the project, and since when it is stale."""
        facts = present_status(session.project, session.comparison, session.findings, session.error, session.served_at)
        self._header.show_facts(facts)
        banner = self._screen.query_one("#banner", TonedLine)
        spans = present_banner(session.stale_since, session.error)
        banner.display = bool(spans)
        banner.show(spans)

    def show_work(self, running: Iterable[str]) -> None:
        """Name the jobs that are under way."""
        self._header.show_work(tuple(_WORK_NAMES.get(name, name) for name in running))

    def show_progress(self, progress: Progress) -> None:
        """Show the stage of the work that is under way."""
        self._header.show_progress(progress)

    def show_command(self, command: str, *, is_filtering: bool) -> None:
        """Show the command line that does what the preview shows, or what the keys do while a filter is typed."""
        if is_filtering:
            spans: tuple[Span, ...] = (Span(_FILTER_HINT, Tone.DIM),)
        elif command:
            spans = (Span("$ ", Tone.DIM), Span(command), Span("  (y copies)", Tone.DIM))
        else:
            spans = ()
        self._screen.query_one("#command", TonedLine).show(spans)

    @property
    def _header(self) -> HeaderLine:
        return self._screen.query_one(HeaderLine)
