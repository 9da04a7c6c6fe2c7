"""``pgcraft serve``: PostgREST over what the models declare."""

import contextlib
import threading

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, ProjectOption, UrlOption
from pgcraft.errors import PGCraftError


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(serve)


def serve(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
) -> None:
    """Run PostgREST on loopback until Ctrl-C.

    It serves everything that the models declare, with a few made-up rows, from a development database that goes with
    it. The program is what PGCRAFT_POSTGREST names, or postgrest on PATH; tokens are checked with PGRST_JWT_SECRET.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.diagnostics import write

    ended = threading.Event()
    errors: list[PGCraftError | None] = []

    def note_end(error: PGCraftError | None) -> None:
        errors.append(error)
        ended.set()

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        address = workbench.serve_api(progress, note_end)
        progress.clear()
        output.write_line(address)
        output.flush()
        write("Ctrl-C ends it")
        with contextlib.suppress(KeyboardInterrupt):
            ended.wait()
    if errors and errors[0] is not None:
        raise errors[0]
