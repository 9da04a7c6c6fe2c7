"""Lists whose rows are toned text."""

from collections.abc import Iterable

from textual.content import Content
from textual.content import Span as ContentSpan

from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.visible import make_visible_line

_STYLES = {
    Tone.DIM: "dim",
    Tone.STRONG: "bold",
    Tone.HEADING: "bold",
    Tone.LINK: "underline",
    Tone.GOOD: "$text-success",
    Tone.BAD: "bold $text-error",
    Tone.WARNING: "$text-warning",
    Tone.ADDED: "$text-success",
    Tone.REMOVED: "$text-error",
    Tone.CHANGED: "$text-warning",
}


def make_option(spans: Iterable[Span]) -> Content:
    """Give the prompt of one option; the text is made visible and is never markup."""
    text = ""
    styles: list[ContentSpan] = []
    for span in spans:
        shown = make_visible_line(span.text)
        if span.tone in _STYLES:
            styles.append(ContentSpan(len(text), len(text) + len(shown), _STYLES[span.tone]))
        text += shown
    return Content(text, styles)
