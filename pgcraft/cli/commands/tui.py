"""``pgcraft tui``: the workbench."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pgcraft.cli.options import DisableOption, Globals, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(tui)


def tui(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="The project's folder, or the file of its models.", show_default=False)
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what the last session looked like.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
) -> None:
    """Open the workbench."""
    _check_installed()
    from pgcraft_tui.app import run

    before = context.find_object(Globals) or Globals()
    where = path or project or before.project
    raise typer.Exit(run(where, url or before.url, (*before.disable, *(disable or ())), fresh))


def _check_installed() -> None:
    if find_spec("textual") is None:
        from pgcraft.errors import PGCraftConfigError

        raise PGCraftConfigError(
            "PGC014", "the workbench needs textual, which is not installed", remedy="pip install textual"
        )
