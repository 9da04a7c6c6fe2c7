"""The guard: a small process that makes a throw-away server, and ends it when its parent ends in whatever way.

The parent holds the write end of the guard's stdin and never writes to it. End of file means that the parent has
stopped the server or is dead, ``kill -9`` included: the guard then ends the server and removes its directory. It has a
session of its own, so Ctrl-C in the parent's terminal reaches neither guard nor server.

Says on stdout, one JSON line each: ``{"stage": "initdb"}``, then ``{"ready": {…}}`` or ``{"failed": "…"}``.
"""

import contextlib
import json
import os
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from pgcraft.devdb.server.cluster import PORT, FailedError, copy_pristine, initialize, keep_pristine, start, stop
from pgcraft.devdb.server.directories import (
    RunDirectory,
    choose_base,
    make_run_directory,
    remove_directory,
    sweep,
)
from pgcraft.devdb.server.identity import Identity, choose_identity
from pgcraft.devdb.server.shared_memory import remove_shared_memory
from pgcraft.devdb.server.watch import Process, StoppedError, Watch


@dataclass(frozen=True)
class Spec:
    """What the parent asks for.

    Attributes:
        bindir: the folder of ``initdb`` and ``postgres``.
        major: their major version.
        base: where to make the run directory; None for the fastest place with room.
        kept: where a pristine cluster of this build is kept between runs; None to keep none.
        allow_namespace: False to pass over the user namespace.
        settings: of the server, beside or instead of our own.
    """

    bindir: str
    major: int
    base: str | None = None
    kept: str | None = None
    allow_namespace: bool = True
    settings: dict[str, str] = field(default_factory=dict)


def main() -> NoReturn:
    """Do what ``sys.argv[1]`` asks for, a Spec as JSON, until the end."""
    os.umask(0o077)
    try:
        _guard(Spec(**json.loads(sys.argv[1])), Watch())
    except (StoppedError, BrokenPipeError):
        os._exit(0)
    except FailedError as error:
        _say_last(str(error), error.detail)
    except Exception as error:  # noqa: BLE001 the one gate: the parent makes an error with a code of it
        _say_last(str(error), traceback.format_exc())
    os._exit(1)


def _guard(spec: Spec, watch: Watch) -> None:
    base = Path(spec.base) if spec.base else choose_base()
    run = make_run_directory(base)
    server = None
    try:
        identity = choose_identity(Path(spec.bindir), run.path / "programs", allow_namespace=spec.allow_namespace)
        server = _make_server(spec, run, identity, watch)
        _say(ready={"directory": str(run.path), "port": PORT, "pid": server.pid})
        sweep(base, *([Path(spec.kept).parent] if spec.kept else []))
        status = watch.wait(server)
        raise FailedError(f"the server ended with status {status}", run.log)
    finally:
        watch.close()
        if server is None or stop(server):
            remove_shared_memory(run.data)
            remove_directory(run.path)


def _make_server(spec: Spec, run: RunDirectory, identity: Identity, watch: Watch) -> Process:
    if identity.owner:  # it must be able to make data directory and socket here
        os.chown(run.path, -1, identity.owner[1])
        run.path.chmod(0o770)
    kept = Path(spec.kept) if spec.kept and not identity.owner else None
    if kept and kept.is_dir():
        with contextlib.suppress(FailedError, OSError):
            copy_pristine(kept, run)
            return start(run, identity, watch, spec.settings)
        # Somebody took files out of it, or a disk filled up while it was made.
        remove_directory(kept)
        remove_directory(run.data)
    _say(stage="initdb")
    initialize(run, spec.major, identity, watch)
    if kept:
        keep_pristine(run, kept)
    return start(run, identity, watch, spec.settings)


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _say_last(failed: str, detail: str) -> None:
    try:
        _say(failed=failed, detail=detail)
    except OSError:
        os._exit(0)  # nobody listens any more
