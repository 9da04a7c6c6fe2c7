"""Throw-away PostgreSQL servers of our own, and servers that the user names. Standard library only.

A server of our own belongs to a guard process (`devdb.server.guard`) that ends it, and removes its directory, when
`Server.stop` is called or this process ends in whatever way. Any thread may start and stop one.
"""

import contextlib
import hashlib
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import pgcraft
from pgcraft.devdb.server.address import make_socket_url, replace_database, to_conninfo
from pgcraft.devdb.server.binaries import Binaries, find_binaries, find_binaries_of
from pgcraft.devdb.server.cluster import WAL_SEGMENT
from pgcraft.devdb.server.guard import Spec
from pgcraft.devdb.server.watch import Process
from pgcraft.errors import PGCraftDatabaseError

GUARD = "import sys; sys.path.insert(0, sys.argv.pop()); from pgcraft.devdb.server.guard import main; main()"
CANCEL_POLL_S = 0.02
STOP_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Server:
    """A server to make databases on.

    Attributes:
        base_url: SQLAlchemy URL of its maintenance database, by which another process can reach it.
        version: as the server says it: ``18.6``; empty for one that the user named.
        directory: its run directory with the socket; None for one that the user named.
        pid: of its first process; 0 for one that the user named.
    """

    base_url: str
    version: str = ""
    directory: Path | None = None
    pid: int = 0
    _guard: Process | None = field(default=None, repr=False, compare=False)

    @property
    def is_ours(self) -> bool:
        """Whether it is a throw-away server of our own."""
        return self._guard is not None

    @property
    def is_running(self) -> bool:
        """Whether a server of our own has not ended; always true of one that the user named."""
        return self._guard is None or self._guard.poll() is None

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return replace_database(self.base_url, database)

    def conninfo(self, database: str) -> str:
        """Return a database's address for psycopg, psql and other libpq programs."""
        return to_conninfo(self.url(database))

    def stop(self) -> None:
        """End a server of our own and wait until process and directory are gone; a second call does nothing."""
        if self._guard is not None:
            _end(self._guard)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class StartCancelledError(Exception):
    """The start was called off; nothing of it is left."""


def open_server(
    dev_url: str | None = None, *, cancel: threading.Event | None = None, major: int | None = None
) -> Server:
    """Return the server that the user named, or start one of our own.

    Args:
        dev_url: of the user's; None for one of our own.
        cancel: set it from any thread to call the start off.
        major: the version that is wanted; another one is taken where that is not installed.

    Raises:
        PGCraftDatabaseError: no programs (PGC501), no start (PGC502).
        StartCancelledError: ``cancel`` was set.
    """
    if dev_url:
        return Server(dev_url)
    return start_server(find_binaries_of(major) if major else None, cancel=cancel)


def start_server(
    binaries: Binaries | None = None,
    *,
    cancel: threading.Event | None = None,
    base: Path | None = None,
    keep: bool = True,
    allow_namespace: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Server:
    """Start a private server that listens on a socket only.

    Args:
        binaries: the programs; None for the first that `find_binaries` finds.
        cancel: set it from any thread to call the start off.
        base: where to make its directory; None for the fastest place with room.
        keep: whether a pristine cluster may be kept in the user's cache folder, so that the next start is a copy.
        allow_namespace: False to pass over the user namespace that root starts it in.
        settings: of the server, beside or instead of our own: ``{"max_connections": "250"}``.

    Raises:
        PGCraftDatabaseError: no programs (PGC501), no start (PGC502).
        StartCancelledError: ``cancel`` was set.
    """
    found = binaries or find_binaries()
    kept = _find_kept_cluster(found) if keep else None
    spec = Spec(
        bindir=str(found.bindir),
        major=found.major,
        base=str(base) if base else None,
        kept=str(kept) if kept else None,
        allow_namespace=allow_namespace,
        settings=dict(settings or {}),
    )
    guard = _spawn(spec)
    try:
        ready = _wait_until_ready(guard, found, cancel or threading.Event())
    except BaseException:
        _end(guard)
        raise
    directory = Path(ready["directory"])
    return Server(make_socket_url(str(directory), ready["port"]), found.version, directory, ready["pid"], guard)


def _spawn(spec: Spec) -> Process:
    package_root = Path(pgcraft.__file__).parent.parent
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GUARD, json.dumps(asdict(spec)), str(package_root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _wait_until_ready(guard: Process, binaries: Binaries, cancel: threading.Event) -> dict[str, Any]:
    for message in _read_messages(guard, cancel):
        if "ready" in message:
            return dict(message["ready"])
        if "failed" in message:
            raise _start_failed(binaries, message["failed"], message["detail"])
    raise _start_failed(binaries, f"its guard process ended with status {guard.wait()}", "")


def _read_messages(guard: Process, cancel: threading.Event) -> Iterator[dict[str, Any]]:
    """Return the guard's messages until its end, looking at ``cancel`` all the while."""
    assert guard.stdout is not None  # noqa: S101 it was opened with a pipe
    pipe, pending = guard.stdout.fileno(), b""
    while True:
        if cancel.is_set():
            raise StartCancelledError
        if not select.select([pipe], [], [], CANCEL_POLL_S)[0]:
            continue
        received = os.read(pipe, 65536)
        if not received:
            return
        *lines, pending = (pending + received).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _end(guard: Process) -> None:
    for pipe in (guard.stdin, guard.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        guard.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise PGCraftDatabaseError(
            "PGC503",
            f"the development server did not end within {STOP_TIMEOUT_S:g} s (guard process {guard.pid})",
            remedy="look at what it is doing; the next start removes its directory once it is gone",
        ) from error


def _start_failed(binaries: Binaries, what: str, detail: str) -> PGCraftDatabaseError:
    return PGCraftDatabaseError(
        "PGC502",
        f"PostgreSQL {binaries.version} from {binaries.bindir} could not be started: {what}",
        remedy="see the detail; another installation can be named with PGCRAFT_PG_BIN, a running server with --url",
        detail=detail,
    )


def _find_kept_cluster(binaries: Binaries) -> Path | None:
    """Return the place of this build's pristine cluster in the user's cache folder; many projects share it."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:  # a user without a home, as containers have them
        return None
    made_by = (binaries.bindir / "initdb").read_bytes() + WAL_SEGMENT.encode()
    build = hashlib.sha256(made_by).hexdigest()[:12]
    return home / "pgcraft" / f"cluster-{binaries.version}-{build}"
