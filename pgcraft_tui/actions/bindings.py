"""From the action registry to Textual: key bindings, and why an action cannot run at the moment."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from pgcraft.service.actions import Action, Need, Scope, get_action, get_actions
from pgcraft.service.keys import format_key

MOTIONS = (
    "cursor_up",
    "cursor_down",
    "first",
    "last",
    "half_page_up",
    "half_page_down",
    "collapse",
    "expand",
    "follow",
)
"""Actions of the objects' scope that belong to the widget with the focus: tree and page take them each in its way."""


def make_bindings(*scopes: Scope) -> list[BindingType]:
    """Return a binding for each key of each action of these scopes; the first key is the one that is shown."""
    return _bind(get_actions(*scopes))


def make_motion_bindings() -> list[BindingType]:
    """Return the bindings of a widget that moves a cursor."""
    return _bind([get_action(name) for name in MOTIONS])


def _bind(actions: Iterable[Action]) -> list[BindingType]:
    return [
        Binding(
            key,
            action.id,
            action.title,
            show=action.show and key == action.keys[0],
            key_display=format_key(key),
            tooltip=action.help,
            id=f"{action.id}.{place}" if place else action.id,
        )
        for action in actions
        for place, key in enumerate(action.keys)
    ]


@runtime_checkable
class MeetsNeeds(Protocol):
    """The app, or a screen: it knows which needs of actions are met."""

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment."""
        ...


def opens_field(action_id: str) -> bool:
    """Say whether what is typed behind the action's key is meant for a field."""
    try:
        return get_action(action_id).opens_field
    except KeyError:
        return False


def find_disabled_reason(host: object, action_id: str) -> str:
    """Say why an action cannot run on its host at this moment; empty when it can, or is none of the registry's."""
    try:
        action = get_action(action_id)
    except KeyError:
        return ""
    if not action.needs or not isinstance(host, MeetsNeeds):  # asked of every key, whenever the footer is drawn
        return ""
    return action.find_reason(host.met_needs())
