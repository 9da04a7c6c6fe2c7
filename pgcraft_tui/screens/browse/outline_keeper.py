"""Keeping the tree up to date: its outline by the models and the grouping, its marks by what has changed."""

from collections.abc import Callable

from pgcraft import garbage
from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import PGCraftError
from pgcraft.service.types import OnProgress
from pgcraft_tui.host.jobs import JobKind
from pgcraft_tui.host.saved_state import SavedState
from pgcraft_tui.present.marks import Mark, Marks, mark_operations
from pgcraft_tui.present.outline import Outline, build_outline
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.screens.browse.panes import Panes

_OUTLINE = "outline"


class OutlineKeeper:
    """Builds the outline in a thread whenever it is another, and signs what has changed in it.

    Attributes:
        grouping: what the top of the tree is made of.
        marks: the objects that have changed, against the migrations or at the last reload.

    Args:
        screen: in whose message loop answers arrive.
        panes: has the tree.
        saved: where the last session stood.
        failed: gets why an outline could not be built.
    """

    def __init__(
        self, screen: ActionScreen[None], panes: Panes, saved: SavedState, failed: Callable[[PGCraftError], object]
    ) -> None:
        self._screen = screen
        self._panes = panes
        self._saved = saved
        self._failed = failed
        self.grouping = saved.grouping
        self.marks: Marks = {}

    def rebuild(self) -> None:
        """Build the outline again: the models, the grouping, or what is gone has changed."""
        loaded, grouping = self._screen.session.loaded, self.grouping
        if loaded is None:
            return
        gone = self._find_gone()

        def work(_report: OnProgress) -> Outline:
            return build_outline(loaded.catalog, grouping, gone)

        self._screen.host.jobs.start(
            _OUTLINE, work, owner=self._screen, done=self._take, failed=self._failed, kind=JobKind.LOCAL
        )

    def follow_models(self) -> None:
        """Show the models that were loaded."""
        self._read_marks()
        self.rebuild()

    def follow_diff(self) -> None:
        """Sign what the comparison with the migrations says; objects that are gone are rows of the tree."""
        gone = set(self._find_gone())
        self._read_marks()
        if gone != set(self._find_gone()):
            self.rebuild()
        self._show_marks()

    def make_state(self) -> SavedState:
        """Return what the tree leaves for the next session."""
        state = self._panes.state
        return SavedState(tuple(sorted(state.opened)), state.key, self.grouping)

    def _find_gone(self) -> list[ObjectId]:
        return [object_id for object_id, mark in self.marks.items() if mark is Mark.REMOVED]

    def _read_marks(self) -> None:
        session = self._screen.session
        operations = session.diff.operations if session.diff is not None else ()
        self.marks = {**session.changes, **mark_operations(operations)}

    def _show_marks(self) -> None:
        self._panes.tree.show_marks(self.marks, frozenset(self._screen.session.changes))

    def _take(self, outline: Outline) -> None:
        tree, key = self._panes.tree, self._panes.state.key
        former = tree.state.outline
        is_regrouped = former.grouping is not outline.grouping
        tree.show_outline(outline)
        is_first = not former.roots
        former.dismantle()
        garbage.resume()  # the models stay for long: looking through them would stop a big tree for 0.1 s
        if is_regrouped and key is not None and tree.state.reveal(key):
            tree.after_move()
        self._show_marks()
        self._panes.objects.show_outline_count()
        if is_first:
            self._take_up()

    def _take_up(self) -> None:
        """Stand where the last session stood; a fresh one begins with as much unfolded as fits."""
        tree = self._panes.tree
        if self._saved.opened is None:
            tree.state.unfold_to_fit(tree.size.height)
        else:
            tree.state.open_all(self._saved.opened)
        if self._saved.cursor is not None:
            tree.state.reveal(self._saved.cursor)
        tree.after_move()
