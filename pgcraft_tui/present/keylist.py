"""The list of actions for a reader."""

from collections.abc import Iterable

from pgcraft.service.actions import Action, Scope, get_action
from pgcraft.service.keys import format_key

_TITLES = {Scope.EVERYWHERE: "Everywhere", Scope.OBJECTS: "Objects", Scope.TEXT: "Any pane of text"}


def name_scope(scope: Scope) -> str:
    """Return how a place where actions work is called; a screen by the action that opens it: ``Export SQL (s)``."""
    if scope in _TITLES:
        return _TITLES[scope]
    opening = get_action(scope.value)
    return f"{opening.title[0].upper()}{opening.title[1:]} ({format_key(opening.keys[0])})"


def format_keys(action: Action) -> str:
    """Write the keys of an action: ``d ^d``."""
    return " ".join(format_key(key) for key in action.keys)


def filter_actions(actions: Iterable[Action], query: str) -> tuple[Action, ...]:
    """Return the actions that hold every word of a query in a key, title, sentence or command line."""
    words = query.casefold().split()
    return tuple(each for each in actions if all(_holds(each, word) for word in words))


def _holds(action: Action, word: str) -> bool:
    text = f"{action.title} {action.help} {action.command}".casefold()
    return word in text or word in (key.casefold() for key in format_keys(action).split())
