"""The question before something is destroyed or replaced: what it is, and the names that must be typed."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from pgcraft_tui.present.visible import make_visible_line
from pgcraft_tui.styles import STYLES
from pgcraft_tui.widgets.code import CodeView


class DeliberateButton(Button):
    """A button that Enter does not press: Space or the mouse do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "press", "press", show=False),
        Binding("enter", "ignore", show=False),
    ]

    def action_ignore(self) -> None:
        """Do nothing: Enter is pressed too easily."""


class ConfirmScreen(ModalScreen[bool]):
    """Asks before a step that cannot be undone; gives True only on a deliberate yes.

    The focus starts on No, Enter confirms nothing, and each name must be typed exactly.

    Args:
        question: one sentence.
        dry_run: what would be done, as SQL or text.
        names: what must be typed, one after the other; empty when a yes is enough.
        yes: what the button says.
        language: of the dry run.
    """

    CSS_PATH = STYLES / "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "refuse", "no")]

    def __init__(
        self, question: str, dry_run: str, names: Iterable[str] = (), *, yes: str = "Yes", language: str = "postgresql"
    ) -> None:
        super().__init__()
        self._question = question
        self._dry_run = dry_run
        self._names = tuple(dict.fromkeys(make_visible_line(name) for name in names))
        self._typed: set[str] = set()
        self._yes = yes
        self._language = language

    def compose(self) -> ComposeResult:
        """Lay out question, dry run, names, buttons."""
        with Vertical(id="confirm"):
            yield Static(Content(self._question), id="confirm-question", markup=False)
            yield CodeView(self._dry_run, self._language, id="confirm-dry-run")
            if self._names:
                yield Static(self._list_names(), id="confirm-names", markup=False)
                yield Input(placeholder="type a name as it stands above", id="confirm-input", select_on_focus=False)
            with Horizontal(id="confirm-buttons"):
                yield Button("No", id="confirm-no", variant="primary")
                yield DeliberateButton(
                    Content(f"{self._yes} (Space)"), id="confirm-yes", variant="error", disabled=bool(self._names)
                )

    def on_mount(self) -> None:
        """Stand on No."""
        self.query_one("#confirm-no", Button).focus()

    def on_key(self, event: events.Key) -> None:
        """Take a name that is typed at once; the focus need not be put into the field before."""
        field = next(iter(self.query("#confirm-input").results(Input)), None)
        if field is None or field.has_focus or not event.is_printable or event.character in (None, " "):
            return
        event.stop()
        self.set_focus(field)
        field.insert_text_at_cursor(event.character or "")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tick off a name as soon as it stands there whole, and make room for the next."""
        if event.value in self._names and event.value not in self._typed:
            self._typed.add(event.value)
            self.query_one("#confirm-names", Static).update(self._list_names())
            self.query_one("#confirm-yes", Button).disabled = not self._is_allowed
            if not self._is_allowed:
                event.input.value = ""

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "confirm-yes" and self._is_allowed)

    def action_refuse(self) -> None:
        """Answer no."""
        self.dismiss(False)

    @property
    def _is_allowed(self) -> bool:
        return self._typed == set(self._names)

    def _list_names(self) -> Content:
        lines = [
            Content(f"{'[x]' if name in self._typed else '[ ]'} ") + Content(name).stylize("bold")
            for name in self._names
        ]
        return Content("\n").join([Content("Type each name to allow it:"), *lines])
