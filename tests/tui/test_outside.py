"""Editors and clipboards: the right command line for each."""

from pathlib import Path

import pytest

from pgcraft_tui.outside.clipboard import copy_to_system, find_clipboard_command
from pgcraft_tui.outside.editor import EditorCommand, find_editor, run_editor

FILE = Path("/p/models.py")


@pytest.mark.parametrize(
    ("editor", "arguments", "has_window"),
    [
        ("vim", ("vim", "+41", "/p/models.py"), False),
        ("nvim", ("nvim", "+41", "/p/models.py"), False),
        ("/usr/bin/vi -R", ("/usr/bin/vi", "-R", "+41", "/p/models.py"), False),
        ("code --wait", ("code", "--wait", "--goto", "/p/models.py:41"), True),
        ("emacs -nw", ("emacs", "-nw", "+41", "/p/models.py"), False),
        ("emacsclient -t", ("emacsclient", "-t", "+41", "/p/models.py"), False),
        ("hx", ("hx", "/p/models.py:41"), False),
        ("nano", ("nano", "+41", "/p/models.py"), False),
        ("ed", ("ed", "/p/models.py"), False),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, arguments: tuple[str, ...], has_window: bool):
    assert EditorCommand(arguments, has_window) == find_editor(FILE, 41, {"EDITOR": editor})


def test_visual_goes_before_editor():
    found = find_editor(FILE, 1, {"VISUAL": "hx", "EDITOR": "ed"})
    assert found is not None
    assert found.name == "hx"


def test_an_editor_that_is_not_there_is_named(tmp_path: Path):
    command = EditorCommand((str(tmp_path / "no-such-editor"),), False)
    assert "no-such-editor could not be started" in run_editor(command, tmp_path)


def test_an_editor_that_fails_is_named(tmp_path: Path):
    assert run_editor(EditorCommand(("sh", "-c", "exit 3"), False), tmp_path) == "sh ended with status 3"


def test_the_system_clipboard_is_used_only_where_it_has_a_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    program = tmp_path / "wl-copy"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/copied\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_clipboard_command({}) == ()
    command = find_clipboard_command({"WAYLAND_DISPLAY": "wayland-0"})
    assert command == ("wl-copy",)
    assert copy_to_system("ä [red]\n", command)
    assert (tmp_path / "copied").read_text() == "ä [red]\n"
    assert not copy_to_system("x", ("false",))
