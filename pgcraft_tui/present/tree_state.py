"""Where the user stands in the tree, and stood before: what is unfolded, filtered, under the cursor; by key."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog
from pgcraft.service.grouping import Grouping
from pgcraft_tui.present.folding import Filtered, TreeRow, filter_outline, unfold_rows
from pgcraft_tui.present.outline import Key, Node, Outline, build_outline


class TreeState:
    """An outline with its unfolded nodes, its filter and its cursor.

    Attributes:
        outline: the whole tree.
        rows: what stands on the screen, from the top.
        cursor: index of the row under the cursor; 0 when there are no rows.
        opened: keys of the nodes unfolded while no filter is set, also of nodes that are gone for the moment.
        filtered: what the filter leaves; None when none is set.
    """

    def __init__(self, outline: Outline | None = None, opened: Iterable[Key] = ()) -> None:
        self.outline = outline if outline is not None else build_outline(Catalog(), Grouping.SCHEMA)
        self.opened: set[Key] = set(opened)
        self.filtered: Filtered | None = None
        self.cursor = 0
        self._opened_by_filter: set[Key] = set()
        self._before_filter: Key | None = None
        self.rows: tuple[TreeRow, ...] = ()
        self._unfold()

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        return self.rows[self.cursor].node if self.rows else None

    @property
    def key(self) -> Key | None:
        """The key of the node under the cursor."""
        return self.node.key if self.node is not None else None

    def show(self, outline: Outline) -> None:
        """Show another outline: the cursor stays on its node, or goes to the nearest one that is left."""
        trail = self._trail()
        filtered = self.filtered
        self.outline = outline
        if filtered is not None:
            self.filtered = filter_outline(outline, " ".join(filtered.words))
            self._opened_by_filter |= self.filtered.leading - filtered.leading
        self._unfold()
        self._stand_on_first(trail)

    def open_all(self, keys: Iterable[Key]) -> None:
        """Unfold these nodes, also those that come only with a later outline."""
        self.opened.update(keys)
        self._unfold()

    def unfold_to_fit(self, height: int) -> None:
        """Unfold level by level from the top, as long as all rows fit into a height."""
        level = [*self.outline.roots]
        while level:
            self.opened.update(node.key for node in level if node.children)
            if len(unfold_rows(self.outline, self.opened)) > height:
                self.opened.difference_update(node.key for node in level)
                break
            level = [child for node in level for child in node.children]
        self._unfold()

    def move(self, delta: int) -> None:
        """Move the cursor by some rows, not beyond either end."""
        self.move_to(self.cursor + delta)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, or on the last one before it."""
        self.cursor = max(0, min(row, len(self.rows) - 1))

    def set_open(self, node: Node, is_open: bool) -> None:
        """Unfold or fold a node; the cursor stays on its node, or goes to the folded one that hides it."""
        if not node.children:
            return
        trail = self._trail()
        opened = self._opened_now()
        (opened.add if is_open else opened.discard)(node.key)
        self._unfold()
        self._stand_on_first(trail)

    def is_open(self, node: Node) -> bool:
        """Whether the node's children follow it."""
        return node.key in self._opened_now()

    def enter(self) -> None:
        """Unfold the node under the cursor; on an unfolded one go to its first child."""
        node = self.node
        if node is None or not node.children:
            return
        if self.is_open(node):
            self.move(1)
        else:
            self.set_open(node, is_open=True)

    def leave(self) -> None:
        """Fold the node under the cursor; on a folded one or a leaf go to its parent."""
        node = self.node
        if node is None:
            return
        if node.children and self.is_open(node):
            self.set_open(node, is_open=False)
        elif node.parent is not None:
            self._stand_on_first([node.parent.key])

    def reveal(self, key: Key) -> bool:
        """Put the cursor on a node, unfolding what hides it and dropping a filter that does; False if there is none."""
        node = self.outline.by_key.get(key)
        if node is None:
            return False
        if self.filtered is not None and not self._leads_to(node):
            self._drop_filter()
        self._opened_now().update(above.key for above in node.ancestors())
        self._unfold()
        self._stand_on_first([key])
        return True

    def filter(self, text: str) -> None:
        """Leave only what holds every word; the cursor goes to the first match unless it stands on one."""
        if not text.split():
            self.clear_filter()
            return
        if self.filtered is None:
            self._before_filter = self.key
        self.filtered = filter_outline(self.outline, text)
        self._opened_by_filter = set(self.filtered.leading)
        standing = self.key
        self._unfold()
        matches = self.filtered.matches
        self._stand_on_first([standing] if standing in set(matches) else [*matches[:1]])

    def clear_filter(self) -> None:
        """Restore the tree as it was before the filter, with the cursor where it stood."""
        if self.filtered is None:
            return
        self._drop_filter()
        self._unfold()
        self._stand_on_first([self._before_filter] if self._before_filter is not None else [])

    def move_to_match(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the ends."""
        if self.filtered is None or not self.filtered.matches:
            return
        matches = set(self.filtered.matches)
        for distance in range(1, len(self.rows) + 1):
            row = (self.cursor + step * distance) % len(self.rows)
            if self.rows[row].node.key in matches:
                self.cursor = row
                return

    def _opened_now(self) -> set[Key]:
        return self.opened if self.filtered is None else self._opened_by_filter

    def _leads_to(self, node: Node) -> bool:
        """Whether the filter shows a node: it stays itself, or stands under a match."""
        matches = set(self.filtered.matches) if self.filtered is not None else set()
        shown = self.filtered.shown if self.filtered is not None else frozenset()
        return node.key in shown or any(above.key in matches for above in node.ancestors())

    def _drop_filter(self) -> None:
        self.filtered = None
        self._opened_by_filter = set()

    def _unfold(self) -> None:
        self.rows = unfold_rows(self.outline, self._opened_now(), self.filtered)
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))

    def _trail(self) -> list[Key]:
        """Return keys to stand on, best first: the cursor's node, its neighbours, its parents."""
        node = self.node
        if node is None:
            return []
        beside = node.parent.children if node.parent is not None else [*self.outline.roots]
        place = beside.index(node)
        nearest = [*beside[place + 1 : place + 2], *beside[max(0, place - 1) : place]]
        return [node.key, *(near.key for near in nearest if not node.children), *(up.key for up in node.ancestors())]

    def _stand_on_first(self, keys: list[Key]) -> None:
        """Put the cursor on the first of these keys that has a row; leave it when none has."""
        wanted = {key: place for place, key in reversed([*enumerate(keys)])}
        best = len(keys)
        for index, row in enumerate(self.rows):
            place = wanted.get(row.node.key, best)
            if place < best:
                best, self.cursor = place, index
                if place == 0:
                    return


class Trail:
    """Places in the order of the visits; a new visit forgets what lay ahead."""

    def __init__(self) -> None:
        self._earlier: list[Key] = []
        self._later: list[Key] = []

    @property
    def has_earlier(self) -> bool:
        """Whether there is a place to go back to."""
        return bool(self._earlier)

    @property
    def has_later(self) -> bool:
        """Whether there is a place to go forward to."""
        return bool(self._later)

    def leave(self, place: Key | None) -> None:
        """Note the place that a jump leaves."""
        if place is not None:
            self._earlier.append(place)
            self._later.clear()

    def go_back(self, place: Key | None) -> Key | None:
        """Return the place before this one."""
        return self._go(self._earlier, self._later, place)

    def go_forward(self, place: Key | None) -> Key | None:
        """Return the place after this one."""
        return self._go(self._later, self._earlier, place)

    def _go(self, source: list[Key], other: list[Key], place: Key | None) -> Key | None:
        if not source:
            return None
        if place is not None:
            other.append(place)
        return source.pop()
