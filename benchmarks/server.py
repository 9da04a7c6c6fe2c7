"""The development server: from nothing to the first query."""

import contextlib
from collections.abc import Iterator

import psycopg

from benchmarks.measure import Result, best_of
from pgcraft.devdb.server.servers import start_server

ROUNDS = 3


def measure() -> Iterator[Result]:
    """Return the cold start, with initdb, and the usual one from a kept pristine cluster."""
    _start(keep=True)
    cold, warm = best_of(ROUNDS, lambda: _start(keep=False), lambda: _start(keep=True))
    yield Result("development server, cold start and end", cold, limit_s=1.5)
    yield Result("development server, usual start and end", warm)


def _start(*, keep: bool) -> None:
    with (
        start_server(keep=keep) as server,
        contextlib.closing(psycopg.connect(server.conninfo("postgres"))) as connection,
    ):
        connection.execute("SELECT 1")
