"""The preview follows the cursor: the page of its tab is made in a thread once the cursor rests."""

from pgcraft.errors import PGCraftError
from pgcraft.service.types import Progress
from pgcraft_tui.host.jobs import JobKind
from pgcraft_tui.present.facts import NodeFacts, find_facts
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import line, note
from pgcraft_tui.present.problems import present_error
from pgcraft_tui.present.stages import Stages, advance_stages, format_stage
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.screens.browse.panes import Panes
from pgcraft_tui.screens.browse.preview import Preview, PreviewRequest, make_preview

_PREVIEW = "preview"
_REST_S, _LONG_REST_S = 0.03, 0.25


class Follower:
    """Shows what is known of the node under the cursor.

    Attributes:
        tab: what the preview shows of it.

    Args:
        screen: in whose message loop answers arrive.
        panes: has the tree and the preview.
        tab: the first one.
    """

    def __init__(self, screen: ActionScreen[None], panes: Panes, tab: Tab) -> None:
        self._screen = screen
        self._panes = panes
        self.tab = tab
        self._stages: Stages = ()
        self._shown: tuple[Node, Tab] | None = None
        self._request: PreviewRequest | None = None
        self._facts: tuple[Node, NodeFacts] | None = None

    @property
    def node(self) -> Node | None:
        """The node under the tree's cursor."""
        return self._panes.state.node

    @property
    def facts(self) -> NodeFacts:
        """What is to be known of the node; found once a node, for a big group has many objects."""
        node, loaded = self.node, self._screen.session.loaded
        if node is None or loaded is None:
            return NodeFacts()
        if self._facts is None or self._facts[0] is not node:
            self._facts = (node, find_facts(loaded, node))
        return self._facts[1]

    def refresh(self) -> None:
        """Make the page of the tab for the node under the cursor, once the cursor rests."""
        request = self._make_request()
        if request is None or (self._request is not None and request.asks_the_same(self._request)):
            return
        self._request = request
        is_slow = self.tab is Tab.HISTORY and request.node.object_id not in request.histories
        if is_slow:
            self._panes.preview.show_page(
                _name_node(request.node), self.tab, note("reading the revisions …"), keep_place=False
            )
        self._screen.host.jobs.start(
            _PREVIEW,
            lambda _report: (request, make_preview(request)),
            owner=self._screen,
            done=lambda answer: self._show_page(*answer),
            failed=self.show_error,
            kind=JobKind.LOCAL,
            delay_s=_LONG_REST_S if is_slow else _REST_S,
        )

    def show_error(self, error: PGCraftError) -> None:
        """Show why there is nothing else to show."""
        self._shown = self._request = None
        self._panes.preview.show_page(error.code, self.tab, present_error(error), keep_place=False)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the first load has come, while there are no models to show."""
        self._stages = advance_stages(self._stages, progress)
        page = tuple(line(format_stage(stage, progress.seconds)) for stage in self._stages)
        self._panes.preview.show_page("Loading", self.tab, page, keep_place=False)

    def _make_request(self) -> PreviewRequest | None:
        node, session = self.node, self._screen.session
        if node is None or session.loaded is None:
            return None
        view = self.facts.api_view
        return PreviewRequest(
            session.workbench,
            session.loaded,
            self.tab,
            node,
            session.diff,
            session.diff_error,
            session.project.alembic_ini is not None,
            self._panes.page.row_width,
            session.trials.get(view) if view is not None else None,
            session.histories,
            session.served_at,
        )

    def _show_page(self, request: PreviewRequest, made: Preview) -> None:
        shown = self._shown
        is_shown = shown is not None and (shown[0].key, shown[1]) == (request.node.key, request.tab)
        self._panes.preview.show_page(_name_node(request.node), request.tab, made.page, made.diff, keep_place=is_shown)
        self._shown = (request.node, request.tab)


def _name_node(node: Node) -> str:
    if node.object_id is not None:
        return str(node.object_id)
    above = [each.label for each in node.ancestors()]
    return " · ".join([*reversed(above), node.label])
