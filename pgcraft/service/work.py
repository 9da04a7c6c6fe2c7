"""One request under way: what it says of its progress, and what calls it off."""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import replace

from pgcraft.service.child import make_cancelled
from pgcraft.service.types import OnProgress, Progress

_called_off: ContextVar[threading.Event | None] = ContextVar("called_off", default=None)


@contextlib.contextmanager
def stopped_by(event: threading.Event) -> Iterator[None]:
    """Let an event call off what this thread asks meanwhile, and nothing that others ask."""
    token = _called_off.set(event)
    try:
        yield
    finally:
        _called_off.reset(token)


class Work:
    """One request under way.

    Args:
        on_progress: told of every stage, in the thread that does the work.
    """

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._began = time.monotonic()
        self.cancelled = _called_off.get() or threading.Event()

    def report(self, progress: Progress) -> None:
        """Pass a stage on, with the seconds since the work began.

        Raises:
            PGCraftLoadError: PGC390, the work was called off.
        """
        if self.cancelled.is_set():
            raise make_cancelled()
        if self._on_progress is not None:
            self._on_progress(replace(progress, seconds=time.monotonic() - self._began))
