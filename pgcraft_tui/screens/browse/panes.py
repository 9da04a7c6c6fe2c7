"""The two panes of the main screen: which one has the focus, and which is shown where only one has room."""

from textual.screen import Screen

from pgcraft_tui.present.tree_state import TreeState
from pgcraft_tui.widgets.object_tree import ObjectTree
from pgcraft_tui.widgets.objects_pane import ObjectsPane
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.preview_pane import PreviewPane


class Panes:
    """The tree at the left and the preview at the right.

    Args:
        screen: on which they stand; its classes say which of them is shown.
    """

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    @property
    def objects(self) -> ObjectsPane:
        """The left pane."""
        return self._screen.query_one(ObjectsPane)

    @property
    def tree(self) -> ObjectTree:
        """The tree in it."""
        return self.objects.tree_view

    @property
    def state(self) -> TreeState:
        """Where the user stands in the tree."""
        return self.tree.state

    @property
    def preview(self) -> PreviewPane:
        """The right pane."""
        return self._screen.query_one(PreviewPane)

    @property
    def page(self) -> PageView:
        """The page in it."""
        return self.preview.view

    @property
    def is_in_preview(self) -> bool:
        """Whether the preview has the focus."""
        return self.page.has_focus or self.preview.diff_view.has_focus

    def show_tree(self) -> None:
        """Go to the tree; where only one pane has room it is shown."""
        self._screen.remove_class("-in-preview", "-only-preview")
        self._screen.set_focus(self.tree)

    def show_preview(self) -> None:
        """Go to the preview; where only one pane has room it is shown."""
        self._screen.remove_class("-only-objects")
        self._screen.add_class("-in-preview")
        self._screen.set_focus(self.page)

    def leave_field(self) -> bool:
        """Close the filter, or where only one pane has room go back to the tree; False when there was nothing to do."""
        if self.objects.close_filter():
            return True
        if self._screen.has_class("-in-preview"):
            self.show_tree()
            return True
        return False

    def switch(self) -> None:
        """Go from the tree to the preview, from there to the difference where one is shown, and back."""
        diff = self.preview.diff_view
        if not self.is_in_preview:
            self.show_preview()
        elif self.page.has_focus and diff.display:
            self._screen.set_focus(diff)
        else:
            self.show_tree()

    def scroll_preview(self, rows: int) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.page.scroll_relative(y=rows, animate=False)

    def maximize(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        if self._screen.has_class("-narrow"):
            self._screen.notify("there is room for one pane only; Tab shows the other", timeout=3, markup=False)
            return
        name = "-only-preview" if self.is_in_preview else "-only-objects"
        was_set = self._screen.has_class(name)
        self._screen.remove_class("-only-preview", "-only-objects")
        self._screen.set_class(not was_set, name)
