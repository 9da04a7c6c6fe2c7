"""Long work as it goes on: named stages, counts, seconds, and the way to stop it."""

from time import monotonic

from textual.content import Content
from textual.widgets import Static

from pgcraft.errors import PGCraftError
from pgcraft.service.types import Progress
from pgcraft_tui.present.stages import Stages, advance_stages, close_stages, format_seconds, format_stage
from pgcraft_tui.present.visible import make_visible, make_visible_line

_TICK_S = 0.1


class WorkProgress(Static):
    """Lists the stages of one piece of work; stays as a record when the work has ended."""

    DEFAULT_CSS = """
    WorkProgress { height: auto; padding: 0 1; }
    WorkProgress.-failed { border-left: thick $error; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, markup=False)
        self._title = ""
        self._stages: Stages = ()
        self._began = 0.0
        self._ended: float | None = None
        self._sentence: Content = Content()

    def on_mount(self) -> None:
        """Tick while something runs."""
        self._timer = self.set_interval(_TICK_S, self._show, pause=True)

    def begin(self, title: str) -> None:
        """Start over: `title` names what is done, as ``comparing``."""
        self._title, self._stages, self._sentence = title, (), Content()
        self._began, self._ended = monotonic(), None
        self.remove_class("-failed")
        self.add_class("-shown")
        self._timer.resume()
        self._show()

    def advance(self, progress: Progress) -> None:
        """Show how far the work has come."""
        if self._ended is None:
            self._stages = advance_stages(self._stages, progress)
            self._show()

    def finish(self, sentence: str = "") -> None:
        """Say how the work has ended; with nothing to say the pane goes away."""
        if not sentence:
            self._stages = ()
        self._close(Content(make_visible_line(sentence)))

    def fail(self, error: PGCraftError) -> None:
        """Say that the work has failed, why, and how to mend it."""
        self.add_class("-failed")
        self._close(Content("✗ ").stylize("bold") + Content(make_visible(str(error))))

    @property
    def text(self) -> str:
        """What is shown, without colours."""
        return self._make_content().plain

    def _close(self, closing: Content) -> None:
        self._ended = monotonic() - self._began
        self._stages = close_stages(self._stages, self._ended)
        self._sentence = closing
        self._timer.pause()
        self._show()

    def _show(self) -> None:
        content = self._make_content()
        self.set_class(bool(content), "-shown")
        self.update(content)

    def _make_content(self) -> Content:
        now = monotonic() - self._began if self._ended is None else self._ended
        lines = [Content(make_visible_line(format_stage(line, now))) for line in self._stages]
        if self._ended is None:
            lines.insert(
                0, Content(f"{self._title} … {format_seconds(now)}   Esc stops it").stylize("bold", 0, len(self._title))
            )
        return Content("\n").join([line for line in (*lines, self._sentence) if line])
