"""Removing the shared memory that killed server processes leave outside their directory. Linux, standard library only.

A process of PostgreSQL that dies by a signal (initdb's helpers die so when a start is called off) leaves a System V
segment of 56 bytes and segments in /dev/shm. On other systems they stay until the next restart of the machine.
"""

import contextlib
import ctypes
import re
import struct
import sys
import time
from pathlib import Path

IPC_RMID, IPC_STAT = 0, 2
KEY_LINE = 6
"""The line of postmaster.pid, counted from 0, with the segment's key and id."""

_LOOKS, _LOOK_S = 1000, 0.001

SEGMENT_FILE = re.compile(r"/dev/shm/PostgreSQL\.\d+")  # noqa: S108


def find_segment_files(data: Path) -> frozenset[Path]:
    """Return the segments that the server process of this data directory has open; it is to stop first.

    One that is made just now is open before it is mapped.
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        pid = abs(int(_read_lines(data)[0]))  # a helper of initdb writes it with a minus
        process = Path(f"/proc/{pid}")
        _wait_until_stopped(process)
        opened = [str(file.readlink()) for file in (process / "fd").iterdir()]
        mapped = (process / "maps").read_text(encoding="utf-8", errors="replace")
        return frozenset(map(Path, SEGMENT_FILE.findall("\n".join((mapped, *opened)))))
    return frozenset()


def _wait_until_stopped(process: Path) -> None:
    """Wait until a process that was sent SIGSTOP has got it: until then it may go on making a segment."""
    for _ in range(_LOOKS):
        if (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] in "TZX":
            return
        time.sleep(_LOOK_S)


def remove_shared_memory(data: Path) -> None:
    """Remove the System V segment that the ended server of this data directory left.

    Only to be called when its processes are gone. A segment with another key is another program's.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, IndexError, ValueError):
        key, segment = (int(word) for word in _read_lines(data)[KEY_LINE].split())
        libc = ctypes.CDLL(None)
        facts = ctypes.create_string_buffer(256)  # struct shmid_ds, which starts with the key
        if libc.shmctl(segment, IPC_STAT, facts) == 0 and struct.unpack_from("=I", facts)[0] == key & 0xFFFFFFFF:
            libc.shmctl(segment, IPC_RMID, None)


def _read_lines(data: Path) -> list[str]:
    return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
