"""Running an action of the registry from somewhere else than its key: from the palette, or from the list of keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from pgcraft.service.actions import ACTIONS, Action
from pgcraft_tui.actions.bindings import find_disabled_reason


@dataclass(frozen=True)
class Offer:
    """An action that belongs to what is on the screen.

    Attributes:
        host: where it runs; it has the method ``action_<id>``.
        reason: why it cannot run at the moment; empty when it can.
    """

    action: Action
    host: DOMNode
    reason: str

    async def run(self) -> None:
        """Run it, or let the app say why it cannot run."""
        await self.host.app.run_action(self.action.id, default_namespace=self.host)


def find_offers(screen: Screen[object], focused: Widget | None) -> tuple[Offer, ...]:
    """Return the actions that the focused widget, the screen or the app can run, in the registry's order."""
    nodes = tuple(_walk_hosts(screen, focused))
    offers = []
    for action in ACTIONS:
        host = next((node for node in nodes if hasattr(node, f"action_{action.id}") and _binds(node, action)), None)
        if host is not None:
            offers.append(Offer(action, host, find_disabled_reason(host, action.id)))
    return tuple(offers)


def _walk_hosts(screen: Screen[object], focused: Widget | None) -> Iterator[DOMNode]:
    if focused is not None and focused.screen is screen:
        yield from (node for node in focused.ancestors_with_self if node not in (screen, screen.app))
    yield screen
    yield screen.app


def _binds(node: DOMNode, action: Action) -> bool:
    """Whether the node takes the action by key, too; Textual's own methods may have the same name."""
    bound = (binding for kind in type(node).__mro__ for binding in vars(kind).get("BINDINGS", ()))
    return any(isinstance(binding, Binding) and binding.action == action.id for binding in bound)
