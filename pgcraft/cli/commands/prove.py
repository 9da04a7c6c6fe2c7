"""``pgcraft prove``: the whole history, with rows."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(prove)


def prove(
    context: typer.Context,
    start: Annotated[
        str, typer.Option("--from", metavar="REVISION", help="Begin after this revision; those up to it run up alone.")
    ] = "",
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove the whole history, with rows.

    On a fresh database, as the role that deploys, each revision runs up, down and up again, with made-up rows in every
    table that was there before: down leads to what was there, up again to what was first, and no row changes but where
    the revision says so. The end is compared with the models; then all of it runs down and up in one go, and both ways
    by files of SQL. Stops at the first step that does not hold, and exits with 1.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.proving import describe_proof

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        proof = workbench.prove_history(start, progress)
        progress.clear()
        if as_json:
            output.write_json({"held": proof.held, **vars(proof)})
        else:
            output.write_text(describe_proof(proof))
        raise typer.Exit(0 if proof.held else 1)
