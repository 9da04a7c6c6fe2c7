"""Moving through the tree by more than a line: to an object, a match, a change, and back again."""

from collections.abc import Container

from pgcraft.catalog.objects import ObjectId
from pgcraft_tui.present.outline import Key, make_object_key
from pgcraft_tui.present.tree_state import Trail
from pgcraft_tui.screens.browse.panes import Panes


class Walk:
    """Puts the tree's cursor elsewhere, and remembers where it came from.

    Attributes:
        trail: where the user has been.
    """

    def __init__(self, panes: Panes) -> None:
        self._panes = panes
        self.trail = Trail()

    def go_to(self, object_id: ObjectId) -> bool:
        """Put the cursor on an object and remember where it stood; False when the tree does not have it."""
        return self._go_to_key(make_object_key(object_id), is_visit=True)

    def go_back(self) -> None:
        """Go back to where the last jump came from."""
        self._return_to(self.trail.go_back(self._panes.state.key))

    def go_forward(self) -> None:
        """Go forward again."""
        self._return_to(self.trail.go_forward(self._panes.state.key))

    def step_match(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) match of the filter."""
        self._panes.state.move_to_match(step)
        self._panes.tree.after_move()

    def step_through(self, among: Container[ObjectId | None], step: int) -> None:
        """Go to the next (1) or the previous (-1) of these objects, around the ends."""
        outline = self._panes.state.outline
        keys = [node.key for node in outline.walk() if node.object_id in among]
        if not keys:
            return
        order = {node.key: place for place, node in enumerate(outline.walk())}
        here = order.get(self._panes.state.key or (), -1)
        ahead = [key for key in keys if (order[key] - here) * step > 0]
        target = (ahead[0] if step > 0 else ahead[-1]) if ahead else (keys[0] if step > 0 else keys[-1])
        self._go_to_key(target, is_visit=True)

    def _return_to(self, place: Key | None) -> None:
        if place is not None:
            self._go_to_key(place, is_visit=False)

    def _go_to_key(self, key: Key, *, is_visit: bool) -> bool:
        state = self._panes.state
        here = state.key
        if not state.reveal(key):
            return False
        if is_visit and here != key:
            self.trail.leave(here)
        if state.filtered is None:
            self._panes.objects.drop_filter()
        self._panes.tree.after_move()
        return True
