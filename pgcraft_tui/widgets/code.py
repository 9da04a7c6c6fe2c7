"""A pane of code: SQL, or the Python of a revision."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content

from pgcraft_tui.present.diffing import DiffLine, Sign, split_lines
from pgcraft_tui.present.rows import Row, lay_out_lines
from pgcraft_tui.present.visible import make_visible
from pgcraft_tui.widgets.rows import RowView, cut_piece, render_content
from pgcraft_tui.widgets.syntax import highlight_line, highlight_lines

_WHOLE = 1_500


class CodeView(RowView):
    """Shows a text with line numbers and syntax colours.

    Args:
        text: what is shown.
        language: Pygments' name: ``postgresql``, ``python``, ``text``.
    """

    COMPONENT_CLASSES = {"code--number"}
    DEFAULT_CSS = """
    CodeView {
        & > .code--number { color: $foreground 65%; }
        &:ansi > .code--number { color: ansi_default; text-style: dim; }
    }
    """

    def __init__(
        self,
        text: str = "",
        language: str = "postgresql",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._language = language
        self._lines: list[DiffLine] = []
        self._coloured: dict[int, Content] = {}
        self._take(text)

    def show(self, text: str, language: str | None = None, *, opening: str = "") -> None:
        """Show another text from its first line, or from the first that begins with `opening`."""
        self._language = language or self._language
        self._take(text)
        self._opening = next((line for line in self._lines if line.text.startswith(opening)), None)
        self.lay_out_again(keep_place=False)

    def lay_out(self, width: int) -> Sequence[Row]:
        """Return the rows, wrapped beside the numbers."""
        room = max(width - self._gutter, 8) if self.is_wrapped else None
        return tuple(lay_out_lines(self._lines, room))

    def measure(self) -> int:
        """Return the cells of the longest line."""
        return self._gutter + max((cell_len(line.text) for line in self._lines), default=0)

    def render_row(self, row: Row, width: int) -> list[Segment]:
        """Return the number and the code."""
        piece = row.left
        if piece is None:
            return []
        number = str(piece.line.new_number) if piece.is_first else ""
        gutter = Segment(f"{number:>{self._gutter - 1}} ", self.get_visual_style("code--number").rich_style)
        content = cut_piece(self._colour(piece.line), piece)
        return [gutter, *render_content(content, self.visual_style, width - self._gutter)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what is for differences only."""
        del parameters
        return action not in ("toggle_side_by_side", "toggle_folds")

    def notify_style_update(self) -> None:
        """Forget the colours of the former theme."""
        self._coloured.clear()
        super().notify_style_update()

    @property
    def _gutter(self) -> int:
        return len(str(len(self._lines))) + 1

    def _take(self, text: str) -> None:
        shown = split_lines(make_visible(text))
        self._lines = [DiffLine(Sign.SAME, line, at, at) for at, line in enumerate(shown, 1)]
        self._coloured.clear()

    def _colour(self, line: DiffLine) -> Content:
        is_ansi = self.app.native_ansi_color
        if len(self._lines) > _WHOLE:
            return highlight_line(line.text, self._language, is_ansi=is_ansi)
        if not self._coloured:
            text = "\n".join(each.text for each in self._lines)
            self._coloured = dict(enumerate(highlight_lines(text, self._language, is_ansi=is_ansi), 1))
        return self._coloured.get(line.new_number or 0, Content(line.text))
