"""Starts our programs, and Alembic's, from a process that has imported what they import: a fork in place of a second.

A thousand tests run `pgcraft`, `alembic` or the child of the service, each a real process with the arguments, files,
folder and environment that it is given; but nine tenths of its time went into importing the same libraries. Everything
else is started as always, and so are these where a variable of Python's own is set, and in tests that take the fixture
``real_processes``: those about how processes begin and end.

The standard library alone is used here: the processes that are forked load this module, too.
"""

import array
import inspect
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RealPopen = subprocess.Popen
SERVER = Path(__file__).with_name("forkserver.py")
FORKED = Path(__file__).with_name("forked.py")
"""The program `pgcraft` as a script whose own processes are forked."""
BIN = Path(sys.executable).parent
SCRIPTS = {str(BIN / name) for name in ("pgcraft", "alembic")}
CHILD = "pgcraft.worker"
MODULES = {"pgcraft", CHILD, "alembic", "tests.service.writing"}
INTERPRETER_OPTIONS = {"-u", "-P"}
GUARD = ["-I", "-S", "-c"]
"""How a guard of a development server is started, with its code, what it is to do, and where pgcraft is."""
IN_A_TERMINAL = "tui"
_PARAMETERS = tuple(inspect.signature(RealPopen._execute_child).parameters)[1:]
_UNSUPPORTED = ("preexec_fn", "shell", "executable", "startupinfo")


class Forks:
    """Where processes are asked for.

    Args:
        asking: leads to a server that runs already; None to start one when it is first asked.
        environment: the server's own.
    """

    def __init__(self, asking: socket.socket | None, environment: Mapping[str, str]) -> None:
        self._asking = asking
        self._fixed = _pick_fixed(environment)
        self._server: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def can_run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Whether this is one of the programs, and Python starts in this environment as it did for the server."""
        return is_program(arguments) and _pick_fixed(environment) == self._fixed

    def ask(self, request: dict[str, Any], files: Sequence[int]) -> socket.socket:
        """Ask for a process.

        Returns:
            What tells its number, and its status when it has ended.
        """
        with self._starting:
            asking = self._asking = self._asking or self._start()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            numbers = array.array("i", [theirs.fileno(), asking.fileno(), *files])
            asking.sendmsg([json.dumps(request).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
        return ours

    def close(self) -> None:
        """Wait for the server, which ends as nobody is left who may ask it."""
        if self._asking and self._server:
            self._asking.close()
            self._server.wait()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, str(SERVER), str(number)]
            self._server = RealPopen(
                command, stdin=subprocess.DEVNULL, cwd="/", pass_fds=[number], start_new_session=True
            )
        return ours


class ForkedPopen(RealPopen):  # type: ignore[type-arg]
    """A process, forked where that can be."""

    forks: Forks | None = None
    _told: socket.socket | None = None

    def _execute_child(self, *values: Any) -> None:
        asked = dict(zip(_PARAMETERS, values, strict=True))
        environment = dict(os.environ if asked["env"] is None else asked["env"])
        arguments = resolve(asked["args"], environment)
        is_plain = asked["close_fds"] and not any(asked[name] for name in _UNSUPPORTED)
        if not (self.forks and is_plain and self.forks.can_run(arguments, environment)):
            super()._execute_child(*values)
            return
        files = {number: number for number in sorted(asked["pass_fds"])}
        pipes = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        files |= {number: number if pipe == -1 else pipe for number, pipe in enumerate(pipes)}
        request = {
            "arguments": arguments,
            "environment": environment,
            "files": list(files),
            "folder": os.fspath(asked["cwd"] or Path.cwd()),
            "new_session": asked["start_new_session"],
        }
        self._told = self.forks.ask(request, list(files.values()))
        self._close_pipe_fds(*values[_PARAMETERS.index("p2cread") :][:6])
        self.pid = json.loads(self._told.recv(100))["pid"]
        self._child_created = True

    def _internal_poll(self, *values: Any, **named: Any) -> int | None:
        if self._told is None:
            return super()._internal_poll(*values, **named)
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._told is None:
            return super()._try_wait(wait_flags)
        try:
            told = self._told.recv(100, socket.MSG_DONTWAIT if wait_flags & os.WNOHANG else 0)
        except BlockingIOError:
            return 0, 0
        self._told.close()
        return self.pid, json.loads(told)["status"]


@contextmanager
def forking() -> Iterator[None]:
    """Let every process of `subprocess` be forked that can be; on Linux, whose sockets keep packets apart."""
    if sys.platform != "linux":
        yield
        return
    forks = Forks(None, os.environ)
    use(forks)
    try:
        yield
    finally:
        subprocess.Popen = RealPopen  # type: ignore[misc]
        forks.close()


def use(forks: Forks) -> None:
    """Ask there for processes."""
    ForkedPopen.forks = forks
    subprocess.Popen = ForkedPopen  # type: ignore[misc]


@contextmanager
def forking_off() -> Iterator[None]:
    """Start every process as always."""
    forks = ForkedPopen.forks
    ForkedPopen.forks = None
    try:
        yield
    finally:
        ForkedPopen.forks = forks


def resolve(arguments: Any, environment: Mapping[str, str]) -> list[str]:
    """Return the arguments as text, the program as a path."""
    given = [arguments] if isinstance(arguments, str | bytes | os.PathLike) else arguments
    program, *rest = map(os.fsdecode, given)
    return [shutil.which(program, path=environment.get("PATH", os.defpath)) or program, *rest]


def is_program(arguments: Sequence[str]) -> bool:
    """Whether this starts one of the programs, as a script or as a module."""
    if arguments[0] in SCRIPTS:
        return IN_A_TERMINAL not in arguments[1:2]
    if is_guard(arguments):
        return True
    options = [each for each in arguments[1:] if each not in INTERPRETER_OPTIONS][:2]
    return arguments[0] == sys.executable and options[:1] == ["-m"] and options[1:] != [] and options[1] in MODULES


def is_guard(arguments: Sequence[str]) -> bool:
    """Whether this starts the guard of a development server."""
    program, *options = arguments[:5]
    return program == sys.executable and options[:3] == GUARD and "pgcraft.devdb.server.guard" in options[3]


def _pick_fixed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which a Python is another one from its start."""
    starts = ("PYTHON", "LC_", "LANG", "TZ", "LD_")
    known = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    return {name: value for name, value in environment.items() if name.startswith(starts) and name not in known}
