"""A PostgREST server on loopback, over a database of the development server. Standard library only."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pgcraft.devdb.server.address import to_conninfo
from pgcraft.devdb.server.watch import Process
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.scrub import scrub

PROGRAM = "PGCRAFT_POSTGREST"
"""The environment variable that names the program."""

HOST = "127.0.0.1"
USUAL_PORT = 3000
READY_TIMEOUT_S = 30.0
POLL_S = 0.02
LEAST_SECRET = 32
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")


def find_postgrest() -> Path:
    """Return the program: what ``PGCRAFT_POSTGREST`` names, or else ``postgrest`` on PATH.

    Raises:
        PGCraftDatabaseError: PGC530, there is none.
    """
    named = os.environ.get(PROGRAM)
    found = shutil.which(named or "postgrest")
    if found is not None:
        return Path(found).absolute()
    where = f"{PROGRAM} names {named}, which is no program" if named else f"{PROGRAM} is not set, nor is one on PATH"
    raise PGCraftDatabaseError(
        "PGC530",
        f"there is no PostgREST server to start: {where}",
        remedy="get one from https://postgrest.org, and put it on PATH or name it; a runs requests without it",
    )


@dataclass(frozen=True)
class Running:
    """A server that was started.

    Attributes:
        address: ``http://127.0.0.1:3000``.
    """

    address: str
    process: Process
    _log: IO[bytes]

    @property
    def printed(self) -> str:
        """The end of what it wrote, without passwords."""
        self._log.seek(0)
        return scrub(self._log.read().decode("utf-8", "replace"))[-4000:]


@contextmanager
def serve(program: Path, database_url: str, *, schemas: tuple[str, ...], anon_role: str) -> Iterator[Running]:
    """Run the server, which is ended with the block.

    The address is that of the loopback interface, port 3000 where it is free. Tokens are checked when
    ``PGRST_JWT_SECRET`` is set; else every request is the anonymous role's.

    Args:
        program: of PostgREST.
        database_url: SQLAlchemy URL; its password, where it has one, goes to the server's environment only.
        schemas: that are exposed, the first one without a profile.
        anon_role: of requests without a token.

    Raises:
        PGCraftDatabaseError: PGC531, it ended, or did not answer within READY_TIMEOUT_S.
    """
    port, admin_port = _find_free_port(USUAL_PORT), _find_free_port()
    settings = {
        "db_uri": to_conninfo(database_url),
        "db_schemas": ",".join(schemas),
        "db_anon_role": anon_role,
        "server_host": HOST,
        "server_port": str(port),
        "admin_server_port": str(admin_port),
        "log_level": "error",
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(program)], env=_make_environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        running = Running(f"http://{HOST}:{port}", process, log)
        try:
            _wait_until_ready(running, program, f"http://{HOST}:{admin_port}/ready")
            yield running
        finally:
            process.kill()
            process.wait()


def _make_environment(settings: dict[str, str]) -> dict[str, str]:
    """Return what the server sees: nothing of the user's own settings but the secret of the tokens."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {f"PGRST_{name.upper()}": value for name, value in settings.items()}
    secret = os.environ.get("PGRST_JWT_SECRET", "")
    return environment | ({"PGRST_JWT_SECRET": secret} if len(secret) >= LEAST_SECRET else {})


def _wait_until_ready(running: Running, program: Path, url: str) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not _answers(url):
        status = running.process.poll()
        if status is not None or time.monotonic() > deadline:
            how = f"it ended with status {status}" if status is not None else f"it took over {READY_TIMEOUT_S:g} s"
            raise PGCraftDatabaseError(
                "PGC531",
                f"PostgREST ({program}) could not be started: {how}",
                remedy="its own words are in the detail; pgcraft was tested with PostgREST 12",
                detail=running.printed,
            )
        time.sleep(POLL_S)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), opener.open(url, timeout=5) as response:
        return int(response.status) == 200
    return False


def _find_free_port(wanted: int = 0) -> int:
    """Return the wanted port of the loopback interface, or any other where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise PGCraftDatabaseError("PGC531", f"no port of {HOST} is free", remedy="end a program that listens there")
