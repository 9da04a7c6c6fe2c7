"""The tree of objects: draws the rows of a TreeState, only those in sight."""

from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft_tui.actions.bindings import make_motion_bindings
from pgcraft_tui.present.folding import TreeRow
from pgcraft_tui.present.marks import Mark, Marks
from pgcraft_tui.present.names import format_count
from pgcraft_tui.present.outline import Node, Outline
from pgcraft_tui.present.tree_state import TreeState
from pgcraft_tui.present.visible import make_visible_line

_SIGNS = 3
_INDENT = 2
_LEAST_DETAIL = 5
_MARK_CLASSES = {Mark.ADDED: "tree--added", Mark.CHANGED: "tree--changed", Mark.REMOVED: "tree--removed"}


Piece = tuple[str, Style]


class ObjectTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of nodes with their counts, and at the right edge the signs of change."""

    BINDINGS: ClassVar[list[BindingType]] = make_motion_bindings()
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tree--row",
        "tree--cursor",
        "tree--fold",
        "tree--group",
        "tree--detail",
        "tree--match",
        "tree--gone",
        "tree--added",
        "tree--changed",
        "tree--removed",
    }

    class CursorMoved(Message):
        """The cursor stands on another node, or on the same one with new facts."""

        def __init__(self, node: Node | None) -> None:
            super().__init__()
            self.node = node

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.state = TreeState()
        self._marks: Marks = {}
        self._fresh: frozenset[ObjectId] = frozenset()
        self._below: set[Node] = set()

    def show_outline(self, outline: Outline) -> None:
        """Show another outline; the cursor keeps its node and its height on the screen where it can."""
        height = self.state.cursor - self.scroll_offset.y
        self.state.show(outline)
        self._sign_parents()
        self._after_change(height)

    def show_marks(self, marks: Marks, fresh: frozenset[ObjectId]) -> None:
        """Sign these objects; those that the last reload touched get a dot too."""
        self._marks, self._fresh = marks, fresh
        self._sign_parents()
        self.refresh()

    def after_move(self) -> None:
        """Draw what a call of the state has changed."""
        self._after_change(None)

    def _after_change(self, height: int | None) -> None:
        self.virtual_size = Size(self.size.width, len(self.state.rows))
        if height is not None:
            self.scroll_to(y=max(0, self.state.cursor - height), animate=False)
        self._scroll_to_cursor()
        self.refresh()
        self.call_next(self._tell_cursor)

    def _tell_cursor(self) -> None:
        """Runs as the tree's own message: one that the parent sends does not bubble beyond it."""
        self.post_message(self.CursorMoved(self.state.node))

    def _scroll_to_cursor(self) -> None:
        row, top, height = self.state.cursor, round(self.scroll_y), self.scrollable_content_region.height
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif height and row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False)

    def _sign_parents(self) -> None:
        self._below = set()
        for object_id in self._marks:
            node = self.state.outline.find_object(object_id)
            for above in node.ancestors() if node is not None else ():
                if above in self._below:
                    break
                self._below.add(above)

    def action_cursor_up(self) -> None:
        """Move up by one line."""
        self.state.move(-1)
        self.after_move()

    def action_cursor_down(self) -> None:
        """Move down by one line."""
        self.state.move(1)
        self.after_move()

    def action_first(self) -> None:
        """Go to the first line."""
        self.state.move_to(0)
        self.after_move()

    def action_last(self) -> None:
        """Go to the last line."""
        self.state.move_to(len(self.state.rows))
        self.after_move()

    def action_half_page_up(self) -> None:
        """Move up by half a screen."""
        self.state.move(-max(1, self.size.height // 2))
        self.after_move()

    def action_half_page_down(self) -> None:
        """Move down by half a screen."""
        self.state.move(max(1, self.size.height // 2))
        self.after_move()

    def action_collapse(self) -> None:
        """Fold the node, or go to its parent."""
        self.state.leave()
        self.after_move()

    def action_expand(self) -> None:
        """Unfold the node, or go to its first child."""
        self.state.enter()
        self.after_move()

    def action_follow(self) -> None:
        """Fold or unfold the node; a leaf leaves it to the screen to show its preview."""
        node = self.state.node
        if node is None or not node.children:
            raise SkipAction
        self.state.set_open(node, not self.state.is_open(node))
        self.after_move()

    def on_resize(self) -> None:
        """Fit the rows into the new width and keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self.state.rows))
        self._scroll_to_cursor()

    async def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; on its fold sign, or with a second click, fold or unfold it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = offset.y + round(self.scroll_y)
        if index >= len(self.state.rows):
            return
        self.state.move_to(index)
        row = self.state.rows[index]
        on_sign = offset.x in range(row.depth * _INDENT, row.depth * _INDENT + 2)
        if row.is_open is not None and (on_sign or event.chain == 2):
            self.state.set_open(row.node, not row.is_open)
        self.after_move()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        index = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        if index >= len(self.state.rows):
            return Strip.blank(width, self.visual_style.rich_style)
        is_cursor = index == self.state.cursor
        base = self.get_visual_style("tree--cursor") if is_cursor else self.visual_style
        drawn = self._draw(self.state.rows[index], base, width)
        return Strip([Segment(text, style.rich_style) for text, style in drawn], width)

    def _draw(self, row: TreeRow, base: Style, width: int) -> list[Piece]:
        fold = {None: "  ", True: "▾ ", False: "▸ "}[row.is_open]
        lead = " " * (row.depth * _INDENT) + fold
        room = max(1, width - cell_len(lead) - _SIGNS)
        label, detail = make_visible_line(row.node.label), _describe(row.node)
        label = _cut(label, room)
        rest = room - cell_len(label)
        detail = f"  {_cut(detail, rest - 2)}" if detail and rest >= _LEAST_DETAIL else ""
        return [
            (lead, base + self._style("tree--fold")),
            *self._mark_matches(label, row.node, base),
            (set_cell_size(detail, rest), base + self._style("tree--detail")),
            self._sign(row, base),
        ]

    def _mark_matches(self, label: str, node: Node, base: Style) -> list[Piece]:
        plain = base
        if node.is_gone:
            plain += self._style("tree--gone")
        elif node.object_id is None:
            plain += self._style("tree--group")
        filtered = self.state.filtered
        if filtered is None or (node.object_id is None and node.kind is not None):
            return [(label, plain)]
        hits = _find_hits(label, filtered.words)
        found = plain + self._style("tree--match")
        runs = groupby(zip(label, hits, strict=True), key=itemgetter(1))
        return [("".join(character for character, _ in run), found if hit else plain) for hit, run in runs]

    def _sign(self, row: TreeRow, base: Style) -> Piece:
        object_id = row.node.object_id
        mark = self._marks.get(object_id) if object_id is not None else None
        if mark is not None:
            dot = "•" if object_id in self._fresh else " "
            return (f" {mark.value}{dot}", base + self._style(_MARK_CLASSES[mark]))
        if row.is_open is not True and row.node in self._below:
            return (" … ", base + self._style("tree--changed"))
        return (" " * _SIGNS, base)

    def _style(self, name: str) -> Style:
        return self.get_visual_style(name, partial=True)


def _describe(node: Node) -> str:
    if node.object_id is None:
        return "  ".join(part for part in (str(node.count), make_visible_line(node.detail)) if part)
    detail = make_visible_line(node.detail)
    if node.object_id.kind is Kind.SCHEMA:
        return " · ".join(format_count(folder.kind, len(folder.children)) for folder in node.children if folder.kind)
    if node.parent is not None and node.parent.kind is None and node.parent.object_id is None:
        return f"{node.object_id.kind} {detail}".strip()
    return detail


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def _find_hits(label: str, words: tuple[str, ...]) -> list[bool]:
    """Say of each character whether a word of the filter stands there; of none when folding moves characters."""
    hits, text = [False] * len(label), label.casefold()
    if len(text) != len(label):
        return hits
    for word in words:
        start = text.find(word)
        while start >= 0:
            hits[start : start + len(word)] = [True] * len(word)
            start = text.find(word, start + 1)
    return hits
