"""``pgcraft history``: what the revisions did to an object."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(history)


def history(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="api.products, or products.")],
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the revisions that touched an object."""
    from pgcraft.catalog.lookup import get_objects
    from pgcraft.cli import projects

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        ids = get_objects(projects.load(workbench, progress).catalog, name)
        entries = [entry for object_id in ids for entry in workbench.history(object_id, progress)]
        progress.clear()
        if as_json:
            output.write_json({"entries": entries})
            return
        for entry in entries:
            output.write_line(f"{entry.revision}  {entry.message}  {entry.action}  {entry.path}:{entry.line}")
        if not entries:
            output.write_line(f"no revision touches {name}")
