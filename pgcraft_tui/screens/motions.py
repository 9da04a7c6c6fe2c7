"""The actions that move: in the tree or in the preview, whichever has the focus."""

from pgcraft_tui.bindings import ActionScreen
from pgcraft_tui.widgets.object_tree import ObjectTree
from pgcraft_tui.widgets.objects_pane import ObjectsPane
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.preview_pane import PreviewPane


class Motions(ActionScreen[None]):
    """Moves the cursor of the focused pane; the tree's when none of the two has the focus."""

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
        return self.page.has_focus

    def action_cursor_up(self) -> None:
        """Move up by one line."""
        self._move(-1)

    def action_cursor_down(self) -> None:
        """Move down by one line."""
        self._move(1)

    def action_first(self) -> None:
        """Go to the first line."""
        if self.is_in_preview:
            self.page.move_to_end(is_last=False)
        else:
            self.tree_view.state.move_to(0)
            self.tree_view.after_move()

    def action_last(self) -> None:
        """Go to the last line."""
        if self.is_in_preview:
            self.page.move_to_end(is_last=True)
        else:
            self.tree_view.state.move_to(len(self.tree_view.state.rows))
            self.tree_view.after_move()

    def action_half_page_down(self) -> None:
        """Move down by half a screen."""
        self._move_half(1)

    def action_half_page_up(self) -> None:
        """Move up by half a screen."""
        self._move_half(-1)

    def action_collapse(self) -> None:
        """Fold the node, or go to its parent; in the preview go back to the tree, or scroll left."""
        if not self.is_in_preview:
            self.tree_view.state.leave()
            self.tree_view.after_move()
        elif self.page.scroll_x > 0:
            self.page.scroll_relative(x=-8, animate=False)
        else:
            self.show_tree()

    def action_expand(self) -> None:
        """Unfold the node, or go to its first child; in the preview scroll right."""
        if self.is_in_preview:
            self.page.scroll_relative(x=8, animate=False)
        else:
            self.tree_view.state.enter()
            self.tree_view.after_move()

    def action_follow(self) -> None:
        """Follow the link; in the tree fold or unfold the node, from a leaf go to its preview."""
        if self.is_in_preview:
            self.page.follow()
            return
        state = self.tree_view.state
        if state.node is not None and state.node.children:
            state.set_open(state.node, not state.is_open(state.node))
            self.tree_view.after_move()
        else:
            self.show_preview()

    def action_switch_pane(self) -> None:
        """Go from the tree to the preview, and back."""
        if self.is_in_preview:
            self.show_tree()
        else:
            self.show_preview()

    def action_scroll_preview_down(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.page.scroll_relative(y=3, animate=False)

    def action_scroll_preview_up(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.page.scroll_relative(y=-3, animate=False)

    def action_maximize(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        name = "-only-preview" if self.is_in_preview else "-only-objects"
        was_set = self.has_class(name)
        self.remove_class("-only-preview", "-only-objects")
        self.set_class(not was_set, name)

    def show_tree(self) -> None:
        """Go to the tree; where only one pane has room it is shown."""
        self.remove_class("-in-preview")
        if self.has_class("-only-preview"):
            self.remove_class("-only-preview")
        self.tree_view.focus()

    def show_preview(self) -> None:
        """Go to the preview; where only one pane has room it is shown."""
        self.add_class("-in-preview")
        if self.has_class("-only-objects"):
            self.remove_class("-only-objects")
        self.page.focus()

    def _move(self, delta: int) -> None:
        if self.is_in_preview:
            self.page.move(delta)
        else:
            self.tree_view.state.move(delta)
            self.tree_view.after_move()

    def _move_half(self, direction: int) -> None:
        if self.is_in_preview:
            self.page.scroll_half(direction)
        else:
            self.tree_view.state.move(direction * max(1, self.tree_view.size.height // 2))
            self.tree_view.after_move()
