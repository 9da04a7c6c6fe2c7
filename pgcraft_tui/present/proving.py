"""The proof of a history: a row for each step, and what is said of one."""

from collections.abc import Iterable

from pgcraft.service.proving_types import HistoryStep
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, heading, line, strong, table
from pgcraft_tui.present.stages import format_seconds

Row = tuple[Span, ...]


def make_history_rows(steps: Iterable[HistoryStep]) -> tuple[Row, ...]:
    """Return a row for each step: sign, way, revision with its message, or what was done with all of them."""
    return tuple(row.spans for row in table((_make_row(step) for step in steps), gap=1))


def present_history_step(step: HistoryStep) -> Page:
    """Show one step in words: what is worth knowing; where it did not hold, why, where and the remedy."""
    title = f"{step.revision} {step.title}" if step.revision else step.name
    sign = Span("held" if step.held else "did not hold", Tone.GOOD if step.held else Tone.BAD)
    way = f", {step.way}" if step.way else ""
    seconds = dim(f"  {format_seconds(step.seconds)}")
    page: list[Line] = [line(strong(title), f"{way}: ", sign, seconds)]
    page += [line(each, indent=2) for each in step.what.splitlines()]
    if step.place is not None:
        page += [line(dim("at "), Span(str(step.place), Tone.LINK), link=step.place)]
    if step.remedy:
        page += [BLANK, heading("What to do"), *(line(each) for each in step.remedy.splitlines())]
    return tuple(page)


def _make_row(step: HistoryStep) -> Row:
    sign = Span("✓" if step.held else "✗", Tone.GOOD if step.held else Tone.BAD)
    if not step.revision:
        return sign, Span("all"), Span(step.name)
    return sign, Span(step.way), Span(f"{step.revision} {step.title}")
