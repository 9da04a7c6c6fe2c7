"""Making, copying, starting and stopping a cluster. Runs in the guard, standard library only."""

import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from pgcraft.devdb.server.directories import RunDirectory, make_run_directory, remove_directory
from pgcraft.devdb.server.identity import ENVIRONMENT, Identity
from pgcraft.devdb.server.shared_memory import find_segment_files
from pgcraft.devdb.server.watch import Process, Watch
from pgcraft.versions import BUILTIN_LOCALES

PORT = 5432
"""Names the socket file; nothing listens on a network port."""

POLL_S = 0.005
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
KEPT_DAYS = 60
"""A pristine cluster (25 MB) that no server was made of for so long is removed when a new one is kept."""

WAL_SEGMENT = "--wal-segsize=1"
"""Small segments: the first one is copied with every cluster, and what is made here writes little."""

CHUNK = 1 << 20

MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=4194304"
    ":glibc.malloc.mmap_threshold=67108864:glibc.malloc.trim_threshold=67108864"
}
"""Planning a query on all system catalogs takes megabytes; in large pages that are kept, a third less time."""

COMPLAINT = re.compile(r"\b(?:error|ERROR|FATAL|PANIC):")

SETTINGS = {
    # Nothing here has to outlive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    # Small: the directory may be memory.
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "max_connections": "100",
    # One transaction may make ten thousand objects.
    "max_locks_per_transaction": "1024",
    # Segments live in the data directory and go with it, even when a stranger kills the postmaster.
    "dynamic_shared_memory_type": "mmap",
    # The same text everywhere.
    "timezone": "UTC",
    "jit": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


class FailedError(Exception):
    """A program ended with an error; ``detail`` is the end of what it printed."""

    def __init__(self, what: str, log: Path) -> None:
        self.detail = _read_end(log)
        complaint = next((line for line in self.detail.splitlines() if COMPLAINT.search(line)), "")
        super().__init__(f"{what}: {complaint}" if complaint else what)


def initialize(run: RunDirectory, major: int, identity: Identity, watch: Watch) -> None:
    """Make a pristine cluster in ``run.data`` with initdb.

    Raises:
        FailedError: initdb refused.
        StoppedError: the end came; no process is left.
    """
    if major >= BUILTIN_LOCALES:
        ways = [["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    else:
        ways = [["--locale-provider=libc", "--locale=C.UTF-8"], ["--locale-provider=libc", "--no-locale"]]
    command = ["initdb", "-D", str(run.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    status = None
    for locale in ways:  # the second for systems whose C library has no C.UTF-8
        status = _run([*command, WAL_SEGMENT, "--no-sync", "--no-instructions", *locale], run, identity, watch)
        if status == 0:
            return
        shutil.rmtree(run.data, ignore_errors=True)
    raise FailedError(f"initdb ended with status {status}", run.log)


def keep_pristine(run: RunDirectory, kept: Path) -> None:
    """Copy a cluster that no server has opened yet to ``kept``, in one step; without room there it is let be."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        temporary = make_run_directory(kept.parent)  # locked, and so swept when this process dies
        try:
            shutil.copytree(run.data, temporary.data, copy_function=shutil.copyfile)
            temporary.data.rename(kept)  # fails when another process was faster: its copy is as good
        finally:
            remove_directory(temporary.path)
            os.close(temporary.lock)
        _forget_unused(kept)


def _forget_unused(kept: Path) -> None:
    """Remove the clusters beside this one that no server was made of for long: each release leaves its own."""
    oldest = time.time() - KEPT_DAYS * 24 * 60 * 60
    for other in kept.parent.glob(f"{kept.name.partition('-')[0]}-*"):
        if other != kept and other.stat().st_mtime < oldest:
            remove_directory(other)


def copy_pristine(kept: Path, run: RunDirectory) -> None:
    """Copy a cluster that no server has opened yet, and note that it is in use."""
    with contextlib.suppress(OSError):
        os.utime(kept)
    _copy_folder(os.fspath(kept), os.fspath(run.data))


def _copy_folder(source: str, target: str) -> None:
    """Copy a folder of plain files, readable by nobody else; shutil takes twice the time for a thousand small ones."""
    os.mkdir(target, 0o700)  # noqa: PTH102
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir():
                _copy_folder(entry.path, f"{target}/{entry.name}")
            else:
                _copy_file(entry.path, f"{target}/{entry.name}")


def _copy_file(source: str, target: str) -> None:
    reading = os.open(source, os.O_RDONLY)
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            while data := os.read(reading, CHUNK):
                if os.write(writing, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def start(run: RunDirectory, identity: Identity, watch: Watch, settings: Mapping[str, str]) -> Process:
    """Start the server and wait until it answers.

    Raises:
        FailedError: it ended, or was not ready within START_TIMEOUT_S.
        StoppedError: the end came; no process is left.
    """
    chosen = {**SETTINGS, **settings, "unix_socket_directories": str(run.path)}
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    server = _spawn(["postgres", "-D", str(run.data), *options], run, identity)
    try:
        _wait_until_ready(server, run, watch)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: Process) -> bool:
    """End the server at once; whether it ended. Never SIGKILL: its children would live on."""
    with contextlib.suppress(ProcessLookupError):
        server.send_signal(signal.SIGQUIT)
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _wait_until_ready(server: Process, run: RunDirectory, watch: Watch) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _answers(run):
        if watch.wait(server, POLL_S) is not None:
            raise FailedError(f"the server ended with status {server.returncode}", run.log)
        if time.monotonic() > deadline:
            raise FailedError(f"the server was not ready within {START_TIMEOUT_S:g} s", run.log)


def _answers(run: RunDirectory) -> bool:
    try:
        lines = (run.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(run.path / f".s.PGSQL.{PORT}"))
    except OSError:
        return False
    return True


def _run(command: list[str], run: RunDirectory, identity: Identity, watch: Watch) -> int | None:
    """Run a program to its end; when our end comes first, end it with all of its children."""
    child = _spawn(command, run, identity)
    try:
        return watch.wait(child)
    except BaseException:
        _kill_group(child, run.data)
        raise


def _kill_group(child: Process, data: Path) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGSTOP)  # so that no segment is made after the look
        segments = find_segment_files(data)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for segment in segments:
            segment.unlink(missing_ok=True)


def _spawn(command: list[str], run: RunDirectory, identity: Identity) -> Process:
    with run.log.open("ab") as log:
        return subprocess.Popen(
            [str(identity.bindir / command[0]), *command[1:]],
            preexec_fn=identity.prepare,
            env=ENVIRONMENT | MEMORY,
            cwd=run.path,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(run.lock,),
        )


def _read_end(log: Path, size: int = 4000) -> str:
    try:
        return log.read_bytes()[-size:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
