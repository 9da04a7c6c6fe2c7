"""A pane that shows a difference: mixed or side by side, with the words that changed marked."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style

from pgcraft_tui.present.diffing import Sign, TextDiff, compute_diff
from pgcraft_tui.present.rows import Piece, Row, lay_out_diff
from pgcraft_tui.present.visible import make_visible
from pgcraft_tui.widgets.rows import RowView, cut_piece, render_content

BESIDE_FROM = 110
"""Cells from which the sides stand beside each other when both have lines, unless the user said otherwise."""

_NUMBERS_FROM = 40
_CONTEXT = 3
_GOES_ON = "↳"


def make_diff(old: str, new: str) -> TextDiff:
    """Compare two texts as they are shown; may be called in a thread, long texts take a while."""
    return compute_diff(make_visible(old), make_visible(new))


class DiffView(RowView):
    """Shows what differs between two texts.

    Args:
        diff: as `make_diff` gives it.
        language: Pygments' name of what is compared.
    """

    COMPONENT_CLASSES = {
        "diff--number",
        "diff--fold",
        "diff--missing",
        "diff--added",
        "diff--removed",
        "diff--added-word",
        "diff--removed-word",
    }
    DEFAULT_CSS = """
    DiffView {
        & > .diff--number { color: $foreground 65%; }
        & > .diff--fold { color: $foreground 80%; background: $foreground 8%; text-style: italic; }
        & > .diff--missing { background: $foreground 5%; }
        & > .diff--added { background: $success 15%; }
        & > .diff--removed { background: $error 15%; }
        & > .diff--added-word { background: $success 40%; text-style: bold underline; }
        & > .diff--removed-word { background: $error 40%; text-style: bold underline; }
        &:ansi > .diff--number { color: ansi_default; text-style: dim; }
        &:ansi > .diff--fold { color: ansi_default; background: ansi_default; text-style: dim italic; }
        &:ansi > .diff--missing { background: ansi_default; }
        &:ansi > .diff--added { background: ansi_default; color: ansi_green; }
        &:ansi > .diff--removed { background: ansi_default; color: ansi_red; }
        &:ansi > .diff--added-word { background: ansi_green; color: ansi_black; }
        &:ansi > .diff--removed-word { background: ansi_red; color: ansi_black; }
    }
    """

    is_beside: reactive[bool | None] = reactive(None, init=False)
    """Side by side or mixed; None leaves it to the width."""
    is_folded = reactive(True, init=False)

    def __init__(
        self,
        diff: TextDiff | None = None,
        language: str = "postgresql",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._language = language
        self._take(diff or TextDiff(()))

    def show(self, diff: TextDiff) -> None:
        """Show another difference from its first line."""
        self._take(diff)
        self.lay_out_again(keep_place=False)

    @property
    def shows_beside(self) -> bool:
        """Whether the two sides stand beside each other at this width."""
        return self._stands_beside(self.scrollable_content_region.width)

    def watch_is_beside(self) -> None:
        """Put the sides beside each other, or mix them."""
        self.lay_out_again()

    def watch_is_folded(self) -> None:
        """Fold the equal lines, or show them."""
        self.lay_out_again()

    def action_toggle_side_by_side(self) -> None:
        """Change between mixed and side by side."""
        self.is_beside = not self.shows_beside

    def action_toggle_folds(self) -> None:
        """Show the equal lines, or fold them."""
        self.is_folded = not self.is_folded

    def lay_out(self, width: int) -> Sequence[Row]:
        """Return the rows for this width."""
        is_beside = self._stands_beside(width)
        side = (width - 1) // 2 if is_beside else width
        room = max(side - self._measure_gutter(side, is_beside=is_beside), 8) if self.is_wrapped else None
        return lay_out_diff(self._diff, width=room, is_beside=is_beside, context=_CONTEXT if self.is_folded else None)

    def measure(self) -> int:
        """Return the cells of the longest line, twice when the sides stand beside each other."""
        lines = (line for pair in self._diff.pairs for line in (pair.left, pair.right) if line is not None)
        longest = max((cell_len(line.text) for line in lines), default=0)
        is_beside = self.shows_beside
        side = longest + self._measure_gutter(_NUMBERS_FROM, is_beside=is_beside)
        return 2 * side + 1 if is_beside else side

    def render_row(self, row: Row, width: int) -> list[Segment]:
        """Return one row: of both sides, of the mixed lines, or the mark of a fold."""
        if row.folded:
            return self._render_fold(row.folded, width)
        if not self.shows_beside:
            return self._render_piece(row.left, width, is_beside=False)
        side = (width - 1) // 2
        divider = Segment("│", self.get_visual_style("diff--number").rich_style)
        left = self._render_piece(row.left, side, is_beside=True)
        return [*left, divider, *self._render_piece(row.right, width - side - 1, is_beside=True, is_new=True)]

    def _take(self, diff: TextDiff) -> None:
        self._diff = diff
        self._has_both = bool(diff.added and diff.removed)

    def _stands_beside(self, width: int) -> bool:
        if self.is_beside is not None:
            return self.is_beside
        return width >= BESIDE_FROM and self._has_both

    def _measure_gutter(self, side: int, *, is_beside: bool) -> int:
        """Return the cells before the text: numbers where there is room, then sign and blank."""
        columns = 0 if side < _NUMBERS_FROM else 1 if is_beside else 2
        return columns * (self._digits + 1) + 2

    @property
    def _digits(self) -> int:
        return len(str(len(self._diff.pairs)))

    def _render_fold(self, count: int, width: int) -> list[Segment]:
        lines = "line" if count == 1 else "lines"
        style = self.get_visual_style("diff--fold")
        return render_content(Content(f"⋯ {count} equal {lines}"), style, width)

    def _render_piece(self, piece: Piece | None, width: int, *, is_beside: bool, is_new: bool = False) -> list[Segment]:
        if piece is None:
            return render_content(Content(""), self.get_visual_style("diff--missing"), width)
        gutter = self._measure_gutter(width, is_beside=is_beside)
        number = self._format_numbers(piece, is_beside=is_beside, is_new=is_new) if gutter > 2 else ""
        base = self._get_line_style(piece.line.sign)
        sign = Content(f"{piece.line.sign}{' ' if piece.is_first else _GOES_ON}").stylize("bold")
        return [
            Segment(number, (base + self.get_visual_style("diff--number", partial=True)).rich_style),
            *render_content(sign, base, 2),
            *render_content(self._colour(piece), base, width - gutter),
        ]

    def _format_numbers(self, piece: Piece, *, is_beside: bool, is_new: bool) -> str:
        line = piece.line
        beside = (line.new_number if is_new else line.old_number,)
        numbers = beside if is_beside else (line.old_number, line.new_number)
        shown = [str(number) if number is not None and piece.is_first else "" for number in numbers]
        return "".join(f"{text:>{self._digits}} " for text in shown)

    def _get_line_style(self, sign: Sign) -> Style:
        if sign is Sign.SAME:
            return self.visual_style
        return self.get_visual_style("diff--added" if sign is Sign.ADDED else "diff--removed")

    def _colour(self, piece: Piece) -> Content:
        from pgcraft_tui.widgets.syntax import highlight_line  # Pygments: not before there is code

        line = piece.line
        content = highlight_line(line.text, self._language, is_ansi=self.app.native_ansi_color)
        if line.marks:
            name = "diff--added-word" if line.sign is Sign.ADDED else "diff--removed-word"
            style = self.get_visual_style(name, partial=True)
            for low, high in line.marks:
                content = content.stylize(style, low, high)
        return cut_piece(content, piece)
