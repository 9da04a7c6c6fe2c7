"""The list of actions for a reader."""

from collections.abc import Iterable

from pgcraft.service.actions import Action, Scope
from pgcraft.service.keys import format_key

SCOPE_TITLES: dict[Scope, str] = {
    Scope.EVERYWHERE: "Everywhere",
    Scope.OBJECTS: "Objects",
    Scope.EXTENSIONS: "Extensions (x)",
    Scope.REVISION: "Revision (r)",
    Scope.EXPORT: "Export SQL (s)",
    Scope.VERIFY: "Verify (v)",
    Scope.PROBLEMS: "Problems (!)",
    Scope.TEXT: "Any pane of text",
}
"""How the places where actions work are called."""


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
