"""The main screen: the tree of objects and the preview, with everything that can be done in them."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from pgcraft.service.actions import Need, Scope
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.grouping import Grouping
from pgcraft.service.types import Progress
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.host.saved_state import SavedState
from pgcraft_tui.host.serving import toggle_api
from pgcraft_tui.host.session import Session
from pgcraft_tui.present.facts import find_named, format_command, is_role
from pgcraft_tui.present.marks import Marks
from pgcraft_tui.present.page import format_page
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.screens.browse.follower import Follower
from pgcraft_tui.screens.browse.lines import TRY_API, Lines
from pgcraft_tui.screens.browse.outline_keeper import OutlineKeeper
from pgcraft_tui.screens.browse.panes import Panes
from pgcraft_tui.screens.browse.walk import Walk
from pgcraft_tui.widgets.footer import ActionFooter
from pgcraft_tui.widgets.header import HeaderLine
from pgcraft_tui.widgets.object_tree import ObjectTree
from pgcraft_tui.widgets.objects_pane import ObjectsPane
from pgcraft_tui.widgets.preview_pane import PreviewPane
from pgcraft_tui.widgets.tabs import TabLine
from pgcraft_tui.widgets.toned import TonedLine

_NEXT_GROUPING = {
    Grouping.SCHEMA: Grouping.FACTORY,
    Grouping.FACTORY: Grouping.EXTENSION,
    Grouping.EXTENSION: Grouping.SCHEMA,
}


class BrowseScreen(ActionScreen[None]):
    """The main screen: it hands each action, and each piece of news, to the part whose job it is.

    Attributes:
        panes: which of the two panes has the focus, and which is shown.
        outline: keeps the tree up to date.
        walk: moves through it.
        follower: lets the preview follow its cursor.
        lines: draws the lines around the panes.

    Args:
        saved: where the last session stood.
    """

    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.OBJECTS)

    def __init__(self, saved: SavedState) -> None:
        super().__init__()
        self.panes = Panes(self)
        self.follower = Follower(self, self.panes, saved.tab)
        self.outline = OutlineKeeper(self, self.panes, saved, self.follower.show_error)
        self.walk = Walk(self.panes)
        self.lines = Lines(self)

    def compose(self) -> ComposeResult:
        """Make the lines and the two panes."""
        yield HeaderLine()
        yield TonedLine(id="banner")
        with Horizontal(id="panes"):
            yield ObjectsPane(id="objects")
            yield PreviewPane(id="preview")
        yield TonedLine(id="command")
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the session."""
        signals = self.host.signals
        signals.models.subscribe(self, self._follow_models)
        signals.diff.subscribe(self, self._follow_diff)
        signals.jobs.subscribe(self, self.lines.show_work)
        signals.progress.subscribe(self, self._follow_progress)
        signals.served.subscribe(self, self._follow_served)
        self.panes.tree.focus()
        self.panes.objects.name_grouping(self.grouping)
        self.lines.show_facts(self.session)

    @property
    def tab(self) -> Tab:
        """What the preview shows."""
        return self.follower.tab

    @property
    def grouping(self) -> Grouping:
        """What the top of the tree is made of."""
        return self.outline.grouping

    def make_state(self) -> SavedState:
        """Return what a session leaves for the next one, but for the theme."""
        return replace(self.outline.make_state(), tab=self.tab)

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment."""
        held = {
            Need.SELECTION: self.follower.node is not None,
            Need.SOURCE: self.follower.facts.place is not None,
            Need.ROLE: is_role(self.follower.node),
            Need.ENDPOINT: self.follower.facts.api_view is not None,
            Need.MARKED: bool(self.outline.marks),
            Need.FILTER: self.panes.state.filtered is not None,
            Need.EARLIER: self.walk.trail.has_earlier,
            Need.LATER: self.walk.trail.has_later,
        }
        return super().met_needs().union(need for need, is_met in held.items() if is_met)

    def leave_field(self) -> bool:
        """Close the filter; where only one pane has room go back to the tree."""
        return self.panes.leave_field()

    def refresh_preview(self) -> None:
        """Show what is known of the node under the cursor, and the command line that does the same."""
        self._draw_command()
        self.follower.refresh()

    def on_object_tree_cursor_moved(self, event: ObjectTree.CursorMoved) -> None:
        """Let the preview follow the cursor."""
        event.stop()
        self.session.selection = event.node.object_id if event.node is not None else None
        self.refresh_preview()
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Say what the keys do where words are typed."""
        self._draw_command()

    def on_tab_line_clicked(self, event: TabLine.Clicked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self._show_tab(event.tab)

    def action_filter(self) -> None:
        """Type words that names must hold."""
        self.panes.show_tree()
        self.panes.objects.open_filter()

    def action_next_match(self) -> None:
        """Go to the next match."""
        self.walk.step_match(1)

    def action_previous_match(self) -> None:
        """Go to the previous match."""
        self.walk.step_match(-1)

    def action_cycle_grouping(self) -> None:
        """Group the tree the next way."""
        self._group_by(_NEXT_GROUPING[self.grouping])

    def action_group_by_schema(self) -> None:
        """Group the tree by schema."""
        self._group_by(Grouping.SCHEMA)

    def action_group_by_factory(self) -> None:
        """Group the tree by declaration."""
        self._group_by(Grouping.FACTORY)

    def action_group_by_extension(self) -> None:
        """Group the tree by extension."""
        self._group_by(Grouping.EXTENSION)

    def action_show_ddl(self) -> None:
        """Show the SQL."""
        self._show_tab(Tab.DDL)

    def action_show_api(self) -> None:
        """Show what PostgREST makes of it."""
        self._show_tab(Tab.API)

    def action_try_api(self) -> None:
        """Run requests to the node's view in the development database."""
        view, workbench = self.follower.facts.api_view, self.session.workbench
        if view is None:
            return
        self._show_tab(Tab.API)
        self.host.jobs.start(
            TRY_API,
            lambda report: workbench.try_api(view, report),
            owner=self,
            done=self._take_trial,
            failed=self.follower.show_error,
            progressed=self.host.signals.progress.publish,
        )

    def action_serve_api(self) -> None:
        """Start PostgREST, or stop it."""
        self._show_tab(Tab.API)
        toggle_api(self.host)

    def action_show_grants(self) -> None:
        """Show who may do what."""
        self._show_tab(Tab.GRANTS)

    def action_access(self) -> None:
        """Show all that the role can reach."""
        self._show_tab(Tab.GRANTS)

    def action_show_relations(self) -> None:
        """Show what it needs and what uses it."""
        self._show_tab(Tab.RELATIONS)

    def action_show_origin(self) -> None:
        """Show whose it is."""
        self._show_tab(Tab.ORIGIN)

    def action_show_change(self) -> None:
        """Show what the next revision does to it."""
        self._show_tab(Tab.CHANGE)

    def action_show_history(self) -> None:
        """Show the revisions that touched it."""
        self._show_tab(Tab.HISTORY)

    def action_next_change(self) -> None:
        """Go to the next object that has changed."""
        self.walk.step_through(self._changed, 1)

    def action_previous_change(self) -> None:
        """Go to the previous object that has changed."""
        self.walk.step_through(self._changed, -1)

    def action_back(self) -> None:
        """Go back to where the last jump came from."""
        self.walk.go_back()

    def action_forward(self) -> None:
        """Go forward again."""
        self.walk.go_forward()

    def action_edit_source(self) -> None:
        """Open the declaring line."""
        if self.follower.facts.place is not None:
            self.host.open_place(self.follower.facts.place)

    def action_copy_name(self) -> None:
        """Copy the qualified name."""
        node = self.follower.node
        self.host.copy(find_named(node) or (node.label if node else ""), "the name")

    def action_copy_text(self) -> None:
        """Copy what the tab shows."""
        self.host.copy(format_page(self.panes.page.page), "the text of the tab")

    def action_collapse(self) -> None:
        """Go back to the tree; the page at its left edge leaves the key to the screen."""
        self.panes.show_tree()

    def action_follow(self) -> None:
        """Go to the preview; a leaf of the tree leaves the key to the screen."""
        if not self.panes.is_in_preview:
            self.panes.show_preview()

    def action_switch_pane(self) -> None:
        """Go from the tree to the preview, and back."""
        self.panes.switch()

    def action_scroll_preview_down(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.panes.scroll_preview(3)

    def action_scroll_preview_up(self) -> None:
        """Scroll the preview while the tree keeps the cursor."""
        self.panes.scroll_preview(-3)

    def action_maximize(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        self.panes.maximize()

    @property
    def _changed(self) -> Marks:
        """What the last load has changed, or else what the next revision would."""
        return self.session.changes or self.outline.marks

    def _take_trial(self, trial: ApiTrial) -> None:
        self.session.trials[trial.view] = trial
        self.refresh_preview()

    def _show_tab(self, tab: Tab) -> None:
        self.follower.tab = tab
        self.refresh_preview()
        if self.app.size.width < 76:
            self.panes.show_preview()

    def _group_by(self, grouping: Grouping) -> None:
        if self.has_class("-narrow"):
            self.panes.show_tree()
        self.outline.grouping = grouping
        self.panes.objects.name_grouping(grouping)
        self.outline.rebuild()

    def _draw_command(self) -> None:
        self.command = format_command(self.tab, self.follower.node)
        self.lines.show_command(self.command, is_filtering=self.panes.objects.input.has_focus)

    def _follow_models(self, session: Session) -> None:
        if session.loaded is not None and session.error is None:
            self.outline.follow_models()
        elif session.loaded is None and session.error is not None:
            self.follower.show_error(session.error)
        self.lines.show_facts(session)
        self.refresh_bindings()

    def _follow_diff(self, session: Session) -> None:
        self.outline.follow_diff()
        if self.tab is Tab.CHANGE:
            self.refresh_preview()
        self.lines.show_facts(session)
        self.refresh_bindings()

    def _follow_served(self, session: Session) -> None:
        self.lines.show_facts(session)
        self.refresh_preview()

    def _follow_progress(self, progress: Progress) -> None:
        self.lines.show_progress(progress)
        if self.session.loaded is None:
            self.follower.show_progress(progress)
