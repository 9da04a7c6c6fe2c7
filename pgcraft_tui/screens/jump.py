"""Jumping to any object by a part of its name."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from pgcraft.catalog.objects import ObjectId
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.host.protocol import get_host
from pgcraft_tui.present.ranking import PREFIXES, Candidate, Match, find_matches, make_candidates
from pgcraft_tui.styles import STYLES
from pgcraft_tui.widgets.options import ValueOption, find_value, get_value

_LIMIT = 100
_KIND_WIDTH = 18


class JumpScreen(ModalScreen[ObjectId | None]):
    """Finds objects while one types. Gives the one that was picked; the app hears of it as ObjectPicked, too."""

    CSS_PATH = STYLES / "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close"),
        Binding("down,ctrl+down", "move(1)", show=False),
        Binding("up,ctrl+up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._candidates: tuple[Candidate, ...] = ()
        self._matches: tuple[Match, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out what is typed, what was found, and a reminder of the prefixes."""
        with Vertical(id="jump"):
            yield Input(placeholder="a part of a name; t: f: v: role: narrow to a kind", id="jump-query")
            yield OptionList(id="jump-list", markup=False)
            yield Static("", id="jump-more", markup=False)
            yield Static("Enter goes there   Esc closes", id="jump-keys", markup=False)

    def on_mount(self) -> None:
        """Take the objects of the models that are shown."""
        loaded = get_host(self).session.loaded
        self._candidates = make_candidates(item.id for item in loaded.catalog.objects) if loaded is not None else ()
        self.query_one("#jump", Vertical).border_title = "Jump to"
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._find("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find again."""
        self._find(event.value)

    def on_input_submitted(self) -> None:
        """Go to the object under the cursor."""
        self._pick(find_value(self.query_one(OptionList), ObjectId))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the object that was clicked."""
        self._pick(get_value(event.option, ObjectId))

    def action_move(self, steps: int) -> None:
        """Move the cursor of the list while the input keeps the focus."""
        listed = self.query_one(OptionList)
        move = listed.action_cursor_down if steps > 0 else listed.action_cursor_up
        for _ in range(abs(steps)):
            move()

    def action_close(self) -> None:
        """Go nowhere."""
        self.dismiss(None)

    def _pick(self, object_id: ObjectId | None) -> None:
        if object_id is not None:
            self.dismiss(object_id)
            self.app.post_message(ObjectPicked(object_id))

    def _find(self, query: str) -> None:
        self._matches = find_matches(query, self._candidates, limit=_LIMIT)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([ValueOption(_render(match), match.candidate.object_id) for match in self._matches])
        listed.action_first()
        self.query_one("#jump-more", Static).update(Content(self._describe(query)))

    def _describe(self, query: str) -> str:
        if not self._matches:
            return f"no object’s name fits “{query}”"
        if query.endswith(":") or not query:
            return "  ".join(f"{prefix}: {kinds[0].value}" for prefix, kinds in PREFIXES.items())
        more = " or more" if len(self._matches) == _LIMIT else ""
        return f"{len(self._matches)}{more} of {len(self._candidates)}"


def _render(match: Match) -> Content:
    name = Content(match.candidate.name)
    for at in match.marks:
        name = name.stylize("bold underline", at, at + 1)
    return Content(f" {match.candidate.object_id.kind.value:<{_KIND_WIDTH}}").stylize("dim") + name
