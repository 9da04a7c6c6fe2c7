"""How long a test waits before it believes that something hangs.

A wait ends as soon as it has what it waits for, so patience costs a test that passes nothing. What is said about speed is
measured by `make bench`, on a machine that does nothing else; a test would measure what else the machine does.
"""

import time
from collections.abc import Callable

import psutil

PATIENCE_S = 120.0


def wait_until(is_true: Callable[[], object], *, patience_s: float = PATIENCE_S, poll_s: float = 0.02) -> bool:
    """Look again and again; whether it came true before patience ended."""
    deadline = time.monotonic() + patience_s
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(poll_s)
    return True


def list_living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait until processes have ended; gives those that do not."""
    return list(psutil.wait_procs(processes, timeout=PATIENCE_S)[1])


def is_living(process: psutil.Process) -> bool:
    """Whether a process has not ended, a zombie has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def read_command(process: psutil.Process) -> str:
    """Return the command line; empty when the process has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def read_name(process: psutil.Process) -> str:
    """Return the name of a process's program; empty when it has just ended."""
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""
