"""The line at the bottom: the keys that work here, from the action registry; what cannot run is grey."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input

from pgcraft.service.actions import ACTIONS, Scope
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.widgets.toned import TonedLine

_GAP = 2
_ALWAYS = "help"
_IN_A_FIELD = (Span("Enter", Tone.LINK), Span(" goes on  "), Span("Esc", Tone.LINK), Span(" leaves the field"))
"""Shown instead of the keys while letters are typed into a field."""


@dataclass(frozen=True)
class _Entry:
    action_id: str
    key: str
    title: str
    is_enabled: bool
    host: DOMNode

    @property
    def width(self) -> int:
        return cell_len(self.key) + 1 + cell_len(self.title)


class ActionFooter(TonedLine):
    """Shows as many keys as there is room for; ``?`` lists them all, so it is never left out."""

    DEFAULT_CSS = "ActionFooter { dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[_Entry] = []

    def on_mount(self) -> None:
        """Follow the keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Fit the keys into the new width."""
        self._draw()

    async def on_click(self, event: events.Click) -> None:
        """Run the action that was clicked."""
        left = 0
        for entry in self._entries:
            if left <= event.x - self.styles.padding.left < left + entry.width:
                await self.app.run_action(entry.action_id, default_namespace=entry.host)
                return
            left += entry.width + _GAP

    def _follow(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.is_attached:
            self._draw()

    def _draw(self) -> None:
        if isinstance(self.screen.focused, Input):
            self._entries = []
            self.show(_IN_A_FIELD)
            return
        self._entries = _fit(self._find_entries(), self.content_size.width)
        spans: list[Span] = []
        for at, entry in enumerate(self._entries):
            if at:
                spans.append(Span(" " * _GAP))
            spans.append(Span(entry.key, Tone.LINK if entry.is_enabled else Tone.DIM))
            spans.append(Span(f" {entry.title}", Tone.PLAIN if entry.is_enabled else Tone.DIM))
        self.show(spans)

    def _find_entries(self) -> list[_Entry]:
        shown = {
            active.binding.action: _Entry(
                active.binding.action,
                active.binding.key_display or active.binding.key,
                active.binding.description,
                active.enabled,
                active.node,
            )
            for active in self.screen.active_bindings.values()
            if active.binding.show
        }
        ordered = sorted(ACTIONS, key=lambda action: (action.id == _ALWAYS, action.scope is Scope.EVERYWHERE))
        return [shown[action.id] for action in ordered if action.id in shown]


def _fit(entries: list[_Entry], width: int) -> list[_Entry]:
    """Keep the first ones that fit beside those that are always there."""
    room = width - sum(entry.width + _GAP for entry in entries if entry.action_id == _ALWAYS) + _GAP
    kept = []
    for entry in entries:
        if entry.action_id == _ALWAYS:
            kept.append(entry)
        elif entry.width + _GAP <= room:
            kept.append(entry)
            room -= entry.width + _GAP
    return kept
