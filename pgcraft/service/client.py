"""Children for the asking: one fresh child for each request, a spare one kept warm, all of them ended on close."""

import contextlib
import threading
from pathlib import Path
from typing import TypeVar

from pgcraft.service.child import Child, make_cancelled
from pgcraft.service.types import OnProgress

T = TypeVar("T")


class Client:
    """Asks children of one project; every method may be called from any thread.

    Args:
        folder: where the children run: the project's root.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._spare: Child | None = None
        self._running: set[Child] = set()
        self._is_closed = False

    def prewarm(self) -> None:
        """Start a child that has imported everything but the user's code, and keep it for the next request."""
        with self._lock:
            if self._is_closed or (self._spare is not None and self._spare.process.poll() is None):
                return
            old, self._spare = self._spare, Child(self._folder)
        if old is not None:
            old.close()

    def ask(
        self,
        request: object,
        answer_type: type[T],
        *,
        import_timeout_s: float,
        on_progress: OnProgress,
        cancelled: threading.Event,
    ) -> tuple[T, str]:
        """Ask a fresh child.

        Returns:
            The answer, and what the user's code wrote to stdout and stderr.

        Raises:
            PGCraftLoadError: see :meth:`Child.ask`; PGC390 also when the client is closed.
            PGCraftError: whatever the child answered with.
        """
        child = self._take()
        try:
            answer = child.ask(
                request,
                answer_type,
                import_timeout_s=import_timeout_s,
                on_progress=on_progress,
                cancelled=cancelled,
            )
            return answer, child.printed
        finally:
            with self._lock:
                self._running.discard(child)
            child.close()

    def close(self) -> None:
        """End every child, the spare one too; nothing can be asked any more."""
        with self._lock:
            self._is_closed = True
            spare, self._spare = self._spare, None
            running = tuple(self._running)
        for child in running:
            child.kill()
        if spare is not None:
            with contextlib.suppress(OSError):
                spare.close()

    def _take(self) -> Child:
        with self._lock:
            if self._is_closed:
                raise make_cancelled()
            spare, self._spare = self._spare, None
            child = spare if spare is not None and spare.process.poll() is None else Child(self._folder)
            self._running.add(child)
        if spare is not None and child is not spare:
            spare.close()
        return child
