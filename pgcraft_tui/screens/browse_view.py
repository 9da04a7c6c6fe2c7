"""What the main screen shows, and how it follows the session; its actions are in `browse.py`."""

import gc

from textual.app import ComposeResult
from textual.containers import Horizontal

from pgcraft.errors import PGCraftError
from pgcraft.service.actions import Need
from pgcraft.service.types import OnProgress, Progress
from pgcraft_tui.host.jobs import JobKind
from pgcraft_tui.host.loading import DIFF, LOAD
from pgcraft_tui.host.saved_state import SavedState
from pgcraft_tui.host.serving import SERVE, STOP
from pgcraft_tui.host.session import Session
from pgcraft_tui.present.facts import NodeFacts, find_facts, format_command
from pgcraft_tui.present.marks import Mark, Marks, mark_operations
from pgcraft_tui.present.outline import Node, Outline, build_outline
from pgcraft_tui.present.page import Span, Tone, line, note
from pgcraft_tui.present.problems import present_error
from pgcraft_tui.present.stages import Stages, advance_stages, format_stage
from pgcraft_tui.present.status import present_banner, present_status
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.present.tree_state import Trail
from pgcraft_tui.screens.panes import Panes
from pgcraft_tui.screens.preview import Preview, PreviewRequest, make_preview
from pgcraft_tui.widgets.footer import ActionFooter
from pgcraft_tui.widgets.header import HeaderLine
from pgcraft_tui.widgets.object_tree import ObjectTree
from pgcraft_tui.widgets.objects_pane import ObjectsPane
from pgcraft_tui.widgets.preview_pane import PreviewPane
from pgcraft_tui.widgets.toned import TonedLine

_OUTLINE, _PREVIEW = "outline", "preview"
_FILTER_HINT = "Enter goes on in the tree   Esc gives it back   ↑ ↓ move"
_REST_S, _LONG_REST_S = 0.03, 0.25
TRY_API = "try-api"
_WORK_NAMES = {
    LOAD: "loading models",
    DIFF: "comparing with the migrations",
    TRY_API: "running requests",
    SERVE: "starting PostgREST",
    STOP: "stopping PostgREST",
}


