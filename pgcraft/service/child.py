"""One child process, `python -m pgcraft.worker`: started, asked once, watched, and ended with all that it started.

The protocol has two pipes of its own; the child's stdout and stderr are a third, so that nothing which the user's code
or a C library writes can disturb it. A fourth pipe, the lifeline, carries nothing: the child ends when it closes, which
the kernel does for us however this process ends.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pgcraft.errors import PGCraftError, PGCraftLoadError
from pgcraft.service.capture import Capture
from pgcraft.service.protocol import Answered, Message, Ready, read_body, read_message, write_request
from pgcraft.service.types import OnProgress, Progress, Stage

CHUNK = 1 << 20
POLL_S = 0.02
WORK_TIMEOUT_S = 600.0
"""How long a stage that runs on a database may go without a word."""

GRACE_S = 2.0
"""How long a child that no longer speaks may take to end."""

T = TypeVar("T")


class Child:
    """A child process; :meth:`ask` may be called once."""

    def __init__(self, folder: Path) -> None:
        requests_in, self._requests = os.pipe()
        self._answers, answers_out = os.pipe()
        self._printed, printed_out = os.pipe()
        lifeline, self._lifeline = os.pipe()
        theirs = (requests_in, answers_out, lifeline)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-P", "-m", "pgcraft.worker", *map(str, theirs)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=printed_out,
                stderr=printed_out,
                pass_fds=theirs,
                start_new_session=True,
            )
        except OSError:
            self._close_pipes()
            raise
        finally:
            for pipe in (*theirs, printed_out):
                os.close(pipe)
        self._capture = Capture()
        self._pending: list[bytes] = []
        self._deadline = 0.0
        self._is_closed = False
        self._closing = threading.Lock()

    @property
    def printed(self) -> str:
        """What the child wrote to stdout and stderr so far."""
        self._drain()
        return self._capture.text

    def kill(self) -> None:
        """End the child's whole process group at once, from any thread."""
        if not self._is_closed:  # later the number may be another's
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the child, and what it started, and forget its pipes."""
        self.kill()
        self.process.wait()
        with self._closing:  # a number closed twice may be another pipe's by then
            if not self._is_closed:
                self._is_closed = True
                self._close_pipes()

    def ask(
        self,
        request: object,
        answer_type: type[T],
        *,
        import_timeout_s: float,
        on_progress: OnProgress,
        cancelled: threading.Event,
    ) -> T:
        """Send a request and wait for its answer.

        Args:
            request: one of `pgcraft.service.requests`.
            answer_type: what comes back.
            import_timeout_s: wall-clock seconds for importing the user's models.
            on_progress: called in this thread for every stage that the child reports.
            cancelled: set from any thread to end the child.

        Raises:
            PGCraftLoadError: the child ran out of time (PGC302), died (PGC303), or was cancelled (PGC390).
            PGCraftError: whatever the child answered with.
        """
        with contextlib.suppress(BrokenPipeError):
            _write_all(self._requests, write_request(request))
        stage = Stage.START
        self._deadline = time.monotonic() + WORK_TIMEOUT_S
        for message in self._messages(cancelled):
            match message:
                case Ready():
                    pass
                case Progress():
                    stage = message.stage
                    self._deadline = time.monotonic() + _limit(stage, import_timeout_s)
                    on_progress(message)
                case Answered(body):
                    return read_body(answer_type, body)
                case PGCraftError():
                    raise self._with_printed(message)
                case None:
                    self.kill()
                    raise self._out_of_time(stage, _limit(stage, import_timeout_s))
        raise make_cancelled() if cancelled.is_set() else self._died()

    def _messages(self, cancelled: threading.Event) -> Iterator[Message | None]:
        """Return the child's messages until its end; None when the deadline has passed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            selector.register(self._printed, selectors.EVENT_READ)
            while self._answers in selector.get_map():
                if cancelled.is_set():
                    raise make_cancelled()
                has_ended = self.process.poll() is not None  # asked first: what it wrote last is in the pipe by now
                ready = {key.fd: os.read(key.fd, CHUNK) for key, _ in selector.select(POLL_S)}
                for pipe, data in ready.items():
                    if not data:
                        selector.unregister(pipe)
                    elif pipe == self._printed:
                        self._capture.add(data)
                    else:
                        yield from self._split(data)
                if self._answers not in ready and has_ended:
                    return  # something that it started still holds its pipes
                if time.monotonic() > self._deadline:
                    yield None

    def _split(self, data: bytes) -> Iterator[Message]:
        self._pending.append(data)
        if b"\n" in data:
            *lines, rest = b"".join(self._pending).split(b"\n")
            self._pending = [rest]
            yield from (read_message(line) for line in lines)

    def _out_of_time(self, stage: Stage, limit: float) -> PGCraftLoadError:
        return PGCraftLoadError(
            "PGC302",
            f"{stage} took longer than {limit:g} s and was stopped",
            remedy="is there a loop without an end, or a wait for input or for a server, at the top of a module? "
            "For models that need longer, set load_timeout (seconds) under [tool.pgcraft]",
            detail=self._detail(),
        )

    def _died(self) -> PGCraftLoadError:
        with contextlib.suppress(subprocess.TimeoutExpired):  # it closed its pipes and lives on
            self.process.wait(GRACE_S)
        self.kill()
        status = self.process.wait()
        how = f"exited with status {status}" if status >= 0 else f"was ended by {_name_signal(-status)}"
        return PGCraftLoadError(
            "PGC303",
            f"the process that imports the models {how} before it could answer",
            remedy="look for os._exit, a crash in a compiled module, or too little memory; what it wrote last is below",
            detail=self._detail(),
        )

    def _with_printed(self, error: PGCraftError) -> PGCraftError:
        self._drain()
        if printed := self._capture.last_lines():
            error.detail = f"{error.detail}\n\nit wrote:\n{printed}".lstrip("\n")
        return error

    def _detail(self) -> str:
        self._drain()
        lines = self._capture.last_lines()
        return f"what it wrote last:\n{lines}" if lines else "it wrote nothing"

    def _drain(self) -> None:
        """Read what stands in the pipe."""
        os.set_blocking(self._printed, False)
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._printed, CHUNK):
                self._capture.add(data)

    def _close_pipes(self) -> None:
        for pipe in (self._requests, self._answers, self._printed, self._lifeline):
            with contextlib.suppress(OSError):
                os.close(pipe)


def _limit(stage: Stage, import_timeout_s: float) -> float:
    return import_timeout_s if stage is Stage.IMPORT else WORK_TIMEOUT_S


def make_cancelled() -> PGCraftLoadError:
    """Return the error of work that was called off."""
    return PGCraftLoadError("PGC390", "cancelled", remedy="nothing was changed")


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _write_all(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
