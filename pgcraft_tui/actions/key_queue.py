"""Keys one after the other: each goes to what has the focus when all that the keys before it began has been done.

Textual hands a key to the widget that has the focus at that moment, and goes on with the next one; the first may still
be on its way to a binding that opens a field or a screen. Keys that come in one burst would run as commands then.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

Typed = events.Key | events.Paste

PAUSE_S = 0.3
"""What is typed without such a pause belongs together."""
_MOST_ROUNDS = 8
"""Two are usual, four when a screen opens; news may move the focus meanwhile, but not for ever."""


class KeyQueue:
    """Lets one key at a time into an app.

    A key is followed the way that it goes: through the message loop of the widget with the focus, of each of its
    parents, and of the app, where actions run. What it opens is waited for in the same way, until the focus rests.

    Args:
        app: whose keys these are.
        deliver: gives a key to what has the focus; runs in the app's message loop.
    """

    def __init__(self, app: App[Any], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Typed] = deque()
        self._followed: MessagePump | None = None
        self._steps = 0
        self._rounds = 0
        self._rest: tuple[Screen[object], Widget | None] | None = None
        self._expects_field = False
        self._key_at = self._dropped_at = float("-inf")

    @property
    def is_idle(self) -> bool:
        """Whether every key has done what it does."""
        return self._followed is None and not self._waiting

    async def take(self, key: Typed) -> None:
        """Deliver a key as soon as those before it have been done with."""
        if key.time - self._dropped_at < PAUSE_S and _is_text(key):
            self._dropped_at = key.time
            return
        self._waiting.append(key)
        if self._followed is None:
            await self._deliver_next()
        elif self._followed._closed:  # noqa: SLF001  it ended with our message unread
            self._go_up(self._followed)

    def expect_field(self) -> None:
        """Let the text behind this key be for the field that it opens, or for nothing when it opens none."""
        self._expects_field = True

    def _drop_burst(self) -> None:
        self._waiting = deque(key for key in self._waiting if not _is_text(key))
        self._dropped_at = self._key_at

    async def _deliver_next(self) -> None:
        self._followed = None
        if not self._waiting:
            return
        key = self._waiting.popleft()
        self._rounds, self._rest, self._key_at, self._expects_field = 0, None, key.time, False
        self._followed = first = self._app.focused or self._app.screen
        try:
            await self._deliver(key)
        finally:
            self._follow(first)

    def _follow(self, pump: MessagePump) -> None:
        """Go on when this loop has done with what it was given before."""
        self._followed = pump
        self._steps += 1
        is_queued = pump.call_later(self._pass, pump, self._steps)
        if not is_queued and pump is not self._app:
            self._go_up(pump)

    def _go_up(self, pump: MessagePump) -> None:
        self._follow(pump._parent or self._app)  # noqa: SLF001  the way of what bubbles

    async def _pass(self, pump: MessagePump, step: int) -> None:
        if step != self._steps:
            return
        if pump is self._app:
            await self._arrive()
        else:
            self._go_up(pump)

    async def _arrive(self) -> None:
        """Look in the app's loop whether the focus rests; if so the next key may come."""
        screen = self._app.screen
        rest = (screen, screen.focused)
        self._rounds += 1
        if rest == self._rest or self._rounds >= _MOST_ROUNDS:
            if self._expects_field and not isinstance(screen.focused, Input):
                self._drop_burst()
            await self._deliver_next()
        else:
            self._rest = rest
            self._follow(screen.focused or screen)


def _is_text(key: Typed) -> bool:
    return isinstance(key, events.Paste) or key.is_printable or key.key in ("enter", "tab", "backspace")
