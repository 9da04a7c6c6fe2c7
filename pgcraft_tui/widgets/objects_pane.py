"""The left pane: the tree of objects under its filter."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from pgcraft.service.grouping import Grouping
from pgcraft_tui.widgets.object_tree import ObjectTree


class ObjectsPane(Vertical):
    """The tree, and above it the line to type a filter into while one is set."""

    def compose(self) -> ComposeResult:
        """Make the line, which is hidden at first, and the tree."""
        with Horizontal(id="filter-line"):
            yield Static("/", id="filter-sign", markup=False)
            yield Input(id="filter", placeholder="words of a name", compact=True)
        yield ObjectTree(id="tree")

    def on_mount(self) -> None:
        """Hide the filter."""
        self.filter_line.display = False

    @property
    def input(self) -> Input:
        """The line of the filter."""
        return self.query_one("#filter", Input)

    @property
    def filter_line(self) -> Horizontal:
        """The line with its sign; shown while a filter is set."""
        return self.query_one("#filter-line", Horizontal)

    @property
    def tree_view(self) -> ObjectTree:
        """The tree."""
        return self.query_one("#tree", ObjectTree)

    @property
    def filter_text(self) -> str:
        """What is typed into the filter; empty when none is set."""
        return self.input.value if self.filter_line.display else ""

    def name_grouping(self, grouping: Grouping) -> None:
        """Say in the title what the top of the tree is made of."""
        self.border_title = f"Objects · by {grouping.value}"

    def open_filter(self, text: str = "") -> None:
        """Show the filter and wait for words."""
        self.filter_line.display = True
        if text:
            self.input.value = text
        self.input.focus()

    def close_filter(self) -> bool:
        """Restore the tree as it was before the filter; False when none is open."""
        if not self.filter_line.display:
            return False
        self.tree_view.state.clear_filter()
        self.drop_filter()
        self.tree_view.focus()
        self.tree_view.after_move()
        return True

    def drop_filter(self) -> None:
        """Hide the line and forget its words; the tree has no filter any more."""
        self.filter_line.display = False
        with self.input.prevent(Input.Changed):
            self.input.value = ""
        self._show_count()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        event.stop()
        self.tree_view.state.filter(event.value)
        self._show_count()
        self.tree_view.after_move()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the tree with the filter set."""
        event.stop()
        if event.value.strip():
            self.tree_view.focus()
        else:
            self.close_filter()

    def on_key(self, event: events.Key) -> None:
        """Let the arrows move in the tree while words are typed."""
        if self.input.has_focus and event.key in ("up", "down"):
            event.stop()
            self.tree_view.state.move(1 if event.key == "down" else -1)
            self.tree_view.after_move()

    def show_outline_count(self) -> None:
        """Count again what the filter finds, after the tree has changed."""
        self._show_count()

    def _show_count(self) -> None:
        filtered = self.tree_view.state.filtered
        if filtered is None:
            self.border_subtitle = ""
        else:
            count = len(filtered.matches)
            self.border_subtitle = f"{count or 'no'} match{'' if count == 1 else 'es'}"
