"""The main screen: the tree of objects and the preview, with everything that can be done in them."""

from typing import ClassVar

from textual.binding import BindingType

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import Place
from pgcraft.service.actions import Scope
from pgcraft.service.api_types import ApiTrial
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.host.serving import toggle_api
from pgcraft_tui.present.facts import find_named
from pgcraft_tui.present.outline import Grouping, Key, make_object_key
from pgcraft_tui.present.page import format_page
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.screens.browse_view import TRY_API, BrowseView
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.tabs import TabLine

_NEXT_GROUPING = {
    Grouping.SCHEMA: Grouping.FACTORY,
    Grouping.FACTORY: Grouping.EXTENSION,
    Grouping.EXTENSION: Grouping.SCHEMA,
}


class BrowseScreen(BrowseView):
    """The main screen."""

    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.OBJECTS)

    def leave_field(self) -> bool:
        """Close the filter; where only one pane has room go back to the tree."""
        if self.objects.close_filter():
            return True
        if self.has_class("-in-preview"):
            self.show_tree()
            return True
        return False

    def go_to(self, object_id: ObjectId) -> bool:
        """Put the cursor on an object and remember where it stood; False when the tree does not have it."""
        return self._go_to_key(make_object_key(object_id), is_visit=True)

    def on_tab_line_clicked(self, event: TabLine.Clicked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self._show_tab(event.tab)

    def on_page_view_link_followed(self, event: PageView.LinkFollowed) -> None:
        """Go to the object, or open the line."""
        event.stop()
        if isinstance(event.target, Place):
            self.host.open_place(event.target)
        else:
            self.post_message(ObjectPicked(event.target))

    def action_filter(self) -> None:
        """Type words that names must hold."""
        self.show_tree()
        self.objects.open_filter()

    def action_next_match(self) -> None:
        """Go to the next match."""
        self._move_to_match(1)

    def action_previous_match(self) -> None:
        """Go to the previous match."""
        self._move_to_match(-1)

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
        view, workbench = self.facts.api_view, self.session.workbench
        if view is None:
            return
        self._show_tab(Tab.API)
        self.host.jobs.start(
            TRY_API,
            lambda report: workbench.try_api(view, report),
            owner=self,
            done=self._take_trial,
            failed=self._show_error,
            progressed=self.host.signals.progress.publish,
        )

    def action_serve_api(self) -> None:
        """Start PostgREST, or stop it."""
        self._show_tab(Tab.API)
        toggle_api(self.host)

    def _take_trial(self, trial: ApiTrial) -> None:
        self.session.trials[trial.view] = trial
        self.refresh_preview()

    def action_show_grants(self) -> None:
        """Show who may do what."""
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
        self._move_to_change(1)

    def action_previous_change(self) -> None:
        """Go to the previous object that has changed."""
        self._move_to_change(-1)

    def action_back(self) -> None:
        """Go back to where the last jump came from."""
        place = self.trail.go_back(self.tree_view.state.key)
        if place is not None:
            self._go_to_key(place, is_visit=False)

    def action_forward(self) -> None:
        """Go forward again."""
        place = self.trail.go_forward(self.tree_view.state.key)
        if place is not None:
            self._go_to_key(place, is_visit=False)

    def action_edit_source(self) -> None:
        """Open the declaring line."""
        if self.facts.place is not None:
            self.host.open_place(self.facts.place)

    def action_copy_name(self) -> None:
        """Copy the qualified name."""
        self.host.copy(find_named(self.node) or (self.node.label if self.node else ""), "the name")

    def action_copy_text(self) -> None:
        """Copy what the tab shows."""
        self.host.copy(format_page(self.page.page), "the text of the tab")

    def _show_tab(self, tab: Tab) -> None:
        self.tab = tab
        self.refresh_preview()
        if self.app.size.width < 76:
            self.show_preview()

    def _group_by(self, grouping: Grouping) -> None:
        if self.has_class("-narrow"):
            self.show_tree()
        self.grouping = grouping
        self.objects.name_grouping(grouping)
        self.rebuild_outline()

    def _move_to_match(self, step: int) -> None:
        self.tree_view.state.move_to_match(step)
        self.tree_view.after_move()

    def _move_to_change(self, step: int) -> None:
        steps = self.session.changes or self.marks
        keys = [node.key for node in self.tree_view.state.outline.walk() if node.object_id in steps]
        if not keys:
            return
        order = {node.key: place for place, node in enumerate(self.tree_view.state.outline.walk())}
        here = order.get(self.tree_view.state.key or (), -1)
        ahead = [key for key in keys if (order[key] - here) * step > 0]
        target = (ahead[0] if step > 0 else ahead[-1]) if ahead else (keys[0] if step > 0 else keys[-1])
        self._go_to_key(target, is_visit=True)

    def _go_to_key(self, key: Key, *, is_visit: bool) -> bool:
        state = self.tree_view.state
        here = state.key
        if not state.reveal(key):
            return False
        if is_visit and here != key:
            self.trail.leave(here)
        if state.filtered is None:
            self.objects.drop_filter()
        self.tree_view.after_move()
        return True
