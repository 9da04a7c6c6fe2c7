"""Where the lines of a text or of a difference stand on a screen of some width: wrapped, folded, side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from rich.cells import cell_len, chop_cells

from pgcraft_tui.present.diffing import DiffLine, Fold, Pair, TextDiff

_KEPT_BREAK = 0.6


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line that fits into one row; characters `start` to `end`."""

    line: DiffLine
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters that stand here."""
        return self.line.text[self.start : self.end]

    @property
    def is_first(self) -> bool:
        """Whether the line begins here; a later piece gets no number."""
        return self.start == 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen.

    Attributes:
        left: the piece that stands here, or on the left side; None where that side has nothing.
        right: on the right side; None too when the sides are mixed.
        folded: how many equal lines are hidden here; then there are no pieces.
    """

    left: Piece | None = None
    right: Piece | None = None
    folded: int = 0


def wrap_line(line: DiffLine, width: int | None) -> tuple[Piece, ...]:
    """Cut a line into pieces of at most `width` cells, after a blank or comma where one is near; None cuts nothing."""
    if width is None or len(line.text) <= width // 2 or cell_len(line.text) <= width:
        return (Piece(line, 0, len(line.text)),)
    return tuple(Piece(line, start, end) for start, end in _find_breaks(line.text, max(width, 2)))


@lru_cache(maxsize=4_096)
def _find_breaks(text: str, width: int) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        fitting = len(chop_cells(text[start : start + width], width)[0])
        end = start + fitting
        if end < len(text):
            near = max(text.rfind(mark, start, end) for mark in " ,;") + 1
            end = near if near - start >= fitting * _KEPT_BREAK else end
        found.append((start, end))
        start = end
    return tuple(found)


def lay_out_lines(lines: Iterable[DiffLine | Fold], width: int | None) -> Iterator[Row]:
    """Return the rows of lines that stand one under the other."""
    for line in lines:
        if isinstance(line, Fold):
            yield Row(folded=line.count)
        else:
            yield from (Row(left=piece) for piece in wrap_line(line, width))


def lay_out_pairs(pairs: Iterable[Pair | Fold], width: int | None) -> Iterator[Row]:
    """Return the rows of pairs that stand beside each other, each side `width` cells wide."""
    for pair in pairs:
        if isinstance(pair, Fold):
            yield Row(folded=pair.count)
            continue
        left = wrap_line(pair.left, width) if pair.left is not None else ()
        right = wrap_line(pair.right, width) if pair.right is not None else ()
        yield from (Row(left=a, right=b) for a, b in zip_longest(left, right))


def lay_out_diff(diff: TextDiff, *, width: int | None, is_beside: bool, context: int | None) -> tuple[Row, ...]:
    """Return the rows of a difference.

    Args:
        diff: what is shown.
        width: cells for the text of a line (of a side); None when lines are not wrapped.
        is_beside: whether the two sides stand beside each other.
        context: equal lines kept beside each change; None keeps all.
    """
    if is_beside:
        return tuple(lay_out_pairs(diff.fold_pairs(context), width))
    return tuple(lay_out_lines(diff.fold_lines(context), width))
