"""Every action with its keys: a list to filter, and to run from."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pgcraft.service.actions import ACTIONS, Action, Scope, get_action
from pgcraft_tui.actions.dispatch import Offer, find_offers
from pgcraft_tui.present.keylist import filter_actions, format_keys, name_scope
from pgcraft_tui.styles import STYLES

_KEYS_WIDTH = 10
_TITLE_WIDTH = 21


class HelpScreen(ModalScreen[Offer | None]):
    """Lists the whole registry, what works here first; Enter runs what can run. Gives the action that was chosen."""

    CSS_PATH = STYLES / "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close"),
        Binding("down,ctrl+down", "move(1)", show=False),
        Binding("up,ctrl+up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("enter", "choose", "run"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._offers: dict[str, Offer] = {}

    def compose(self) -> ComposeResult:
        """Lay out filter, list, and the line that says more."""
        with Vertical(id="help"):
            yield Input(placeholder="filter by key, name, sentence or command", id="help-filter")
            yield OptionList(id="help-list", markup=False)
            yield Static("", id="help-more", markup=False)
            yield Static("Enter runs it   Esc closes", id="help-keys", markup=False)

    def on_mount(self) -> None:
        """Ask what the screen below can do."""
        below = self.app.screen_stack[-2]
        self._offers = {offer.action.id: offer for offer in find_offers(below, below.focused)}
        self.query_one("#help", Vertical).border_title = "Keys"
        self.query_one("#help-list", OptionList).can_focus = False
        self._list_actions("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter."""
        self._list_actions(event.value)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the action under the cursor."""
        self.query_one("#help-more", Static).update(self._describe(get_action(event.option.id or "")))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Run the action that was clicked."""
        self._choose(event.option.id)

    def on_input_submitted(self) -> None:
        """Run the action under the cursor."""
        self.action_choose()

    def action_move(self, steps: int) -> None:
        """Move the cursor of the list while the filter keeps the focus."""
        listed = self.query_one(OptionList)
        move = listed.action_cursor_down if steps > 0 else listed.action_cursor_up
        for _ in range(abs(steps)):
            move()

    def action_choose(self) -> None:
        """Close, and run the action under the cursor."""
        listed = self.query_one(OptionList)
        if listed.highlighted_option is not None:
            self._choose(listed.highlighted_option.id)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)

    def _choose(self, action_id: str | None) -> None:
        offer = self._offers.get(action_id or "")
        if offer is None:
            self.notify("this works on another screen", severity="warning", timeout=3, markup=False)
            return
        self.dismiss(offer)
        self.app.call_later(offer.run)

    def _list_actions(self, query: str) -> None:
        found = filter_actions(ACTIONS, query)
        here = {offer.action.scope for offer in self._offers.values()}
        scopes = sorted(Scope, key=lambda scope: scope not in here)
        listed = self.query_one(OptionList)
        listed.clear_options()
        for scope in scopes:
            rows = [Option(self._make_row(each), id=each.id) for each in found if each.scope is scope]
            if rows:
                title = name_scope(scope) + ("" if scope in here else "  (not on this screen)")
                listed.add_options([Option(Content(title).stylize("bold underline"), disabled=True), *rows])
        listed.action_first()
        if not found:
            self.query_one("#help-more", Static).update(Content(f"nothing holds “{query}”"))

    def _make_row(self, action: Action) -> Content:
        offer = self._offers.get(action.id)
        keys = Content(f" {format_keys(action):<{_KEYS_WIDTH}} ").stylize("bold")
        row = keys + Content(f"{action.title:<{_TITLE_WIDTH}} ")
        if offer is not None and offer.reason:
            return (row + Content(f"not now: {offer.reason}").stylize("italic")).stylize("dim")
        return row + Content(action.help).stylize("dim") if offer is not None else row.stylize("dim")

    def _describe(self, action: Action) -> Content:
        offer = self._offers.get(action.id)
        lines = [Content(action.help)]
        if offer is not None and offer.reason:
            lines.append(Content(f"not now: {offer.reason}").stylize("bold"))
        elif action.command:
            lines.append(Content(f"$ {action.command}").stylize("bold"))
        return Content("\n").join(lines)
