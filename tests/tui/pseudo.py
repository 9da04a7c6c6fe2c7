"""A terminal of which only the two ends are real: what is typed is one write, and it can go away without a signal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.support.patience import wait_until

_ROWS, _COLUMNS = 30, 100
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class PseudoTerminal:
    """The side where one types.

    Args:
        descriptor: the terminal's own end.
        process: what runs in it; it is nobody's foreground group, and no hangup is sent to it.
    """

    def __init__(self, descriptor: int, process: "subprocess.Popen[bytes]") -> None:
        self._descriptor: int | None = descriptor
        self._process = process
        self._printed = b""

    def type(self, text: str) -> None:
        """Type a text, all of it in one write."""
        assert self._descriptor is not None
        os.write(self._descriptor, text.encode())

    @property
    def printed(self) -> str:
        """Everything that was written so far, without colours and places."""
        while self._descriptor is not None and select.select([self._descriptor], [], [], 0)[0]:
            with suppress(OSError):
                self._printed += os.read(self._descriptor, 1 << 16)
        return _CONTROL.sub("", self._printed.decode(errors="replace"))

    def wait_for(self, pattern: str) -> None:
        """Wait until it was written."""
        assert wait_until(lambda: re.search(pattern, self.printed)), self.printed[-2_000:]

    def list_processes(self) -> list[psutil.Process]:
        """Return the program with all that it has started."""
        program = psutil.Process(self._process.pid)
        return [program, *program.children(recursive=True)]

    def close(self) -> None:
        """Take the terminal away."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def open_pty(folder: Path, environment: Mapping[str, str]) -> Iterator[PseudoTerminal]:
    """Run the workbench on a project in a terminal of its own, as a program that hears no hangup."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    variables = {**os.environ, "TERM": "xterm-256color", **environment}
    for name in ("COLUMNS", "LINES"):
        variables.pop(name, None)
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("pgcraft")), "tui"],
        cwd=folder,
        env=variables,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    os.close(theirs)
    terminal = PseudoTerminal(ours, process)
    try:
        yield terminal
    finally:
        terminal.close()
        process.kill()
        process.wait()
