"""The running work of one workbench: its children and its development server, and how all of it is stopped."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from pgcraft.devdb.server.binaries import find_binaries, find_binaries_of
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.service.child import make_cancelled
from pgcraft.service.client import Client
from pgcraft.service.devserver import DevServerHolder
from pgcraft.service.requests import DevServer
from pgcraft.service.serving import STOP_TIMEOUT_S, ApiServer, OnEnd
from pgcraft.service.types import OnProgress, Progress, Project, Stage
from pgcraft.service.work import Work

OUT_OF_REACH = "PGC504"
T = TypeVar("T")


class Session:
    """Asks children, with or without the development server; every method may be called from any thread."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._client = Client(project.root)
        self._server = DevServerHolder(project.dev_url)
        self._others: dict[int, DevServerHolder] = {}
        self.api_server = ApiServer()
        self._works: set[Work] = set()
        self._lock = threading.Lock()
        self._keeps_spare = False

    def keep_spare(self) -> None:
        """Keep a warm child from the first request on, so that a reload imports the user's code and nothing else."""
        self._keeps_spare = True

    def start_server(self) -> None:
        """Begin to start the development server."""
        self._server.start_in_background()

    def ask(self, request: object, answer_type: type[T], on_progress: OnProgress | None) -> tuple[T, str]:
        """Ask a child; gives its answer and what the user's code printed.

        Raises:
            PGCraftError: whatever the child answered with; PGC302, PGC303 or PGC390 when it did not answer.
        """
        with self._working(on_progress) as work:
            return self._ask(request, answer_type, work)

    def ask_with_server(
        self,
        make_request: Callable[[DevServer], object],
        answer_type: type[T],
        on_progress: OnProgress | None,
        *,
        major: int | None = None,
    ) -> T:
        """Ask a child something that needs the development server.

        Args:
            make_request: makes the request for a server.
            answer_type: what comes back.
            on_progress: told of every stage.
            major: the version that the server should have, where one of our own can have it.

        Raises:
            PGCraftError: as :meth:`ask`; and PGC5xx when there is no server.
        """
        with self._working(on_progress) as work:
            self._client.prewarm()  # the child imports its libraries while the server starts
            holder = self._find_server(major)
            try:
                return self._ask_with_server(holder, make_request, answer_type, work)
            except PGCraftDatabaseError as error:
                if error.code != OUT_OF_REACH or self.project.dev_url is not None:
                    raise
                return self._ask_with_server(holder, make_request, answer_type, work)  # ours had died; this is new

    def ask_of(self, project: Project, request: object, answer_type: type[T], on_progress: OnProgress | None) -> T:
        """Ask a child of another project, as that of another revision.

        Raises:
            PGCraftError: as :meth:`ask`.
        """
        with self._working(on_progress) as work, contextlib.closing(Client(project.root)) as client:
            return client.ask(
                request,
                answer_type,
                import_timeout_s=project.load_timeout_s,
                on_progress=work.report,
                cancelled=work.cancelled,
            )[0]

    def cancel(self) -> None:
        """Call off all work that is under way."""
        with self._lock:
            works = tuple(self._works)
        for work in works:
            work.cancelled.set()

    def serve_api(self, on_progress: OnProgress | None, on_end: OnEnd) -> str:
        """Start PostgREST and give its address.

        Raises:
            PGCraftError: as :meth:`ApiServer.start`.
        """
        with self._working(on_progress) as work:
            return self.api_server.start(self.project, work.report, on_end, work.cancelled)

    def close(self) -> None:
        """End everything."""
        self.cancel()
        self.api_server.stop(timeout_s=STOP_TIMEOUT_S if self.project.dev_url else 0)
        self._client.close()
        for holder in (self._server, *self._others.values()):
            holder.close()

    @contextlib.contextmanager
    def _working(self, on_progress: OnProgress | None) -> Iterator[Work]:
        work = Work(on_progress)
        if work.cancelled.is_set():
            raise make_cancelled()
        with self._lock:
            self._works.add(work)
        try:
            yield work
        finally:
            with self._lock:
                self._works.discard(work)

    def _find_server(self, major: int | None) -> DevServerHolder:
        """Return who holds a server of a version, where the usual one has another."""
        if major is None or self.project.dev_url is not None or find_binaries_of(major) in (None, find_binaries()):
            return self._server
        with self._lock:
            return self._others.setdefault(major, DevServerHolder(None, major=major))

    def _ask_with_server(
        self, holder: DevServerHolder, make_request: Callable[[DevServer], object], answer_type: type[T], work: Work
    ) -> T:
        with holder.use(work.cancelled, lambda: work.report(Progress(Stage.SERVER))) as server:
            return self._ask(make_request(DevServer(server.base_url, server.is_ours)), answer_type, work)[0]

    def _ask(self, request: object, answer_type: type[T], work: Work) -> tuple[T, str]:
        work.report(Progress(Stage.START))
        try:
            return self._client.ask(
                request,
                answer_type,
                import_timeout_s=self.project.load_timeout_s,
                on_progress=work.report,
                cancelled=work.cancelled,
            )
        finally:
            if self._keeps_spare:
                self._client.prewarm()
