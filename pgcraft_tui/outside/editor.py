"""Opening a line of a file in the user's editor."""

import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.app import SuspendNotSupported

from pgcraft.errors import Place
from pgcraft_tui.host.protocol import Host

_LINE_BEFORE = frozenset(
    {"vi", "vim", "nvim", "gvim", "nano", "pico", "emacs", "emacsclient", "kak", "joe", "mg", "ne", "jed", "micro"}
)
_LINE_BEHIND = frozenset({"hx", "helix", "subl", "sublime_text", "zed", "zeditor"})
_GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"})
_WINDOWS = frozenset({"gvim", "subl", "sublime_text", "zed", "zeditor", "gedit", "kate"}) | _GOTO
_FALLBACKS = ("nvim", "vim", "nano", "vi")


@dataclass(frozen=True)
class EditorCommand:
    """How to open the line.

    Attributes:
        arguments: the command line.
        has_window: it opens a window of its own and leaves the terminal alone.
    """

    arguments: tuple[str, ...]
    has_window: bool

    @property
    def name(self) -> str:
        """What is started."""
        return Path(self.arguments[0]).name


def find_editor(file: Path, number: int, environment: Mapping[str, str] = os.environ) -> EditorCommand | None:
    """Say how to open a file at a line: by $VISUAL, $EDITOR, or the first editor that is there; None without one."""
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    words = shlex.split(named) if named.strip() else [*filter(None, map(shutil.which, _FALLBACKS))][:1]
    if not words:
        return None
    program = Path(words[0]).name.removesuffix(".exe")
    return EditorCommand((*words, *_name_line(program, file, max(number, 1))), program in _WINDOWS)


def _name_line(program: str, file: Path, number: int) -> tuple[str, ...]:
    if program in _LINE_BEFORE:
        return (f"+{number}", str(file))
    if program in _GOTO:
        return ("--goto", f"{file}:{number}")
    if program in _LINE_BEHIND:
        return (f"{file}:{number}",)
    return (str(file),)


def run_editor(command: EditorCommand, folder: Path) -> str:
    """Run it: a terminal editor until it ends, another one only until it is started; gives what went wrong, or ''."""
    try:
        if command.has_window:
            _start(command.arguments, folder)
            return ""
        status = subprocess.run(command.arguments, cwd=folder, check=False).returncode
    except OSError as error:
        return f"{command.name} could not be started: {error.strerror or error}; name another in $VISUAL or $EDITOR"
    return f"{command.name} ended with status {status}" if status else ""


def _start(arguments: tuple[str, ...], folder: Path) -> None:
    """Start a program that goes on by itself; a thread takes its exit status, so that no zombie stays."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(arguments, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    threading.Thread(target=process.wait, name="editor", daemon=True).start()


def open_in_editor(host: Host, place: Place) -> None:
    """Open a line of the user's files; a terminal editor takes the screen until it ends."""
    root = host.session.project.root
    file = Path(place.file)
    file = file if file.is_absolute() else root / file
    command = find_editor(file, place.line)
    if command is None:
        host.notify("no editor is there: set $VISUAL or $EDITOR", severity="error", markup=False)
    elif not file.is_file():
        host.notify(f"{place.file} is not there any more", severity="error", markup=False)
    else:
        _run(host, command, root, f"{place.file}:{place.line}")


def _run(host: Host, command: EditorCommand, root: Path, shown: str) -> None:
    if command.has_window:
        fault = run_editor(command, root)
    else:
        try:
            with host.suspend():
                fault = run_editor(command, root)
        except SuspendNotSupported:
            fault = f"{command.name} needs a terminal, which is not to be had here"
    if fault:
        host.notify(fault, severity="error", markup=False)
    elif command.has_window:
        host.notify(f"opened {shown} in {command.name}", timeout=3, markup=False)
    else:
        host.refresh(layout=True)