class BrowseView(Panes):
    """The tree of objects, and what is known of the node under the cursor.

    Attributes:
        tab: what the preview shows.
        grouping: what the top of the tree is made of.
        trail: where the user has been.
        command: the command line that does what the preview shows.
        marks: the objects that have changed, against the migrations or at the last reload.
    """

    def __init__(self, saved: SavedState) -> None:
        super().__init__()
        self._saved = saved
        self.tab = saved.tab
        self.grouping = saved.grouping
        self.trail = Trail()
        self.command = ""
        self.marks: Marks = {}
        self._stages: Stages = ()
        self._shown: tuple[Node | None, Tab] | None = None
        self._request: PreviewRequest | None = None
        self._facts: tuple[Node, NodeFacts] | None = None

    def compose(self) -> ComposeResult:
        """Make the lines and the two panes."""
        yield HeaderLine()
        yield TonedLine(id="banner")
        with Horizontal(id="panes"):
            yield ObjectsPane(id="objects")
            yield PreviewPane(id="preview")
        yield TonedLine(id="command")
        yield ActionFooter()

    @property
    def node(self) -> Node | None:
        """The node under the tree's cursor."""
        return self.tree_view.state.node

    @property
    def facts(self) -> NodeFacts:
        """What is to be known of the node; found once a node, for a big group has many objects."""
        node, loaded = self.node, self.session.loaded
        if node is None or loaded is None:
            return NodeFacts()
        if self._facts is None or self._facts[0] is not node:
            self._facts = (node, find_facts(loaded, node))
        return self._facts[1]

    def on_mount(self) -> None:
        """Follow the session."""
        signals = self.host.signals
        signals.models.subscribe(self, self._follow_models)
        signals.diff.subscribe(self, self._follow_diff)
        signals.jobs.subscribe(self, self._follow_jobs)
        signals.progress.subscribe(self, self._follow_progress)
        signals.served.subscribe(self, self._follow_served)
        self.tree_view.focus()
        self.objects.name_grouping(self.grouping)
        self._draw_lines()

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment."""
        held = {
            Need.SELECTION: self.node is not None,
            Need.SOURCE: self.facts.place is not None,
            Need.ENDPOINT: self.facts.api_view is not None,
            Need.MARKED: bool(self.marks),
            Need.FILTER: self.tree_view.state.filtered is not None,
            Need.EARLIER: self.trail.has_earlier,
            Need.LATER: self.trail.has_later,
        }
        return super().met_needs().union(need for need, is_met in held.items() if is_met)

    def rebuild_outline(self) -> None:
        """Build the tree anew, in a thread: the models, the grouping, or what is gone has changed."""
        loaded, grouping = self.session.loaded, self.grouping
        if loaded is None:
            return
        gone = [object_id for object_id, mark in self.marks.items() if mark is Mark.REMOVED]

        def work(_report: OnProgress) -> Outline:
            return build_outline(loaded.catalog, grouping, gone)

        self.host.jobs.start(
            _OUTLINE, work, owner=self, done=self._take_outline, failed=self._show_error, kind=JobKind.LOCAL
        )

    def refresh_preview(self) -> None:
        """Make the page of the tab for the node under the cursor, once the cursor rests."""
        node, session = self.node, self.session
        self._draw_command()
        if node is None or session.loaded is None:
            return
        request = PreviewRequest(
            session.workbench,
            session.loaded,
            self.tab,
            node,
            session.diff,
            session.diff_error,
            session.project.alembic_ini is not None,
            self.page.row_width,
            session.trials.get(self.facts.api_view) if self.facts.api_view is not None else None,
            session.histories,
            session.served_at,
        )
        if self._request is not None and request.asks_the_same(self._request):
            return
        self._request = request
        is_slow = self.tab is Tab.HISTORY and node.object_id not in session.histories
        if is_slow:
            self.preview.show_page(_name_node(node), self.tab, note("reading the revisions …"), keep_place=False)
        self.host.jobs.start(
            _PREVIEW,
            lambda _report: (request, make_preview(request)),
            owner=self,
            done=lambda answer: self._show_page(*answer),
            failed=self._show_error,
            kind=JobKind.LOCAL,
            delay_s=_LONG_REST_S if is_slow else _REST_S,
        )

    def on_object_tree_cursor_moved(self, event: ObjectTree.CursorMoved) -> None:
        """Let the preview follow the cursor."""
        event.stop()
        self.session.selection = event.node.object_id if event.node is not None else None
        self.refresh_preview()
        self.refresh_bindings()

    def _take_outline(self, outline: Outline) -> None:
        tree, key = self.tree_view, self.tree_view.state.key
        is_first = not tree.state.outline.roots
        former = tree.state.outline
        is_regrouped = former.grouping is not outline.grouping
        tree.show_outline(outline)
        former.dismantle()
        gc.freeze()  # the models stay for long: looking through them for garbage would stop a big tree for 0.1 s
        if is_regrouped and key is not None and tree.state.reveal(key):
            tree.after_move()
        tree.show_marks(self.marks, frozenset(self.session.changes))
        self.objects.show_outline_count()
        if is_first:
            self._take_up()

    def _take_up(self) -> None:
        """Stand where the last session stood; a fresh one begins with as much unfolded as fits."""
        tree = self.tree_view
        if self._saved.opened is None:
            tree.state.unfold_to_fit(tree.size.height)
        else:
            tree.state.open_all(self._saved.opened)
        if self._saved.cursor is not None:
            tree.state.reveal(self._saved.cursor)
        tree.after_move()

    def make_state(self) -> SavedState:
        """Give what a session leaves for the next one, but for the theme."""
        state = self.tree_view.state
        return SavedState(tuple(sorted(state.opened)), state.key, self.grouping, self.tab)

    def _show_page(self, request: PreviewRequest, made: Preview) -> None:
        shown = (request.node, request.tab)
        self.preview.show_page(
            _name_node(request.node), request.tab, made.page, made.diff, keep_place=self._is_shown(shown)
        )
        self._shown = shown

    def _is_shown(self, wanted: tuple[Node, Tab]) -> bool:
        if self._shown is None or self._shown[0] is None:
            return False
        return (self._shown[0].key, self._shown[1]) == (wanted[0].key, wanted[1])

    def _show_error(self, error: PGCraftError) -> None:
        self._shown = self._request = None
        self.preview.show_page(error.code, self.tab, present_error(error), keep_place=False)

    def _follow_models(self, session: Session) -> None:
        if session.loaded is not None and session.error is None:
            self._remark()
            self.rebuild_outline()
        elif session.loaded is None and session.error is not None:
            self._show_error(session.error)
        self._draw_lines()
        self.refresh_bindings()

    def _follow_diff(self, _session: Session) -> None:
        gone = {object_id for object_id, mark in self.marks.items() if mark is Mark.REMOVED}
        self._remark()
        if gone != {object_id for object_id, mark in self.marks.items() if mark is Mark.REMOVED}:
            self.rebuild_outline()
        self.tree_view.show_marks(self.marks, frozenset(self.session.changes))
        if self.tab is Tab.CHANGE:
            self.refresh_preview()
        self._draw_lines()
        self.refresh_bindings()

    def _follow_served(self, _session: Session) -> None:
        self._draw_lines()
        self.refresh_preview()

    def _remark(self) -> None:
        diff = self.session.diff
        self.marks = {**self.session.changes, **mark_operations(diff.operations if diff is not None else ())}

    def _follow_jobs(self, running: tuple[str, ...]) -> None:
        self.query_one(HeaderLine).show_work(tuple(_WORK_NAMES.get(name, name) for name in running))

    def _follow_progress(self, progress: Progress) -> None:
        self.query_one(HeaderLine).show_progress(progress)
        if self.session.loaded is None:
            self._stages = advance_stages(self._stages, progress)
            page = tuple(line(format_stage(stage, progress.seconds)) for stage in self._stages)
            self.preview.show_page("Loading", self.tab, page, keep_place=False)

    def _draw_lines(self) -> None:
        known = self.session
        facts = present_status(known.project, known.comparison, known.findings, known.error, known.served_at)
        self.query_one(HeaderLine).show_facts(facts)
        banner = self.query_one("#banner", TonedLine)
        spans = present_banner(known.stale_since, known.error)
        banner.display = bool(spans)
        banner.show(spans)

    def on_descendant_focus(self) -> None:
        """Say what the keys do where words are typed."""
        self._draw_command()

    def _draw_command(self) -> None:
        self.command = format_command(self.tab, self.node)
        if self.objects.input.has_focus:
            self.query_one("#command", TonedLine).show((Span(_FILTER_HINT, Tone.DIM),))
            return
        hint = (Span("  (y copies)", Tone.DIM),) if self.command else ()
        prompt = (Span("$ ", Tone.DIM), Span(self.command)) if self.command else ()
        self.query_one("#command", TonedLine).show((*prompt, *hint))


def _name_node(node: Node) -> str:
    if node.object_id is not None:
        return str(node.object_id)
    above = [each.label for each in node.ancestors()]
    return " · ".join([*reversed(above), node.label])
