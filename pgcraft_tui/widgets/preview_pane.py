"""The right pane: the tabs, and the page of the one that is shown."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from pgcraft_tui.present.diffing import TextDiff
from pgcraft_tui.present.page import Page
from pgcraft_tui.present.printing import PrintedPage
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.present.visible import make_visible_line
from pgcraft_tui.widgets.diff import DiffView
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.tabs import TabLine


class PreviewPane(Vertical):
    """What is known of the node under the cursor, a tab at a time."""

    def compose(self) -> ComposeResult:
        """Make the tabs and the page."""
        yield TabLine(id="tabs")
        yield PageView(id="page")
        yield DiffView(id="diff")

    def on_mount(self) -> None:
        """Show no difference at first."""
        self.diff_view.display = False

    @property
    def view(self) -> PageView:
        """The page."""
        return self.query_one("#page", PageView)

    @property
    def diff_view(self) -> DiffView:
        """The difference under the page; displayed on the Change tab where there is one."""
        return self.query_one("#diff", DiffView)

    def show_page(
        self, title: str, tab: Tab, page: Page | PrintedPage, diff: TextDiff | None = None, *, keep_place: bool
    ) -> None:
        """Show a page under its tab, and a difference under it; `keep_place` when it is the same page with news."""
        self.border_title = Content(make_visible_line(title))
        self.query_one("#tabs", TabLine).show_tab(tab)
        self.view.show(page, keep_place=keep_place)
        self.set_class(diff is not None, "-with-diff")
        self.diff_view.display = diff is not None
        if diff is not None:
            self.diff_view.show(diff)
        elif self.diff_view.has_focus:
            self.screen.set_focus(self.view)
