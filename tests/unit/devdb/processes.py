"""Looking at processes and directories that a server may leave behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[3]
SHARED_MEMORY = Path("/dev/shm")

PARENT = """
import sys, time
from pathlib import Path
from pgcraft.devdb.binaries import check_binaries
from pgcraft.devdb.server import start_server
server = start_server(check_binaries(Path(sys.argv[1]), "test"), base=Path(sys.argv[2]), keep=sys.argv[3] == "keep")
print(server.pid, server.directory, flush=True)
time.sleep(60)
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
    """Give the command lines that name the directory, guard and server alike."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(base) in line and process.info["status"] != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
            found.append(line)
    return found


def wait_until(is_true: Callable[[], bool], timeout_s: float = 10.0) -> bool:
    """Poll; whether it came true in time."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_clean(base: Path) -> bool:
    """Whether nothing of a server is left: no process, no directory."""
    return not list(base.iterdir()) and not list_processes(base)


def list_segments() -> set[str]:
    """Give the shared memory that servers of this user hold outside their directory."""
    return {path.name for path in SHARED_MEMORY.glob("PostgreSQL.*")} if SHARED_MEMORY.is_dir() else set()
