"""``pgcraft access``: all that a role can reach, and by which ways."""

from dataclasses import fields
from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(access)


def access(
    context: typer.Context,
    role: Annotated[str, typer.Argument(help="The role's name; PUBLIC for what everyone can.")],
    database: Annotated[
        str | None,
        typer.Option("--db", metavar="URL", help="A real database, or its name in [tool.pgcraft] databases."),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="REVISION", help="What changed since this revision of git: HEAD~1.")
    ] = "",
    end: Annotated[
        str, typer.Option("--to", metavar="REVISION", help="Up to this one; the models as they are when left out.")
    ] = "",
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all that a role can reach, and by which ways.

    Each privilege with where it comes from (a grant, a group, PUBLIC, ownership), what is out of reach all the same,
    whose rights stand behind views and functions, and which policies filter the rows. With --from it tells what the
    role gains and loses between two revisions of git, and exits with 1 when that is anything.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.reaching import describe_access, describe_access_diff
    from pgcraft.service.access.ask import check_sources

    check_sources(database, start, end)
    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        if start:
            found = workbench.compare_access(role, start, end, progress)
            progress.clear()
            if as_json:
                output.write_json(
                    {"same": found.is_same, **{each.name: getattr(found, each.name) for each in fields(found)}}
                )
            else:
                output.write_text(describe_access_diff(found))
            raise typer.Exit(0 if found.is_same else 1)
        answer = workbench.access(role, database, progress)
        progress.clear()
        if as_json:
            output.write_json(answer)
        else:
            output.write_text(describe_access(answer))
