"""PostgREST for as long as the user wants it: one child holds database and server, and both end with it."""

import contextlib
import threading
from collections.abc import Callable

from pgcraft.devdb.server.postgrest import find_postgrest
from pgcraft.devdb.server.servers import StartCancelledError, open_server
from pgcraft.errors import PGCraftError, PGCraftLoadError
from pgcraft.service.api_types import ApiServed
from pgcraft.service.child import Child, make_cancelled
from pgcraft.service.requests import DevServer, ServeApi
from pgcraft.service.types import OnProgress, Progress, Project, Stage

OnEnd = Callable[[PGCraftError | None], None]
"""Told, in another thread, that a server which was ready has ended; with None when it was stopped."""

STOP_TIMEOUT_S = 5.0
_POLL_S = 0.02


class _Run:
    """One server, from its start to its end; a thread of its own waits for it."""

    def __init__(self, project: Project, on_progress: OnProgress, on_end: OnEnd) -> None:
        self._project = project
        self._program = find_postgrest()
        self._on_progress = on_progress
        self._on_end = on_end
        self._child: Child | None = None
        self.address = ""
        self.error: PGCraftError | None = None
        self.stopped = threading.Event()
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pgcraft-serve", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """End it: with the time to drop its database, and after that at once."""
        self.stopped.set()
        child = self._child
        if child is not None and timeout_s and not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
            self.ended.wait(timeout_s)
        if child is not None:
            child.kill()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._hold()
        except PGCraftError as error:
            self.error = error
        finally:
            was_ready, self.address = bool(self.address), ""
            self.ended.set()
        if was_ready:
            self._on_end(None if self.stopped.is_set() else self.error)

    def _hold(self) -> None:
        """Have a server of its own beside that of the other work, whose roles are emptied again and again."""
        self._on_progress(Progress(Stage.SERVER))
        try:
            server = open_server(self._project.dev_url, cancel=self.stopped)
        except StartCancelledError as error:
            raise make_cancelled() from error
        with server, contextlib.closing(Child(self._project.root)) as child:
            self._child = child
            if self.stopped.is_set():
                raise make_cancelled()
            child.ask(
                ServeApi(self._project, DevServer(server.base_url, server.is_ours), self._program),
                ApiServed,
                import_timeout_s=self._project.load_timeout_s,
                on_progress=self._note,
                cancelled=threading.Event(),
            )

    def _note(self, progress: Progress) -> None:
        if progress.stage is Stage.SERVE and progress.detail:
            self.address = progress.detail
        else:
            self._on_progress(progress)


class ApiServer:
    """At most one running PostgREST; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: _Run | None = None

    @property
    def address(self) -> str:
        """``http://127.0.0.1:3000``; empty while none is ready."""
        run = self._run
        return run.address if run is not None else ""

    def start(self, project: Project, on_progress: OnProgress, on_end: OnEnd, cancelled: threading.Event) -> str:
        """Start one, ending a former one, and give its address when it answers.

        Raises:
            PGCraftDatabaseError: PGC530 there is no PostgREST; PGC531 it did not start; PGC5xx no development server.
            PGCraftLoadError: PGC390, ``cancelled`` was set.
            PGCraftError: the models are wrong.
        """
        self.stop()
        with self._lock:
            run = self._run = _Run(project, on_progress, on_end)
        run.start()
        while not run.address:
            if run.ended.wait(_POLL_S):
                raise run.error or PGCraftLoadError("PGC303", "the process that runs PostgREST ended")
            if cancelled.is_set():
                self.stop()
                raise make_cancelled()
        return run.address

    def stop(self, *, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """End the server and what it needs; without time, as when the workbench closes, at once."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.stop(timeout_s=timeout_s)
