"""``pgcraft why``: whose an object is, and why it is there."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(why)


def why(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="api.products, products, column products.price.")],
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whose an object is and why it is there.

    The factory, plugin and extension that made it, with the line of the models; what it is there for; what it depends
    on and what uses it; who holds what on it, and by which declaration; in which revision it came and was changed.
    """
    from pgcraft.catalog.lookup import get_object
    from pgcraft.cli import projects
    from pgcraft.cli.explaining import describe_why

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        target = get_object(projects.load(workbench, progress).catalog, name)
        answer = workbench.why(target, progress)
        progress.clear()
        if as_json:
            output.write_json(answer)
        else:
            output.write_text(describe_why(answer, workbench.project.root))
