"""``pgcraft show``: every object that the models make, and whose it is."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption
from pgcraft.service.grouping import Grouping


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(show)


def show(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="An object, or words that its name holds.")] = None,
    by: Annotated[Grouping, typer.Option("--by", help="How to group them.")] = Grouping.SCHEMA,
    plain: Annotated[bool, typer.Option("--plain", help="One object a line, in sentences.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every object and whose it is.

    With words, only the objects whose names hold them; a single one is shown with all that is known of it.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.details import describe_object
    from pgcraft.cli.filtering import select
    from pgcraft.cli.tree import draw_plain, draw_tree

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        loaded = projects.load(workbench, progress)
        found = select(loaded.catalog, text)
        if as_json:
            output.write_json({"project": workbench.project.name, "objects": found})
        elif text is not None and len(found) == 1:
            output.write_line(describe_object(loaded.catalog, found[0]))
        elif plain:
            output.write_line(draw_plain(loaded.catalog, found))
        else:
            output.write_line(draw_tree(loaded.catalog, found, by))
