"""A program in a terminal of its own, and how long it takes to show a text."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

COLUMNS, LINES = 160, 50
TIMEOUT_S = 60.0
CONTROL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


class Terminal:
    """Runs a program on a pseudo terminal of 160 by 50; ended when its with block is left."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        self._seen = b""
        self.started = time.perf_counter()
        self._pid, self._file = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], list(command), variables)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGTERM)
        self._drain()
        os.close(self._file)

    def wait_for(self, text: str, *, since: float | None = None) -> float:
        """Wait until the program has written a text after the last one waited for.

        Returns:
            The seconds since its start, or since ``since``.

        Raises:
            TimeoutError: the text did not come.
        """
        begin = self.started if since is None else since
        wanted = text.encode()
        while time.perf_counter() - begin < TIMEOUT_S:
            if select.select([self._file], [], [], 0.05)[0]:
                self._seen += os.read(self._file, 65536)
            shown = CONTROL.sub(b"", self._seen)
            if wanted in shown:
                found = time.perf_counter() - begin
                self._seen = b""
                return found
        raise TimeoutError(f"{text!r} did not appear; the end of what did: {CONTROL.sub(b'', self._seen)[-500:]!r}")

    def _drain(self) -> None:
        """Read on until the program is gone: it may wait for its last output to be taken."""
        deadline = time.monotonic() + TIMEOUT_S
        while os.waitpid(self._pid, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
            try:
                if select.select([self._file], [], [], 0.05)[0]:
                    os.read(self._file, 65536)
            except OSError:
                continue
