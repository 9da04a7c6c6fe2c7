"""From toned spans to Textual's content; the tones' colours are those of the widget's ``page--…`` components."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.content import Content
from textual.content import Span as ContentSpan
from textual.style import Style
from textual.widget import Widget

from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.visible import make_visible_line

TONE_CLASSES = frozenset(f"page--{tone}" for tone in Tone if tone is not Tone.PLAIN)
"""Component classes of a widget that draws toned text."""


def make_content(widget: Widget, spans: Iterable[Span]) -> Content:
    """Return spans as one line of content, in the tones of a widget that has the component classes."""
    return join_spans(spans, lambda tone: get_tone(widget, tone))


def join_spans(spans: Iterable[Span], find_style: Callable[[Tone], Style | str]) -> Content:
    """Return spans as one line of content; their text is made visible and is never markup."""
    text = ""
    styles: list[ContentSpan] = []
    for span in spans:
        shown = make_visible_line(span.text)
        if span.tone is not Tone.PLAIN:
            styles.append(ContentSpan(len(text), len(text) + len(shown), find_style(span.tone)))
        text += shown
    return Content(text, styles)


def get_tone(widget: Widget, tone: Tone) -> Style:
    """Return the style of a tone on a widget that has the component classes."""
    return widget.get_visual_style(f"page--{tone}", partial=True)


class TonedLine(Widget):
    """One line of toned text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(TONE_CLASSES)
    DEFAULT_CSS = "TonedLine { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._spans: tuple[Span, ...] = ()

    def show(self, spans: Iterable[Span]) -> None:
        """Show another line."""
        shown = tuple(spans)
        if shown != self._spans:
            self._spans = shown
            self.refresh()

    @property
    def text(self) -> str:
        """What it shows, without tones."""
        return "".join(span.text for span in self._spans)

    def render(self) -> Content:
        """Return the line, cut at the edge with a sign that it was cut."""
        return make_content(self, self._spans).truncate(self.content_size.width, ellipsis=True)
