"""``pgcraft ddl``: the SQL that makes objects."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(ddl)


def ddl(
    context: typer.Context,
    objects: Annotated[list[str] | None, typer.Argument(help="api.products, products, or schema api.")] = None,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the SQL that makes the objects.

    Each comes with its parts, grants and trigger functions, a schema with all that is in it.
    """
    from pgcraft.catalog.lookup import get_objects
    from pgcraft.cli import projects
    from pgcraft.service.ddl import format_script

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        loaded = projects.load(workbench, progress)
        ids = tuple(found for name in objects or () for found in get_objects(loaded.catalog, name))
        statements = workbench.render_ddl(ids or None)
        if as_json:
            output.write_json({"statements": statements})
        else:
            output.write_text(format_script(statements))
