"""From a page to the rows of a pane; a long one is laid out in a thread, before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from pgcraft_tui.present.diffing import DiffLine, Sign
from pgcraft_tui.present.page import Code, Line, Page
from pgcraft_tui.present.rows import Row, lay_out_lines
from pgcraft_tui.present.visible import make_visible, make_visible_line


@dataclass(frozen=True)
class PrintedPage:
    """A page as numbered lines, and as rows for one width.

    Attributes:
        lines: numbered from 0 in `old_number`.
        parts: beside the lines, the part each is from and its place in that part.
        links: numbers of the lines that are links.
        width: the cells that `rows` are wrapped to; None when nothing is wrapped.
    """

    page: Page
    lines: tuple[DiffLine, ...] = ()
    parts: tuple[tuple[Line | Code, int], ...] = ()
    links: tuple[int, ...] = ()
    width: int | None = None
    rows: Sequence[Row] = ()


def print_page(page: Page, width: int | None) -> PrintedPage:
    """Cut a page into lines, and these into rows of at most `width` cells."""
    lines: list[DiffLine] = []
    parts: list[tuple[Line | Code, int]] = []
    links: list[int] = []
    for part in page:
        texts = [make_visible_line(part.text)] if isinstance(part, Line) else make_visible(part.text).split("\n")
        if isinstance(part, Line) and part.link is not None:
            links.append(len(lines))
        for at, text in enumerate(texts):
            lines.append(DiffLine(Sign.SAME, text, len(lines)))
            parts.append((part, at))
    rows = tuple(lay_out_lines(lines, width))
    return PrintedPage(page, tuple(lines), tuple(parts), tuple(links), width, rows)
