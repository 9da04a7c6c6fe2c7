"""Which nodes of an outline stand on the screen: unfolded ones, or those that a filter leaves with their parents."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from pgcraft_tui.present.names import format_qualified
from pgcraft_tui.present.outline import Key, Node, Outline


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row of the tree.

    Attributes:
        depth: 0 at the top.
        is_open: its children follow; None when it has none.
    """

    node: Node
    depth: int
    is_open: bool | None


@dataclass(frozen=True)
class Filtered:
    """What a filter leaves.

    Attributes:
        words: in lower case; every one must be in a name.
        matches: keys of the nodes found, in the order of the screen.
        leading: keys of the nodes above matches; they stay.
    """

    words: tuple[str, ...]
    matches: tuple[Key, ...]
    leading: frozenset[Key]

    @cached_property
    def shown(self) -> frozenset[Key]:
        """Keys of all that stays; what stands under a match stays too."""
        return self.leading.union(self.matches)

    @cached_property
    def narrowed(self) -> frozenset[Key]:
        """Keys of the nodes under which only what leads on to matches is shown."""
        return self.leading.difference(self.matches)


def filter_outline(outline: Outline, text: str) -> Filtered:
    """Find the nodes whose name holds every word; a word with a dot is looked for in the qualified name."""
    words = tuple(text.casefold().split())
    matches: list[Key] = []
    leading: set[Key] = set()
    is_qualified = any("." in word for word in words)
    for node in outline.walk() if words else ():
        if not (_holds(node.folded, words) or (is_qualified and _holds(_qualify(node), words))):
            continue
        matches.append(node.key)
        for above in node.ancestors():
            if above.key in leading:
                break
            leading.add(above.key)
    return Filtered(words, tuple(matches), frozenset(leading))


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return bool(text) and all(word in text for word in words)


def _qualify(node: Node) -> str:
    return format_qualified(node.object_id).casefold() if node.object_id is not None else ""


def unfold_rows(outline: Outline, opened: Collection[Key], filtered: Filtered | None = None) -> tuple[TreeRow, ...]:
    """Return the rows on the screen.

    Args:
        outline: the whole tree.
        opened: keys of the unfolded nodes.
        filtered: leaves out what it does not lead to; None shows everything.
    """
    narrowed = filtered.narrowed if filtered is not None else frozenset()
    shown = filtered.shown if filtered is not None else frozenset()

    def keep(nodes: Collection[Node]) -> Collection[Node]:
        return nodes if filtered is None else [node for node in nodes if node.key in shown]

    rows: list[TreeRow] = []
    pending = [(node, 0) for node in reversed([*keep(outline.roots)])]
    while pending:
        node, depth = pending.pop()
        if not node.children:
            rows.append(TreeRow(node, depth, None))
            continue
        is_open = node.key in opened
        rows.append(TreeRow(node, depth, is_open))
        if is_open:
            children = keep(node.children) if node.key in narrowed else node.children
            pending.extend((child, depth + 1) for child in reversed([*children]))
    return tuple(rows)
