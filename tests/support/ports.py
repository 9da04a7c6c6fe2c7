"""Ports for servers that tests start."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

_LOCKS = Path(tempfile.gettempdir()) / f"pgcraft-test-ports-{os.getuid()}"
_held: list[int] = []
"""Descriptors of the lock files; they are this process's until it ends."""


def find_free_port() -> int:
    """Return a port of 127.0.0.1 that is free and that no other test run is given while this process lives.

    It is below the range from which systems take ports for connections that go out, of which any may come meanwhile.
    """
    _LOCKS.mkdir(exist_ok=True)
    for port in random.sample(range(15_000, 30_000), 1_000):
        if _is_ours(port) and _is_free(port):
            return port
    raise AssertionError("no port is free")


def _is_ours(port: int) -> bool:
    lock = os.open(_LOCKS / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
