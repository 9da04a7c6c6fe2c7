"""The registry of actions: a key means one thing at a time."""

from collections import defaultdict

from pgcraft.service.actions import ACTIONS, Scope


def test_no_two_actions_of_a_scope_have_one_key() -> None:
    """What counts everywhere counts in each scope, too, but for what a scope says otherwise of a key of its own."""
    by_key: defaultdict[tuple[Scope, str], list[str]] = defaultdict(list)
    for action in ACTIONS:
        for key in action.keys:
            by_key[action.scope, key].append(action.id)
    assert {} == {place: ids for place, ids in by_key.items() if len(ids) > 1}
