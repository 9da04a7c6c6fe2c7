"""The command line's side of the action registry: what the workbench prints after ``$`` can be typed."""

import re
import shlex
from typing import Any

import pytest
import typer

from pgcraft.cli.program import COMMANDS, build_app
from pgcraft.service.actions import ACTIONS, Action

commanded = [action for action in ACTIONS if action.command]


@pytest.fixture(scope="module")
def program() -> Any:
    return typer.main.get_command(build_app())


def find_command(program: Any, words: list[str]) -> tuple[Any, list[str]]:
    """Walk down the words that name commands; gives the last one and the words that are left."""
    command = program
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("action", commanded, ids=[action.id for action in commanded])
def test_the_command_and_its_options_exist(program: Any, action: Action):
    name, *words = shlex.split(action.command.replace("{switch}", "disable").replace("{side}", "here"))
    assert name == "pgcraft"
    if words == ["--help"]:
        return
    command, rest = find_command(program, words)
    assert command is not program, action.command
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= options, action.command


def test_every_command_is_the_twin_of_an_action():
    used = {match.group(1) for action in commanded if (match := re.match(r"pgcraft (\w+)", action.command))}
    assert set(COMMANDS) - {"tui", "check"} <= used
