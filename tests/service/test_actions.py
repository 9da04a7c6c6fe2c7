"""The action registry: no side of an action is missing, and no two actions fight for a key."""

import subprocess
import sys

import pytest

from pgcraft.service.actions import ACTIONS, Action, Need, Scope, get_action, get_actions
from pgcraft.service.keys import DENIED_KEYS, find_key_faults, format_key

ids = [action.id for action in ACTIONS]


def test_ids_are_unique_names_of_methods():
    assert len(ids) == len(set(ids))
    assert all(name.isidentifier() and name == name.lower() for name in ids)


@pytest.mark.parametrize("action", ACTIONS, ids=ids)
def test_every_action_has_title_help_and_a_key(action: Action):
    assert action.title
    assert action.help.endswith(".")
    assert action.keys


@pytest.mark.parametrize("action", ACTIONS, ids=ids)
def test_no_key_is_taken_by_its_host(action: Action):
    assert find_key_faults(action.id, action.keys) == ()


@pytest.mark.parametrize("scope", Scope)
def test_two_actions_never_share_a_key_where_both_work(scope: Scope):
    """A screen's keys stand beside those that work everywhere, and, but for the tree's, a text's beside both."""
    seen: dict[str, str] = {}
    texts = () if scope is Scope.OBJECTS else (Scope.TEXT,)
    for action in get_actions(*{Scope.EVERYWHERE, *texts, scope}):
        for key in action.keys:
            assert key not in seen, f"{key}: {seen.get(key)} and {action.id}"
            seen[key] = action.id


def test_a_denied_key_is_named_with_who_takes_it():
    assert find_key_faults("quit", ("ctrl+q",)) == (f"quit: ctrl+q is taken: {DENIED_KEYS['ctrl+q']}",)


def test_a_shared_key_needs_another_beside_it():
    assert find_key_faults("palette", ("ctrl+p",))
    assert not find_key_faults("palette", (":", "ctrl+p"))


def test_the_reason_is_the_first_need_that_is_not_met():
    action = get_action("edit_source")
    assert action.find_reason(()) == Need.MODELS.value
    assert action.find_reason((Need.MODELS,)) == Need.SELECTION.value
    assert action.find_reason(action.needs) == ""


def test_a_command_keeps_the_places_that_have_no_value():
    action = get_action("preview_switch")
    assert action.format_command({"extension": "audit"}) == "pgcraft extensions {switch} audit --preview"


@pytest.mark.parametrize(
    ("key", "label"), [("ctrl+p", "^p"), ("escape", "Esc"), ("?", "?"), ("f5", "F5"), ("alt+left", "Alt-←")]
)
def test_keys_are_written_for_a_reader(key: str, label: str):
    assert label == format_key(key)


def test_the_registry_loads_the_standard_library_only():
    code = "import sys, pgcraft.service.actions as a; print([m for m in ('sqlalchemy', 'alembic', 'psycopg', 'textual', 'typer', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
