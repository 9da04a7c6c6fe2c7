"""From a page to the rows of a pane; a long one is laid out in a thread, before it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pgcraft_tui.present.diffing import DiffLine, Sign
from pgcraft_tui.present.page import Code, Line, Page
from pgcraft_tui.present.rows import Piece, Row, wrap_line
from pgcraft_tui.present.visible import make_visible, make_visible_line

_CODE_INDENT = 2


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
    printed = PrintedPage(page, tuple(lines), tuple(parts), tuple(links))
    return replace(printed, width=width, rows=tuple(_lay_out(printed, width)))


def lay_out_again(printed: PrintedPage, width: int | None) -> PrintedPage:
    """Return the page with rows of another width."""
    return printed if printed.width == width else replace(printed, width=width, rows=tuple(_lay_out(printed, width)))


def find_indent(printed: PrintedPage, piece: Piece) -> int:
    """Return the blanks that stand before a piece: none before the first of a line."""
    return 0 if piece.is_first else _measure_indent(printed, piece.line)


def _measure_indent(printed: PrintedPage, line: DiffLine) -> int:
    part, _ = printed.parts[line.old_number or 0]
    if isinstance(part, Line):
        return part.indent
    return len(line.text) - len(line.text.lstrip()) + _CODE_INDENT


def _lay_out(printed: PrintedPage, width: int | None) -> Iterator[Row]:
    for line in printed.lines:
        pieces = wrap_line(line, width)
        if width is not None and len(pieces) > 1:
            indent = min(_measure_indent(printed, line), width // 2)
            pieces = (pieces[0], *_wrap_rest(line, pieces[0].end, width - indent)) if indent else pieces
        yield from (Row(left=piece) for piece in pieces)


def _wrap_rest(line: DiffLine, start: int, width: int) -> Iterator[Piece]:
    """Wrap what stands behind the first row into narrower ones."""
    rest = replace(line, text=line.text[start:])
    for piece in wrap_line(rest, width):
        yield Piece(line, start + piece.start, start + piece.end)
