"""Looking at processes and directories that a server may leave behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from pgcraft.devdb.server.shared_memory import SEGMENT_FILE

ROOT = Path(__file__).parents[2]

PARENT = """
import sys, time
from pathlib import Path
from pgcraft.devdb.server.binaries import check_binaries
from pgcraft.devdb.server.servers import start_server
server = start_server(check_binaries(Path(sys.argv[1]), "test"), base=Path(sys.argv[2]), keep=sys.argv[3] == "keep")
print(server.pid, server.directory, flush=True)
time.sleep(600)
"""


def start_parent(
    bindir: Path,
    base: Path,
    keep: str = "keep",
    prefix: tuple[str, ...] = (),
    *,
    python: str = sys.executable,
    package: Path = ROOT,
) -> "subprocess.Popen[str]":
    """Start a Python that starts a server and then sleeps; it prints the server's pid and directory."""
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*prefix, python, "-c", PARENT, str(bindir), str(base), keep]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd="/", start_new_session=True
    )


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def list_processes(base: Path) -> list[str]:
    """Return the command lines that name the directory, guard and server alike."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(base) in line and process.info["status"] != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
            found.append(line)
    return found


def is_clean(base: Path) -> bool:
    """Whether nothing of a server is left: no process, no directory."""
    return not list(base.iterdir()) and not list_processes(base)


@contextmanager
def watch_segments() -> Iterator[set[Path]]:
    """Return a set that fills with the segments of shared memory that processes started meanwhile by this one open.

    Of a segment that is left behind nobody can tell whose it was, and other servers of the machine have some, too.
    """
    seen: set[Path] = set()
    ended = threading.Event()
    before = set(psutil.Process().children())

    def look() -> None:
        while not ended.wait(0.002):
            for started in set(psutil.Process().children()) - before:
                for process in _list_below(started):
                    with suppress(OSError):
                        seen.update(map(Path, SEGMENT_FILE.findall(Path(f"/proc/{process.pid}/maps").read_text())))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _list_below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
