"""The directories of throw-away servers: made under a lock, swept when nobody holds it. Standard library only.

A run directory holds ``data``, the server's socket, its log, and ``lock``. The guard and the server's processes share
the open lock file, so the lock is free exactly when all of them are gone, whatever ended them.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pgcraft.devdb.server.shared_memory import remove_shared_memory

PREFIX = "pgc-"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 the fastest disk there is; directories in it are made by mkdtemp
ROOM = 512 * 1024 * 1024
MAX_SOCKET_PATH = 103
"""Bytes of a socket's path that every system takes (Linux: 107)."""

UNLOCKED_AGE_S = 60.0
"""A directory without a lock file is swept when it is older: its maker may not have come to the lock yet."""


@dataclass(frozen=True)
class RunDirectory:
    """A directory that is ours while ``lock`` is open."""

    path: Path
    lock: int

    @property
    def data(self) -> Path:
        """The data directory of the server."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the programs printed."""
        return self.path / "log"


def choose_base() -> Path:
    """Return the folder for run directories: shared memory with room, else the temporary folder."""
    if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) and _free_bytes(SHARED_MEMORY) >= ROOM:
        return SHARED_MEMORY
    temporary = Path(tempfile.gettempdir())
    socket = temporary / f"{PREFIX}12345678" / ".s.PGSQL.5432"
    return temporary if len(os.fsencode(socket)) <= MAX_SOCKET_PATH else Path("/tmp")  # noqa: S108


def make_run_directory(base: Path) -> RunDirectory:
    """Make a new locked directory, readable by nobody else."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        lock = _take_lock(path)
        if lock is not None:
            return RunDirectory(path, lock)


def remove_directory(path: Path, *, patience_s: float = 2.0) -> bool:
    """Remove a directory in which a dying process may still write; whether it is gone."""
    deadline = time.monotonic() + patience_s
    while path.exists():
        shutil.rmtree(path, ignore_errors=True)
        if time.monotonic() > deadline:
            break
        if path.exists():
            time.sleep(0.005)
    return not path.exists()


def sweep(*bases: Path) -> tuple[Path, ...]:
    """Remove the run directories whose processes are all gone; gives their paths, sorted.

    Only directories of ours (prefix, real directory, owner) are looked at.
    """
    swept = []
    for base in sorted(set(bases)):
        for path in sorted(base.glob(PREFIX + "*")):
            if _is_abandoned(path):
                remove_shared_memory(path / "data")
                if remove_directory(path, patience_s=0.1):
                    swept.append(path)
    return tuple(swept)


def _take_lock(path: Path) -> int | None:
    """Open and lock; None when a sweeper was faster and the directory is lost."""
    try:
        lock = os.open(path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.stat(path / "lock")  # noqa: PTH116 raises when it was removed between opening and locking
    except OSError:
        os.close(lock)
        return None
    return lock


def _is_abandoned(path: Path) -> bool:
    try:
        facts = path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
            return False
        if not (path / "lock").exists():
            return time.time() - facts.st_mtime > UNLOCKED_AGE_S
        lock = os.open(path / "lock", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _free_bytes(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize
