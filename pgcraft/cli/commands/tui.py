"""``pgcraft tui``: the workbench."""

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
    from pgcraft.cli.workbench import open_workbench

    before = context.find_object(Globals) or Globals()
    where = path or project or before.project
    disabled = (*before.disable, *(disable or ()))
    raise typer.Exit(open_workbench(where, url=url or before.url, disable=disabled, fresh=fresh))
