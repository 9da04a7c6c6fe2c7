"""A real terminal: tmux with nobody's configuration, driven by keys, read as text."""

import re
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from tests.support.patience import wait_until

TMUX = shutil.which("tmux")
POLL_S = 0.02
_SPECIAL = {
    "escape": "Escape",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "BTab",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PPage",
    "pagedown": "NPage",
    "backspace": "BSpace",
    "f5": "F5",
}


def is_as_wanted(screen: str, shows: str, hides: str) -> bool:
    """Whether one pattern is on the screen, and the other is not; empty ones do not count."""
    return (not shows or re.search(shows, screen, re.MULTILINE) is not None) and (
        not hides or re.search(hides, screen) is None
    )


class Control:
    """One client of tmux that is asked again and again: a program for each look at the screen would take its time."""

    def __init__(self, command: list[str]) -> None:
        self._client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._read_answer()

    def ask(self, *words: str) -> str:
        """Run a command of tmux and return what it prints."""
        quoted = (re.sub(r'(["\\\\$])', r"\\\1", word) for word in words)
        assert self._client.stdin is not None
        self._client.stdin.write(" ".join(f'"{word}"' for word in quoted) + "\n")
        self._client.stdin.flush()
        return self._read_answer()

    def close(self) -> None:
        """Wait for the client, which ends with its server."""
        self._client.communicate()

    def _read_answer(self) -> str:
        """Read the lines between %begin and %end, which have the same numbers; what tmux tells besides is left out."""
        assert self._client.stdout is not None
        lines = iter(self._client.stdout.readline, "")
        numbers = next((line for line in lines if line.startswith("%begin ")), "").partition(" ")[2]
        answer = ""
        for line in lines:
            if line == f"%end {numbers}":
                return answer.removesuffix("\n")
            assert line != f"%error {numbers}", answer
            answer += line
        raise AssertionError(f"tmux has ended: {answer}")


class Terminal:
    """One program in a terminal of some size. Use it in a with statement.

    Args:
        command: the program with its arguments.
        folder: where it runs.
        size: width in cells, height in rows.
        environment: variables beside those of the test.
    """

    def __init__(
        self, command: list[str], *, folder: Path, size: tuple[int, int], environment: Mapping[str, str]
    ) -> None:
        self._socket = f"pgcraft-{uuid.uuid4().hex[:8]}"
        words = " ".join([*(f"{key}={shlex.quote(value)}" for key, value in environment.items()), shlex.join(command)])
        # A test runner's COLUMNS and LINES would stand for the size.
        shell = f'unset COLUMNS LINES; cd {shlex.quote(str(folder))} && {words}; echo "ended with $?"; exec cat'
        opening = ["new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), shell]
        subprocess.run([*self._words, *opening], capture_output=True, check=True)
        self._control = Control([*self._words, "-C", "attach-session", "-f", "no-output"])
        self._tmux("set-option", "-s", "escape-time", "0")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*self._words, "kill-server"], capture_output=True, check=False)
        self._control.close()

    @property
    def _words(self) -> list[str]:
        """How a command of this terminal's own tmux begins."""
        assert TMUX is not None
        return [TMUX, "-L", self._socket, "-f", "/dev/null"]

    @property
    def pid(self) -> int:
        """Of the shell that runs the program."""
        return int(self._tmux("list-panes", "-F", "#{pane_pid}"))

    def press(self, *keys: str) -> None:
        """Press keys, in Textual's spelling."""
        for key in keys:
            if key.startswith("ctrl+"):
                self._tmux("send-keys", f"C-{key.removeprefix('ctrl+')}")
            elif key in _SPECIAL:
                self._tmux("send-keys", _SPECIAL[key])
            else:
                self.type(key)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", "--", text)

    def read(self) -> str:
        """Return what stands on the screen."""
        return self._tmux("capture-pane", "-p").rstrip("\n")

    def wait_for_change(self, before: str) -> None:
        """Wait until the screen is another than before; for a moment only, for a key may change nothing."""
        wait_until(lambda: self.read() != before, patience_s=0.4)

    def wait_for(self, shows: str, hides: str = "") -> str:
        """Wait until one pattern is on the screen, and the other is not; gives the screen. Empty ones do not count."""
        screens = [self.read()]
        is_there = wait_until(lambda: is_as_wanted(screens[-1], shows, hides) or screens.append(self.read()))
        assert is_there, f"never saw {shows!r} without {hides!r}:\n{screens[-1]}"
        return screens[-1]

    def wait_until_not(self, shows: str, hides: str) -> str:
        """Wait until the screen is other than :meth:`wait_for` wants it, so that it can wait for news."""
        screens = [self.read()]
        is_new = wait_until(lambda: not is_as_wanted(screens[-1], shows, hides) or screens.append(self.read()))
        assert is_new, f"{shows!r} without {hides!r} is there already:\n{screens[-1]}"
        return screens[-1]

    def _tmux(self, *arguments: str) -> str:
        return self._control.ask(*arguments)
