"""The changes of a revision, their operations beneath them on demand, and what is known of the one under the cursor."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from pgcraft.service.types import Intention, Operation, Proof
from pgcraft_tui.actions.bindings import make_motion_bindings
from pgcraft_tui.present.choice import Choice
from pgcraft_tui.present.page import Span
from pgcraft_tui.present.renaming import Renames, present_likely
from pgcraft_tui.present.revising import (
    make_intention_rows,
    make_operation_row,
    present_intention,
    present_operation,
)
from pgcraft_tui.widgets.options import ValueOption, find_value, make_option
from pgcraft_tui.widgets.page_view import PageView

Item = Intention | Operation


class ChangesList(OptionList):
    """The list itself, which moves and unfolds as the tree of objects does."""

    BINDINGS: ClassVar[list[BindingType]] = make_motion_bindings()

    class Folded(Message):
        """The change under the cursor is to show its operations, or to hide them."""

        def __init__(self, *, is_open: bool) -> None:
            super().__init__()
            self.is_open = is_open

    def action_expand(self) -> None:
        """Show the operations of the change."""
        self.post_message(self.Folded(is_open=True))

    def action_collapse(self) -> None:
        """Hide the operations of the change."""
        self.post_message(self.Folded(is_open=False))

    def action_half_page_down(self) -> None:
        """Move down by half a screen."""
        self._move(max(1, self.size.height // 2))

    def action_half_page_up(self) -> None:
        """Move up by half a screen."""
        self._move(-max(1, self.size.height // 2))

    def action_follow(self) -> None:
        """Unfold the change under the cursor, or fold it."""
        self.action_select()

    def _move(self, rows: int) -> None:
        if self.option_count:
            self.highlighted = min(max((self.highlighted or 0) + rows, 0), self.option_count - 1)


class OperationsPane(Horizontal):
    """Shows a choice; whoever gives it another says where the cursor goes on.

    Attributes:
        choice: the operations, and which are left out.
        likely: what they may mean to rename.
        told: what they rename since somebody said so.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.choice = Choice(())
        self.likely: Renames = ()
        self.told: Renames = ()
        self._proof: Proof | None = None
        self._unfolded: frozenset[Intention] = frozenset()

    def compose(self) -> ComposeResult:
        """Lay out the list beside what is known of one change or operation."""
        yield ChangesList(id="revision-list", markup=False)
        yield PageView(id="revision-detail")

    @property
    def current(self) -> Item | None:
        """The change or the operation under the cursor."""
        return find_value(self._listed, Intention) or find_value(self._listed, Operation)

    def show(self, choice: Choice, item: Item | None) -> None:
        """List the changes; the cursor goes to this one, or to this operation, else to the first."""
        self.choice = choice
        about = {each.objects for each in self._unfolded}
        self._unfolded = frozenset(each for each in choice.intentions if each.objects in about)
        options = list(self._make_options())
        listed = self._listed
        scroll = listed.scroll_offset
        listed.clear_options()
        listed.add_options(options)
        known = (at for at, option in enumerate(options) if item is not None and _is_same(option.value, item))
        listed.highlighted = next(known, 0) if options else None
        listed.scroll_to(*scroll, animate=False)
        self._show_detail()

    def know(self, proof: Proof) -> None:
        """Show from now on what was measured while the operations were proven."""
        self._proof = proof
        self._show_detail()

    def forget(self) -> None:
        """Take that there is nothing to choose from; what is listed goes when there is again."""
        self.choice, self._proof = Choice(()), None

    def toggle(self) -> int:
        """Leave what is under the cursor out, or take it in; return how many other operations follow it."""
        item, before = self.current, self.choice.left_out
        match item:
            case Intention():
                toggled, own = self.choice.toggle_all(item), frozenset(item.steps)
            case Operation():
                toggled, own = self.choice.toggle(item.key), frozenset({item.key})
            case _:
                return 0
        self.show(toggled, item)
        return len((before ^ toggled.left_out) - own)

    def fold(self, *, is_open: bool | None = None) -> None:
        """Show the operations of the change under the cursor, or hide them; None for the other of the two."""
        item = self.current
        intention = item if isinstance(item, Intention) else self._find_intention(item)
        if intention is None:
            return
        unfolds = intention not in self._unfolded if is_open is None else is_open
        rest = self._unfolded - {intention}
        self._unfolded = rest | {intention} if unfolds else rest
        self.show(self.choice, item if unfolds else intention)

    def on_option_list_option_highlighted(self) -> None:
        """Show what is under the cursor."""
        self._show_detail()

    def on_changes_list_folded(self, event: ChangesList.Folded) -> None:
        """Show the operations of the change, or hide them."""
        self.fold(is_open=event.is_open)

    def _make_options(self) -> Iterator["ValueOption[Item]"]:
        for intention in self.choice.intentions:
            is_open = intention in self._unfolded
            rows = make_intention_rows(intention, self.choice, is_open=is_open)
            yield ValueOption(Content("\n").join(map(make_option, rows)), intention)
            for each in self.choice.list_steps(intention) if is_open else ():
                row = (Span("    "), *make_operation_row(each, self.choice))
                yield ValueOption(make_option(row), each)

    def _find_intention(self, operation: Operation | None) -> Intention | None:
        key = operation.key if operation is not None else ""
        return next((each for each in self.choice.intentions if key in each.steps), None)

    @property
    def _listed(self) -> OptionList:
        return self.query_one(OptionList)

    def _show_detail(self) -> None:
        match self.current:
            case Intention() as intention:
                page = present_intention(intention, self.choice, self._proof)
            case Operation() as operation:
                page = present_operation(operation, self.choice, self._proof)
            case _:
                return
        asked = present_likely(self.current, self.likely, self.told)
        self.query_one(PageView).show((page[0], *asked, *page[1:]))


def _is_same(one: Item, other: Item) -> bool:
    """Whether two are the same, over comparisons too."""
    if isinstance(one, Intention) and isinstance(other, Intention):
        return one.objects == other.objects
    return isinstance(one, Operation) and isinstance(other, Operation) and one.key == other.key
