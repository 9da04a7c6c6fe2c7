"""Ends this process, and all that it started, when its parent is gone."""

import fcntl
import os
import signal
import sys
import threading


def hold(pipe: int) -> None:
    """Watch a pipe in which nothing is ever written; when its other end closes, kill this process group.

    A thread does it everywhere. On Linux the kernel does it, too: SIGIO, whose default action is to end a process, goes
    to the group when the pipe closes. That ends even a C loop that never lets another thread run.
    """
    if sys.platform == "linux":
        fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    threading.Thread(target=_wait_for_end, args=(pipe,), name="pgcraft-lifeline", daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)
