"""Blocking work, off the event loop: daemon threads that only post what they found.

An answer reaches its owner's message loop unless a newer job of the same name was started, the job was stopped,
or the owner is gone. Threads are daemons of our own and not Textual's workers, whose executor is waited for when the
loop ends: quitting never waits.
"""

import asyncio
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeVar

from pgcraft.errors import PGCraftError, PGCraftLoadError
from pgcraft.scrub import scrub
from pgcraft.service.types import OnProgress, Progress
from pgcraft.service.work import stopped_by

Answer = TypeVar("Answer")

BUG = "PGC391"
"""The code of what should not have happened."""

CANCELLED = "PGC390"
"""The code of the error that work ends with when the user stopped it."""


class Owner(Protocol):
    """The app, a screen or a widget: what has a message loop."""

    def call_later(self, callback: Callable[[], object], /) -> bool:
        """Call something in the loop, when what waits there has been done; may be asked from any thread."""
        ...


class JobKind(Enum):
    """Whose wish a job is, and so what Esc does to it."""

    ASKED = "asked for"
    """The user wants the answer; Esc stops it on the screen that shows it."""
    BACKGROUND = "background"
    """Nobody asked, so no Esc is for it; a newer one of its name takes its place."""
    LOCAL = "local"
    """A moment's computing in this process; it is neither shown nor stopped."""


@dataclass(frozen=True)
class Job:
    """One piece of work under way.

    Attributes:
        name: what is done, as ``load``; one answer a name is awaited.
        refuse: gives the owner an error instead of the answer.
        shown_on: the screen that shows it, or the app, whose work the main screen shows; Esc stops it there.
        stopped: set when nobody waits for the answer any more: it calls off this work, and no other.
    """

    name: str
    number: int
    kind: JobKind
    refuse: Callable[[PGCraftError], object]
    shown_on: Owner
    stopped: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """Starts work in threads and drops answers that nobody waits for any more.

    Args:
        changed: called in the event loop's thread when a job has begun or ended.
    """

    def __init__(self, *, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._current: dict[str, Job] = {}
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def wait_idle(self) -> None:
        """Wait until no answer is awaited."""
        await self._idle.wait()

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the jobs whose answers are awaited, in the order of their start."""
        return tuple(self._current)

    @property
    def foreground(self) -> tuple[str, ...]:
        """Those of them that the user asked for."""
        return tuple(name for name, job in self._current.items() if job.kind is JobKind.ASKED)

    @property
    def shown(self) -> tuple[str, ...]:
        """Those that the header tells of."""
        return tuple(name for name, job in self._current.items() if job.kind is not JobKind.LOCAL)

    def is_running(self, name: str) -> bool:
        """Whether the answer of this job is awaited."""
        return name in self._current

    def start(
        self,
        name: str,
        work: Callable[[OnProgress], Answer],
        *,
        owner: Owner,
        done: Callable[[Answer], object],
        failed: Callable[[PGCraftError], object],
        progressed: Callable[[Progress], object] | None = None,
        kind: JobKind = JobKind.ASKED,
        delay_s: float = 0.0,
        shown_on: Owner | None = None,
    ) -> Job:
        """Run `work` in a thread; a job of the same name that still runs is stopped, its answer dropped.

        Args:
            name: what is done, as ``load``; one answer a name is awaited.
            work: gets a function to report progress to; may raise PGCraftError.
            owner: the app, screen or widget in whose message loop the callbacks run.
            done: gets the answer.
            failed: gets the error; PGC390 when the job was stopped.
            progressed: gets each report.
            kind: whose wish it is.
            delay_s: wait so long before; a job that is dropped in this time does no work.
            shown_on: the screen that shows it, where that is not the owner.
        """
        job = self._await(name, kind, failed, shown_on or owner)

        def report(progress: Progress) -> None:
            if progressed is not None:
                post(owner, lambda: self._current.get(name) is job and progressed(progress))

        def run() -> None:
            time.sleep(delay_s)
            if self._current.get(name) is not job:
                return
            try:
                with stopped_by(job.stopped):
                    answer = work(report)
            except Exception as error:  # noqa: BLE001  a bug must be told on the screen, not written over it
                caught = error if isinstance(error, PGCraftError) else _describe_bug(name, error)
                post(owner, lambda: self._finish(job, lambda: failed(caught)))
            else:
                post(owner, lambda: self._finish(job, lambda: done(answer)))

        threading.Thread(target=run, name=f"{name}-{job.number}", daemon=True).start()
        self._changed()
        return job

    def _await(self, name: str, kind: JobKind, failed: Callable[[PGCraftError], object], shown_on: Owner) -> Job:
        """Make the job whose answer is awaited from now on under this name."""
        self._count += 1
        job = Job(name, self._count, kind, failed, shown_on)
        former = self._current.pop(name, None)
        if former is not None:
            former.stopped.set()
        self._current[name] = job
        self._idle.clear()
        return job

    def stop(self, *shown_on: Owner) -> bool:
        """Stop what the user asked for and these show; False when there was nothing to stop."""
        stopped = [job for job in self._current.values() if job.kind is JobKind.ASKED and job.shown_on in shown_on]
        for job in stopped:
            job.stopped.set()
            self._finish(job, lambda job=job: job.refuse(_make_cancelled(job.name)))  # type: ignore[misc]
        return bool(stopped)

    def _finish(self, job: Job, deliver: Callable[[], object]) -> None:
        if self._current.get(job.name) is job:
            del self._current[job.name]
            deliver()
            if not self._current:
                self._idle.set()
            self._changed()


def _make_cancelled(name: str) -> PGCraftError:
    return PGCraftLoadError(CANCELLED, f"{name} was cancelled")


def _describe_bug(name: str, error: Exception) -> PGCraftError:
    return PGCraftLoadError(
        BUG,
        scrub(f"pgcraft failed in {name}: {type(error).__name__}: {error}"),
        remedy="this is not your models' fault; please report it with the traceback",
        detail=scrub("".join(traceback.format_exception(error))),
    )


def post(owner: Owner, callback: Callable[[], object]) -> None:
    """Let the owner's message loop call something, from any thread; nobody waits for it when the loop has ended."""
    try:
        owner.call_later(callback)
    except RuntimeError:  # the event loop is closed: the workbench has quit, nobody waits
        return
