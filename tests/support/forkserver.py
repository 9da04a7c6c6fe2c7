"""Forks itself for each program that `tests.support.forking` asks for, having imported what programs import.

A script, started with the number of a socket. Each packet asks for one process: a JSON object, and beside it the files
that the process is to have. What runs then is what `python SCRIPT …` or `python -m MODULE …` runs.
"""

import array
import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import forking

del sys.path[0]  # the folder of this script, as a program's own takes its place

PACKET = 1 << 18
MANY = 64
ERRORS = 2
CANNOT_FLUSH = 120
HIGH = 500
"""Files that a program does not know of have numbers from here on."""
PRELOADED = ("alembic.command", "alembic.config", "psycopg", "typer._adapters")
"""Libraries; of ours, every module is loaded that is no program itself and does not draw screens."""


def main() -> None:
    """Serve until nobody is left who may ask; a forked process leaves as the program that it is."""
    asked = socket.socket(fileno=int(sys.argv[1]))
    environment = dict(os.environ)
    _preload()
    running: dict[int, socket.socket] = {}
    ended, has_ended = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(has_ended, warn_on_full_buffer=False)
    while True:
        ready = select.select([asked, ended], [], [])[0]
        if ended in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(ended, PACKET)
            _reap(running)
        if asked in ready:
            message, files = _receive(asked)
            if not message:
                return
            pid = os.fork()
            if not pid:
                break
            running[pid] = socket.socket(fileno=files[0])
            for file in files[1:]:
                os.close(file)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for other in running.values():
        other.detach()
    asked.detach()
    _leave(lambda: _run(json.loads(message), files, environment))


def _preload() -> None:
    """Import what programs import; none of it is garbage, and there is more of it than a program of ours looks through."""
    import pgcraft
    from pgcraft import garbage

    ours = (module.name for module in pkgutil.walk_packages(pgcraft.__path__, "pgcraft."))
    for name in (*PRELOADED, *ours):
        if not name.endswith(".__main__"):
            importlib.import_module(name)
    assert "textual" not in sys.modules
    gc.collect()
    garbage.resume_seldom()


def _receive(asked: socket.socket) -> tuple[bytes, list[int]]:
    files = array.array("i")
    try:
        message, ancillary, _, _ = asked.recvmsg(PACKET, socket.CMSG_LEN(MANY * files.itemsize))
    except ConnectionResetError:  # as nobody is left who may ask
        return b"", []
    for _level, _type, data in ancillary:
        files.frombytes(data)
    return message, list(files)


def _reap(running: dict[int, socket.socket]) -> None:
    """Tell of each process that has ended to the one who asked for it."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as asker, contextlib.suppress(OSError):
            asker.send(json.dumps({"status": status}).encode())


def _run(request: dict[str, Any], files: list[int], environment: dict[str, str]) -> None:
    """Be the program that was asked for."""
    if request["new_session"]:
        os.setsid()
    asker, asking = _place(files, request["files"])
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    asker.send(json.dumps({"pid": os.getpid()}).encode())
    asker.close()
    _, *options = arguments = request["arguments"]
    is_safe = is_unbuffered = False
    if forking.is_guard(arguments):
        os.close(asking)
        _open_streams(is_unbuffered=False)
        sys.argv = ["-c", *options[4:]]
        exec(options[3], {"__name__": "__main__"})
        return
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    while options and options[0] in forking.INTERPRETER_OPTIONS:
        is_safe |= options[0] == "-P"
        is_unbuffered |= options[0] == "-u"
        del options[0]
    _open_streams(is_unbuffered=is_unbuffered)
    if arguments[0] in forking.SCRIPTS or options[1] != forking.CHILD:
        forking.use(forking.Forks(socket.socket(fileno=asking), environment))
    if arguments[0] in forking.SCRIPTS:
        sys.argv = arguments
        sys.path[:0] = [str(Path(arguments[0]).parent), *_find_others()]
        runpy.run_path(arguments[0], run_name="__main__")
    else:
        sys.argv = options[1:]
        sys.path[:0] = [*([] if is_safe else [request["folder"]]), *_find_others()]
        runpy.run_module(options[1], run_name="__main__", alter_sys=True)


def _find_others() -> list[str]:
    """Return what PYTHONPATH puts before the libraries; of those that are loaded, nothing is to be found there."""
    return [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]


def _leave(run: Callable[[], None]) -> NoReturn:
    """End as Python ends, but for the taking apart of all modules: that would copy every page of the server."""
    status: object = 0
    try:
        run()
    except SystemExit as error:
        status = error.code
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    if status is not None and not isinstance(status, int):
        sys.stderr.write(f"{status}\n")
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        print(f"Exception ignored in: {sys.stdout!r}\n{error!r}", file=sys.stderr)
        status = CANNOT_FLUSH
    os._exit((status or 0) & 0xFF)


def _place(files: list[int], numbers: list[int]) -> tuple[socket.socket, int]:
    """Return each file the number that it has for the one who asks, and close all others."""
    asker, asking, *named = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, HIGH) for file in files]
    os.closerange(3, HIGH)
    for file, number in zip(named, numbers, strict=True):
        os.dup2(file, number)
        os.close(file)
    return socket.socket(fileno=asker), asking


def _open_streams(*, is_unbuffered: bool) -> None:
    """Let Python's streams lead to the files that have come into the place of the old ones, as at its start."""
    for name, number, mode in (("stdin", 0, "rb"), ("stdout", 1, "wb"), ("stderr", 2, "wb")):
        old = getattr(sys, name)
        is_raw = is_unbuffered and number > 0
        buffer: Any = open(number, mode, 0 if is_raw else -1, closefd=False)  # noqa: SIM115
        is_line = os.isatty(number) or number == ERRORS
        stream = io.TextIOWrapper(buffer, old.encoding, old.errors, line_buffering=is_line, write_through=is_raw)
        stream.mode = mode[0]  # type: ignore[misc]
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    main()
