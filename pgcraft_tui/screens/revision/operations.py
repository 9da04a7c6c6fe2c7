"""The operations of a revision under their objects, and what is known of the one under the cursor."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pgcraft.service.types import Operation, Proof
from pgcraft_tui.present.choice import Choice, group_operations
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.revising import make_operation_row, present_operation
from pgcraft_tui.widgets.options import make_option
from pgcraft_tui.widgets.page_view import PageView


class OperationsPane(Horizontal):
    """Shows a choice; whoever gives it another says under which key the cursor goes on.

    Attributes:
        choice: the operations, and which are left out.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.choice = Choice(())
        self._proof: Proof | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list beside what is known of one operation."""
        yield OptionList(id="revision-list", markup=False)
        yield PageView(id="revision-detail")

    @property
    def current(self) -> Operation | None:
        """The operation under the cursor."""
        option = self._listed.highlighted_option
        key = option.id if option is not None else None
        return next((each for each in self.choice.operations if each.key == key), None)

    def show(self, choice: Choice, key: str | None) -> None:
        """List the operations under their objects; the cursor goes to the one of this key, else to the first."""
        self.choice = choice
        options: list[Option] = []
        for owner, group in group_operations(choice.operations):
            options.append(Option(make_option([Span(owner, Tone.HEADING)]), disabled=True))
            options += [
                Option(make_option([Span("  "), *make_operation_row(each, choice, owner)]), each.key) for each in group
            ]
        listed = self._listed
        scroll = listed.scroll_offset
        listed.clear_options()
        listed.add_options(options)
        at = next((place for place, option in enumerate(options) if key is not None and option.id == key), 1)
        listed.highlighted = min(at, len(options) - 1)
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
        """Leave the operation under the cursor out, or take it in; return how many others follow it."""
        operation = self.current
        if operation is None:
            return 0
        before = self.choice.left_out
        toggled = self.choice.toggle(operation.key)
        self.show(toggled, operation.key)
        return len(before ^ toggled.left_out) - 1

    def on_option_list_option_highlighted(self) -> None:
        """Show the operation under the cursor."""
        self._show_detail()

    @property
    def _listed(self) -> OptionList:
        return self.query_one(OptionList)

    def _show_detail(self) -> None:
        operation = self.current
        if operation is not None:
            self.query_one(PageView).show(present_operation(operation, self.choice, self._proof))
