"""Blocking work, off the event loop: daemon threads that only post what they found.

An answer reaches its owner's message loop unless a newer job of the same name was started, the job was cancelled,
or the owner is gone. Threads are daemons of our own and not Textual's workers, whose executor is waited for when the
loop ends: quitting never waits.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from textual.message_pump import MessagePump

from pgcraft.errors import PGCraftError
from pgcraft.service.types import OnProgress, Progress
from pgcraft_tui.messages import JobsChanged

if TYPE_CHECKING:
    from textual.app import App

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Job:
    """One piece of work under way."""

    name: str
    number: int


class Jobs:
    """Starts work in threads and drops answers that nobody waits for any more."""

    def __init__(self, app: "App[int]") -> None:
        self._app = app
        self._current: dict[str, Job] = {}
        self._count = 0

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the jobs whose answers are awaited, in the order of their start."""
        return tuple(self._current)

    def is_running(self, name: str) -> bool:
        """Whether the answer of this job is awaited."""
        return name in self._current

    def start(
        self,
        name: str,
        work: Callable[[OnProgress], Answer],
        *,
        owner: MessagePump,
        done: Callable[[Answer], object],
        failed: Callable[[PGCraftError], object],
        progressed: Callable[[Progress], object] | None = None,
    ) -> Job:
        """Run `work` in a thread; a job of the same name that still runs is forgotten.

        Args:
            name: what is done, as ``load``; one answer a name is awaited.
            work: gets a function to report progress to; may raise PGCraftError.
            owner: the app, screen or widget in whose message loop the callbacks run.
            done: gets the answer.
            failed: gets the error.
            progressed: gets each report.
        """
        self._count += 1
        job = Job(name, self._count)
        self._current.pop(name, None)
        self._current[name] = job
        self._changed()

        def report(progress: Progress) -> None:
            if progressed is not None and self._current.get(name) == job:
                self._post(owner, lambda: self._current.get(name) == job and progressed(progress))

        def run() -> None:
            try:
                answer = work(report)
            except PGCraftError as error:
                caught = error
                self._post(owner, lambda: self._finish(job, lambda: failed(caught)))
            else:
                self._post(owner, lambda: self._finish(job, lambda: done(answer)))

        threading.Thread(target=run, name=f"{name}-{job.number}", daemon=True).start()
        return job

    def forget(self, *names: str) -> None:
        """Drop the answers of these jobs, of all when none is named; the threads may run on for a moment."""
        for name in names or tuple(self._current):
            self._current.pop(name, None)
        self._changed()

    def _finish(self, job: Job, deliver: Callable[[], object]) -> None:
        if self._current.get(job.name) == job:
            del self._current[job.name]
            deliver()
            self._changed()

    def _post(self, owner: MessagePump, callback: Callable[[], object]) -> None:
        try:
            owner.call_later(callback)
        except RuntimeError:  # the event loop is closed: the workbench has quit, nobody waits
            return

    def _changed(self) -> None:
        self._app.post_message(JobsChanged(self.running))
