"""Serving the API with PostgREST itself: started and stopped by the same key, for as long as the workbench runs."""

from pgcraft.errors import PGCraftError
from pgcraft_tui.host.jobs import CANCELLED, post
from pgcraft_tui.host.protocol import Host

SERVE, STOP = "serve-api", "stop-api"
_READ_S = 10.0


def toggle_api(host: Host) -> None:
    """Start PostgREST over the models that are shown, or stop the one that runs."""
    if host.jobs.is_running(SERVE) or host.jobs.is_running(STOP):
        return
    if host.session.served is None:
        _start(host)
    else:
        _stop(host)


def _start(host: Host) -> None:
    workbench, generation = host.session.workbench, host.session.generation

    def note_end(error: PGCraftError | None) -> None:
        if error is not None:
            post(host, lambda: _know(host, None, error=error))

    host.jobs.start(
        SERVE,
        lambda report: workbench.serve_api(report, note_end),
        owner=host,
        done=lambda address: _know(host, generation, f"the API answers at {address}"),
        failed=lambda error: _know(host, None, error=error),
        progressed=host.signals.progress.publish,
    )


def _stop(host: Host) -> None:
    host.jobs.start(
        STOP,
        lambda _report: host.session.workbench.stop_api(),
        owner=host,
        done=lambda _: _know(host, None, "the API is no longer served"),
        failed=lambda error: _know(host, None, error=error),
    )


def _know(host: Host, generation: int | None, sentence: str = "", *, error: PGCraftError | None = None) -> None:
    """Take note of what runs now, and say what has happened."""
    host.session.served = generation
    host.signals.served.publish(host.session)
    if error is None:
        host.notify(sentence, markup=False)
    elif error.code == CANCELLED:
        host.notify("serving the API was stopped", severity="warning", markup=False)
    else:
        host.notify(str(error), severity="error", timeout=_READ_S, markup=False)
