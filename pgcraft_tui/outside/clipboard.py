"""Copying: to the terminal's clipboard by OSC 52, and to the system's by its own program where there is one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from pgcraft_tui.host.jobs import JobKind
from pgcraft_tui.host.protocol import Host

_TIMEOUT_S = 2.0


def find_clipboard_command(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the program that takes text for the system's clipboard on its stdin; empty when there is none."""
    wanted: list[tuple[str, ...]] = []
    if sys.platform == "darwin":
        wanted.append(("pbcopy",))
    elif sys.platform == "win32":
        wanted.append(("clip",))
    if environment.get("WAYLAND_DISPLAY"):
        wanted.append(("wl-copy",))
    if environment.get("DISPLAY"):
        wanted += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    return next((command for command in wanted if shutil.which(command[0])), ())


def copy_to_system(text: str, command: tuple[str, ...]) -> bool:
    """Hand a text to the system's clipboard; False when its program failed."""
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def copy_text(host: Host, text: str, what: str) -> None:
    """Copy by OSC 52, and by the system's own program where there is one; the toast says which."""
    if not text:
        host.notify("there is nothing to copy", severity="warning", timeout=3, markup=False)
        return
    host.copy_to_clipboard(text)
    command = find_clipboard_command()
    if not command:
        host.notify(f"copied {what} by OSC 52, the terminal's clipboard", timeout=3, markup=False)
        return
    host.jobs.start(
        "copy",
        lambda _report: copy_to_system(text, command),
        owner=host,
        done=lambda held: _tell_copied(host, what, command[0] if held else ""),
        failed=lambda _error: None,
        kind=JobKind.LOCAL,
    )


def _tell_copied(host: Host, what: str, program: str) -> None:
    ways = f"OSC 52 and {program}" if program else "OSC 52, the terminal's clipboard"
    host.notify(f"copied {what} by {ways}", timeout=3, markup=False)
