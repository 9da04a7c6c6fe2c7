"""The line of tabs above the preview."""

from rich.cells import cell_len
from textual import events
from textual.message import Message

from pgcraft.service.actions import get_action
from pgcraft.service.keys import format_key
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.widgets.toned import TonedLine

_DIVIDER = " │ "


class TabLine(TonedLine):
    """The names of the tabs with their keys; the shown one stands out by more than colour."""

    class Clicked(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tab = Tab.DDL

    def show_tab(self, tab: Tab) -> None:
        """Mark this tab as the one that is shown."""
        self._tab = tab
        self._draw()

    def on_resize(self) -> None:
        """Fit the names into the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Say which tab was clicked."""
        left = 0
        for tab, name in self._names():
            if left <= event.x < left + cell_len(name):
                self.post_message(self.Clicked(tab))
                return
            left += cell_len(name) + len(self._divider)

    def _names(self) -> list[tuple[Tab, str]]:
        """Return the names with their keys; where there is no room only the shown one is written out."""
        actions = [(tab, get_action(tab.action_id)) for tab in Tab]
        full = [(tab, f"{format_key(action.keys[0])} {_title(action.title)}") for tab, action in actions]
        if sum(cell_len(name) + len(_DIVIDER) for _, name in full) - len(_DIVIDER) <= self.content_size.width:
            return full
        bare = [(tab, _title(action.title)) for tab, action in actions]
        if sum(cell_len(name) + 1 for _, name in bare) - 1 <= self.content_size.width:
            return bare
        return [
            (tab, name if tab is self._tab else format_key(action.keys[0]))
            for (tab, name), (_, action) in zip(full, actions, strict=True)
        ]

    @property
    def _divider(self) -> str:
        names = self._names()
        room = self.content_size.width - sum(cell_len(name) for _, name in names)
        return _DIVIDER if room >= len(_DIVIDER) * (len(names) - 1) else " "

    def _draw(self) -> None:
        spans: list[Span] = []
        for tab, name in self._names():
            if spans:
                spans.append(Span(self._divider, Tone.DIM))
            spans.append(Span(name, Tone.HEADING if tab is self._tab else Tone.PLAIN))
        self.show(spans)


def _title(title: str) -> str:
    return title[0].upper() + title[1:]
