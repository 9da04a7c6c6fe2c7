"""``pgcraft drift``: a real database against the models, a revision or another database."""

from dataclasses import fields
from typing import Annotated, Literal

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(drift)


def drift(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Only objects whose name holds this.")] = None,
    database: Annotated[
        str, typer.Option("--db", metavar="URL", help="The database, or its name in [tool.pgcraft] databases.")
    ] = "",
    revision: Annotated[
        str, typer.Option("--revision", metavar="REVISION", help="Compare with what the migrations make up to it.")
    ] = "",
    against: Annotated[
        str | None, typer.Option("--against", metavar="URL", help="Compare with another database.")
    ] = None,
    mend: Annotated[
        Literal["here", "there"] | None,
        typer.Option("--mend", help="Print the SQL that changes this side into the other one; here is the database."),
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Let that SQL drop what only its side has, with the rows in it.")
    ] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a real database with the models.

    It is read in one transaction that cannot write and takes no lock that anybody would wait for. Told are the objects
    that differ and in what, those that only one side has, what could not be read, and which revision the database
    stands at. Exits with 1 when anything is different.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.drifting import describe_drift, narrow, write_notes
    from pgcraft.service.drift import DriftRequest, format_mending

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        found = workbench.drift(DriftRequest(database, against, revision, mend, drop), progress)
        progress.clear()
        answer = narrow(found, text)
        if as_json:
            output.write_json(
                {"agree": answer.agree, **{each.name: getattr(answer, each.name) for each in fields(answer)}}
            )
        elif mend is not None:
            write_notes(answer)
            output.write_text(format_mending(answer.mend))
        else:
            output.write_text(describe_drift(answer))
        raise typer.Exit(0 if answer.agree else 1)
