"""The base of panes that show many lines of text: only the rows in sight are made."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style

from pgcraft.service.actions import Scope
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.present.rows import Piece, Row


class RowView(ScrollView, can_focus=True):
    """A pane of rows. A subclass says which rows there are and how one looks; it calls `lay_out_again` on a change."""

    BINDINGS = make_bindings(Scope.TEXT)
    DEFAULT_CSS = """
    RowView {
        overflow-y: auto;
        overflow-x: auto;
        scrollbar-gutter: stable;
    }
    """

    is_wrapped = reactive(True, init=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Row] = ()
        self._laid_out_for = 0
        self._opening: object | None = None

    def lay_out(self, width: int) -> Sequence[Row]:
        """Return the rows for a pane of this many cells."""
        raise NotImplementedError

    def measure(self) -> int:
        """Return the cells that the widest row needs when nothing is wrapped."""
        raise NotImplementedError

    def render_row(self, row: Row, width: int) -> list[Segment]:
        """Return one row, at least `width` cells wide."""
        raise NotImplementedError

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they stand now."""
        return self._rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that all lines need, for a pane whose height is its content's."""
        del container, viewport
        return len(self.lay_out(width))

    def on_resize(self) -> None:
        """Wrap again where the width has changed."""
        if self._laid_out_for != self.scrollable_content_region.width:
            self.lay_out_again()

    def on_show(self) -> None:
        """Make the rows that could not be made while there was no width."""
        self.on_resize()

    def watch_is_wrapped(self) -> None:
        """Wrap, or cut."""
        self.lay_out_again()

    def lay_out_again(self, *, keep_place: bool = True) -> None:
        """Make the rows again; the line at the top stays there when `keep_place`, else the opening one is there."""
        width = self.scrollable_content_region.width
        if width <= 0:
            self._rows, self._laid_out_for = (), 0
            return
        top = self._line_at(round(self.scroll_y)) if keep_place and self._rows else self._opening
        self._laid_out_for = width
        self._rows = self.lay_out(width)
        self.virtual_size = Size(width if self.is_wrapped else max(width, self.measure()), len(self._rows))
        place = self._find_row_of(top)
        self.scroll_to(0, place, animate=False, immediate=True, force=True)  # there may be no scrollbar yet
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        scroll_x, scroll_y = self.scroll_offset
        at, width = scroll_y + y, self.scrollable_content_region.width
        base = self.visual_style.rich_style
        if at >= len(self._rows):
            return Strip.blank(width, base)
        strip = Strip(self.render_row(self._rows[at], max(width, self.virtual_size.width)))
        strip = self._mark_selection(strip, at)
        return strip.crop_extend(scroll_x, scroll_x + width, base).apply_offsets(scroll_x, at)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse has selected."""
        width = self.virtual_size.width
        shown = ["".join(segment.text for segment in self.render_row(row, width)).rstrip() for row in self._rows]
        return selection.extract("\n".join(shown)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        del selection
        self.refresh()

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them and scroll sideways."""
        self.is_wrapped = not self.is_wrapped

    def _mark_selection(self, strip: Strip, at: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(at) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        text = strip.text
        low = cell_len(text[:start])
        high = strip.cell_length if end == -1 else cell_len(text[:end])
        style = self.screen.get_component_rich_style("screen--selection")
        before, marked, after = strip.divide([low, high, strip.cell_length])
        return Strip.join([before, marked.apply_style(style), after])

    def _line_at(self, at: int) -> object | None:
        row = self._rows[at] if 0 <= at < len(self._rows) else None
        piece = (row.left or row.right) if row is not None else None
        return piece.line if piece is not None else None

    def _find_row_of(self, line: object | None) -> int:
        if line is None:
            return 0
        return next((at for at, row in enumerate(self._rows) if _holds(row, line)), 0)


def _holds(row: Row, line: object) -> bool:
    return any(piece is not None and piece.line is line for piece in (row.left, row.right))


def cut_piece(content: Content, piece: Piece) -> Content:
    """Return the part of a coloured line that a piece shows."""
    whole = piece.start == 0 and piece.end == len(piece.line.text)
    return content if whole else content[piece.start : piece.end]


def render_content(content: Content, base: Style, width: int) -> list[Segment]:
    """Return a text on its base style, filled up with blanks to `width` cells; a longer one stays whole."""
    segments = [
        Segment(text, style.rich_style) for text, style in content.render(base, end="", parse_style=_parse_style)
    ]
    missing = width - content.cell_length
    if missing > 0:
        segments.append(Segment(" " * missing, base.rich_style))
    return segments


def _parse_style(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style
