"""Serving the API with PostgREST itself: started and stopped by the same key, for as long as the workbench runs."""

from typing import TYPE_CHECKING

from pgcraft.errors import PGCraftError
from pgcraft_tui.workers import CANCELLED, post

if TYPE_CHECKING:
    from pgcraft_tui.application import WorkbenchApp

SERVE, STOP = "serve-api", "stop-api"
_READ_S = 10.0


def toggle_api(app: "WorkbenchApp") -> None:
    """Start PostgREST over the models that are shown, or stop the one that runs."""
    if app.jobs.is_running(SERVE) or app.jobs.is_running(STOP):
        return
    if app.session.served is None:
        _start(app)
    else:
        _stop(app)


def _start(app: "WorkbenchApp") -> None:
    workbench, generation = app.session.workbench, app.session.generation

    def note_end(error: PGCraftError | None) -> None:
        if error is not None:
            post(app, lambda: _know(app, None, error=error))

    app.jobs.start(
        SERVE,
        lambda report: workbench.serve_api(report, note_end),
        owner=app,
        done=lambda address: _know(app, generation, f"the API answers at {address}"),
        failed=lambda error: _know(app, None, error=error),
        progressed=app.signals.progress.publish,
    )


def _stop(app: "WorkbenchApp") -> None:
    app.jobs.start(
        STOP,
        lambda _report: app.session.workbench.stop_api(),
        owner=app,
        done=lambda _: _know(app, None, "the API is no longer served"),
        failed=lambda error: _know(app, None, error=error),
    )


def _know(
    app: "WorkbenchApp", generation: int | None, sentence: str = "", *, error: PGCraftError | None = None
) -> None:
    """Take note of what runs now, and say what has happened."""
    app.session.served = generation
    app.signals.served.publish(app.session)
    if error is None:
        app.notify(sentence, markup=False)
    elif error.code == CANCELLED:
        app.notify("serving the API was stopped", severity="warning", markup=False)
    else:
        app.notify(str(error), severity="error", timeout=_READ_S, markup=False)
