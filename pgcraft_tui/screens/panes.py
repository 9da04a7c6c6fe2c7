"""The two panes of the main screen: which one has the focus, and which is shown where only one has room."""

from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.widgets.object_tree import ObjectTree
from pgcraft_tui.widgets.objects_pane import ObjectsPane
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.preview_pane import PreviewPane


class Panes(ActionScreen[None]):
    """A screen with a tree at the left and a preview at the right."""

    @property
    def objects(self) -> ObjectsPane:
        """The left pane."""
        return self.query_one(ObjectsPane)

    @property
    def tree_view(self) -> ObjectTree:
        """The tree in it."""
        return self.objects.tree_view

    @property
    def preview(self) -> PreviewPane:
        """The right pane."""
        return self.query_one(PreviewPane)

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
        self.remove_class("-in-preview", "-only-preview")
        self.set_focus(self.tree_view)

    def show_preview(self) -> None:
        """Go to the preview; where only one pane has room it is shown."""
        self.remove_class("-only-objects")
        self.add_class("-in-preview")
        self.set_focus(self.page)

    def action_collapse(self) -> None:
        """Go back to the tree; the page at its left edge leaves the key to the screen."""
        self.show_tree()

    def action_follow(self) -> None:
        """Go to the preview; a leaf of the tree leaves the key to the screen."""
        if not self.is_in_preview:
            self.show_preview()

    def action_switch_pane(self) -> None:
        """Go from the tree to the preview, from there to the difference where one is shown, and back."""
        diff = self.preview.diff_view
        if not self.is_in_preview:
            self.show_preview()
        elif self.page.has_focus and diff.display:
            self.set_focus(diff)
        else:
            self.show_tree()

    def action_scroll_preview_down(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.page.scroll_relative(y=3, animate=False)

    def action_scroll_preview_up(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.page.scroll_relative(y=-3, animate=False)

    def action_maximize(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        if self.has_class("-narrow"):
            self.notify("there is room for one pane only; Tab shows the other", timeout=3, markup=False)
            return
        name = "-only-preview" if self.is_in_preview else "-only-objects"
        was_set = self.has_class(name)
        self.remove_class("-only-preview", "-only-objects")
        self.set_class(not was_set, name)
