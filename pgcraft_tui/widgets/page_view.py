"""A pane that shows a page: toned lines, links to follow, and code."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from pgcraft.service.actions import Scope
from pgcraft_tui.actions.bindings import make_bindings, make_motion_bindings
from pgcraft_tui.present.page import Line, Page, Target
from pgcraft_tui.present.printing import PrintedPage, find_indent, lay_out_again, print_page
from pgcraft_tui.present.rows import Row
from pgcraft_tui.present.visible import make_visible
from pgcraft_tui.widgets.rows import RowView, cut_piece, render_content
from pgcraft_tui.widgets.toned import TONE_CLASSES, make_content

_SIDEWAYS = 8


class PageView(RowView, inherit_bindings=False):
    """Shows a page; where it has links, one of them is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*make_bindings(Scope.TEXT), *make_motion_bindings()]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--cursor", *TONE_CLASSES}

    class LinkFollowed(Message):
        """The user asked for what a link leads to."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._printed = PrintedPage(())
        self._coloured: dict[int, list[Content]] = {}
        self._link = 0

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._printed.page

    @property
    def row_width(self) -> int | None:
        """The cells that a row has room for; None when nothing is wrapped."""
        width = self.scrollable_content_region.width
        return width if self.is_wrapped and width > 0 else None

    def show(self, page: Page | PrintedPage, *, keep_place: bool = False) -> None:
        """Show another page, from its top, or with `keep_place` from the row where the former one stood."""
        row, link = round(self.scroll_y), self._link
        self._printed = page if isinstance(page, PrintedPage) else print_page(page, self.row_width)
        self._coloured.clear()
        self._link = min(link, max(0, len(self._links) - 1)) if keep_place else 0
        self.lay_out_again(keep_place=False)
        if keep_place:
            self.scroll_to(y=row, animate=False, immediate=True)

    @property
    def target(self) -> Target | None:
        """What the link under the cursor leads to."""
        part = self._printed.parts[self._links[self._link]][0] if self._links else None
        return part.link if isinstance(part, Line) else None

    def action_cursor_up(self) -> None:
        """Go to the previous link, or scroll."""
        self._move(-1)

    def action_cursor_down(self) -> None:
        """Go to the next link, or scroll."""
        self._move(1)

    def action_first(self) -> None:
        """Go to the first row."""
        self._link = 0
        self.scroll_to(y=0, animate=False)
        self.refresh()

    def action_last(self) -> None:
        """Go to the last row."""
        self._link = max(0, len(self._links) - 1)
        self.scroll_to(y=self.max_scroll_y, animate=False)
        self.refresh()

    def action_half_page_up(self) -> None:
        """Scroll up by half a screen."""
        self._scroll_half(-1)

    def action_half_page_down(self) -> None:
        """Scroll down by half a screen."""
        self._scroll_half(1)

    def action_collapse(self) -> None:
        """Scroll left; at the left edge the screen may do something else with the key."""
        if self.scroll_x <= 0:
            raise SkipAction
        self.scroll_relative(x=-_SIDEWAYS, animate=False)

    def action_expand(self) -> None:
        """Scroll right."""
        self.scroll_relative(x=_SIDEWAYS, animate=False)

    def action_follow(self) -> None:
        """Ask for what the link under the cursor leads to."""
        target = self.target
        if target is None:
            raise SkipAction
        self.post_message(self.LinkFollowed(target))

    def on_click(self, event: events.Click) -> None:
        """Follow the link that was clicked."""
        offset = event.get_content_offset(self)
        at = offset.y + round(self.scroll_y) if offset is not None else len(self.rows)
        piece = self.rows[at].left if at < len(self.rows) else None
        if piece is not None and piece.line.old_number in self._links:
            self._link = self._links.index(piece.line.old_number)
            self.refresh()
            self.action_follow()

    def lay_out(self, width: int) -> Sequence[Row]:
        """Return the rows for this width."""
        self._printed = lay_out_again(self._printed, width if self.is_wrapped else None)
        return self._printed.rows

    def measure(self) -> int:
        """Return the cells of the longest line."""
        return max((cell_len(line.text) for line in self._printed.lines), default=0)

    def render_row(self, row: Row, width: int) -> list[Segment]:
        """Return one row; the one of the cursor on the cursor's colour."""
        if row.left is None:
            return []
        number = row.left.line.old_number or 0
        base = self.visual_style
        if self._links and number == self._links[self._link] and self.has_focus:
            base = self.get_visual_style("page--cursor")
        indent = min(find_indent(self._printed, row.left), width // 2) if self.is_wrapped else 0
        shown = render_content(cut_piece(self._colour(number), row.left), base, width - indent)
        return [Segment(" " * indent, base.rich_style), *shown] if indent else shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what is for differences only."""
        del parameters
        return action not in ("toggle_side_by_side", "toggle_folds")

    def notify_style_update(self) -> None:
        """Forget the colours of the former theme."""
        self._coloured.clear()
        super().notify_style_update()

    @property
    def _links(self) -> tuple[int, ...]:
        return self._printed.links

    def _colour(self, number: int) -> Content:
        from pgcraft_tui.widgets.syntax import highlight_lines  # Pygments: not before there is code

        part, at = self._printed.parts[number]
        if isinstance(part, Line):
            return make_content(self, part.spans)
        key = number - at
        if key not in self._coloured:
            is_ansi = self.app.native_ansi_color
            self._coloured[key] = highlight_lines(make_visible(part.text), part.language, is_ansi=is_ansi)
        lines = self._coloured[key]
        return lines[at] if at < len(lines) else Content("")

    def _move(self, delta: int) -> None:
        """Go to the next or previous link; where there are none, or none in that way, scroll."""
        wanted = self._link + delta
        if self._links and 0 <= wanted < len(self._links):
            self._link = wanted
            self._show_link()
            self.refresh()
        else:
            self.scroll_relative(y=delta, animate=False)

    def _scroll_half(self, direction: int) -> None:
        """Scroll by half a screen; the cursor goes to the nearest link in sight."""
        height = self.scrollable_content_region.height
        self.scroll_relative(y=direction * max(1, height // 2), animate=False)
        top = round(self.scroll_target_y)
        seen = [at for at, line in enumerate(self._links) if top <= self._row_of(line) < top + height]
        if seen and self._link not in seen:
            self._link = seen[0] if direction > 0 else seen[-1]
        self.refresh()

    def _row_of(self, number: int) -> int:
        line = self._printed.lines[number]
        return next((at for at, row in enumerate(self.rows) if row.left is not None and row.left.line is line), 0)

    def _show_link(self) -> None:
        row, top = self._row_of(self._links[self._link]), round(self.scroll_y)
        height = self.scrollable_content_region.height
        if row < top:
            self.scroll_to(y=row if self._link else 0, animate=False)
        elif height and row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False)
