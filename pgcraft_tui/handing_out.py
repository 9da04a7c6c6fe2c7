"""Handing something to programs outside: a text to the clipboards, a line of a file to the editor."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from pgcraft.errors import Place
from pgcraft_tui.clipboard import copy_to_system, find_clipboard_command
from pgcraft_tui.editor import EditorCommand, find_editor, run_editor
from pgcraft_tui.workers import JobKind

if TYPE_CHECKING:
    from pgcraft_tui.application import WorkbenchApp


def copy_text(app: "WorkbenchApp", text: str, what: str) -> None:
    """Copy by OSC 52, and by the system's own program where there is one; the toast says which."""
    if not text:
        app.notify("there is nothing to copy", severity="warning", timeout=3, markup=False)
        return
    app.copy_to_clipboard(text)
    command = find_clipboard_command()
    if not command:
        app.notify(f"copied {what} by OSC 52, the terminal's clipboard", timeout=3, markup=False)
        return
    app.jobs.start(
        "copy",
        lambda _report: copy_to_system(text, command),
        owner=app,
        done=lambda held: _tell_copied(app, what, command[0] if held else ""),
        failed=lambda _error: None,
        kind=JobKind.LOCAL,
    )


def _tell_copied(app: "WorkbenchApp", what: str, program: str) -> None:
    ways = f"OSC 52 and {program}" if program else "OSC 52, the terminal's clipboard"
    app.notify(f"copied {what} by {ways}", timeout=3, markup=False)


def open_in_editor(app: "WorkbenchApp", place: Place) -> None:
    """Open a line of the user's files; a terminal editor takes the screen until it ends."""
    root = app.session.project.root
    file = Path(place.file)
    file = file if file.is_absolute() else root / file
    command = find_editor(file, place.line)
    if command is None:
        app.notify("no editor is there: set $VISUAL or $EDITOR", severity="error", markup=False)
    elif not file.is_file():
        app.notify(f"{place.file} is not there any more", severity="error", markup=False)
    else:
        _run(app, command, root, f"{place.file}:{place.line}")


def _run(app: "WorkbenchApp", command: EditorCommand, root: Path, shown: str) -> None:
    if command.has_window:
        fault = run_editor(command, root)
    else:
        try:
            with app.suspend():
                fault = run_editor(command, root)
        except SuspendNotSupported:
            fault = f"{command.name} needs a terminal, which is not to be had here"
    if fault:
        app.notify(fault, severity="error", markup=False)
    elif command.has_window:
        app.notify(f"opened {shown} in {command.name}", timeout=3, markup=False)
    else:
        app.refresh(layout=True)
