"""The line at the top: the project's facts at the left, the work under way at the right."""

from time import monotonic
from typing import TYPE_CHECKING

from rich.cells import cell_len

from pgcraft.service.types import Progress
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.stages import format_seconds
from pgcraft_tui.present.status import Fact, fit_facts
from pgcraft_tui.widgets.toned import TonedLine

if TYPE_CHECKING:
    from textual.timer import Timer

_TICK_S = 0.1
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class HeaderLine(TonedLine):
    """Facts of the project, and what is being done, for how long."""

    DEFAULT_CSS = "HeaderLine { dock: top; }"

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self._work = ""
        self._began = 0.0
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Prepare the clock that runs while work is under way."""
        self._timer = self.set_interval(_TICK_S, self._draw, pause=True)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show these facts."""
        self._facts = facts
        self._draw()

    def show_work(self, names: tuple[str, ...]) -> None:
        """Show what is under way; the clock starts again when other work begins."""
        work = ", ".join(names)
        if work == self._work:
            return
        self._work, self._began = work, monotonic()
        if self._timer is not None:
            (self._timer.resume if work else self._timer.pause)()
        self._draw()

    def show_progress(self, progress: Progress) -> None:
        """Show the stage of the work that is under way."""
        if self._work:
            self._work = progress.stage.value
            self._draw()

    def on_resize(self) -> None:
        """Fit the facts into the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width
        seconds = monotonic() - self._began
        frame = _FRAMES[int(seconds / _TICK_S) % len(_FRAMES)]
        work = f"{frame} {self._work} {format_seconds(seconds)}" if self._work else ""
        facts = fit_facts(self._facts, width - (cell_len(work) + 2 if work else 0))
        gap = width - sum(cell_len(span.text) for span in facts) - cell_len(work)
        self.show((*facts, Span(" " * max(gap, 0)), Span(work, Tone.WARNING)))
