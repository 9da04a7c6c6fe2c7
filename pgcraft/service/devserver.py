"""The development server of one workbench: started when first needed, started again when it died, ended with us."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pgcraft.devdb.server.servers import Server, StartCancelledError, open_server
from pgcraft.errors import PGCraftDatabaseError, PGCraftError
from pgcraft.service.child import make_cancelled

POLL_S = 0.02


class DevServerHolder:
    """Holds the server; every method may be called from any thread.

    Args:
        dev_url: of a server that the user named; None to start one of our own.
        major: the version of one of our own, where it is installed; None for the first that is found.
    """

    def __init__(self, dev_url: str | None, *, major: int | None = None) -> None:
        self._dev_url = dev_url
        self._major = major
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._closed = threading.Event()

    def start_in_background(self) -> None:
        """Begin to start the server; who needs it later waits for the rest. An error shows up then."""
        threading.Thread(target=self._start_quietly, name="pgcraft-devserver", daemon=True).start()

    @contextmanager
    def use(self, cancel: threading.Event, on_start: Callable[[], None]) -> Iterator[Server]:
        """Return the running server to one user at a time: roles belong to all of its databases.

        Args:
            cancel: set from any thread to stop waiting.
            on_start: called when a server has to be started or waited for.

        Raises:
            PGCraftDatabaseError: no server could be started.
            PGCraftLoadError: PGC390, ``cancel`` was set.
        """
        self._acquire(cancel, on_start)
        try:
            if self._server is not None and not self._server.is_running:
                self._forget()
            if self._server is None:
                on_start()
                self._server = self._start(cancel)
            yield self._server
        except PGCraftDatabaseError:
            self._forget()  # it may be what failed; the next use starts another
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the server, also one that is being started."""
        self._closed.set()
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _acquire(self, cancel: threading.Event, on_wait: Callable[[], None]) -> None:
        if self._lock.acquire(blocking=False):
            return
        on_wait()
        while not self._lock.acquire(timeout=POLL_S):
            if cancel.is_set() or self._closed.is_set():
                raise make_cancelled()

    def _start(self, cancel: threading.Event) -> Server:
        try:
            server = open_server(self._dev_url, cancel=cancel, major=self._major)
        except StartCancelledError as error:
            raise make_cancelled() from error
        if self._closed.is_set():
            server.stop()
            raise make_cancelled()
        return server

    def _start_quietly(self) -> None:
        with self._lock:
            if self._server is None and not self._closed.is_set():
                try:
                    self._server = self._start(self._closed)
                except PGCraftError:
                    return  # the one who needs the server will see the error
