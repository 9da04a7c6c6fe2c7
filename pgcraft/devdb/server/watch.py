"""Waiting for a child and for the parent's end at once. Runs in the guard, standard library only."""

import os
import select
import signal
import subprocess
import sys
import time

Process = subprocess.Popen[bytes]


class StoppedError(Exception):
    """The parent is dead or wants the end, or somebody sent SIGTERM."""


class Watch:
    """Owns the guard's signals and its stdin."""

    def __init__(self) -> None:
        self._signals, writer = os.pipe()
        for end in (self._signals, writer):
            os.set_blocking(end, False)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # with a handler Python writes the number to the pipe
        signal.set_wakeup_fd(writer)

    def wait(self, child: Process, timeout_s: float | None = None) -> int | None:
        """Return the child's exit status, or None when the time is over.

        Raises:
            StoppedError: the end has come.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while child.poll() is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            self.check(left)
        return child.returncode

    def check(self, timeout_s: float | None = 0.0) -> None:
        """Return after the next signal or the time; raise StoppedError when the end has come."""
        stdin = sys.stdin.fileno()
        ready, _, _ = select.select([stdin, self._signals], [], [], timeout_s)
        if stdin in ready or (self._signals in ready and signal.SIGTERM in os.read(self._signals, 512)):
            raise StoppedError

    def close(self) -> None:
        """Let nothing disturb the end."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
