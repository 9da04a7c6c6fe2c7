"""``pgcraft diff``: the models against the migrations."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(diff)


def diff(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Only operations on objects whose name holds this.")] = None,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what the next revision would do.

    Each operation with its SQL up (+) and down (-) and its hazards (!). Exits with 1 when there is any.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.operations import describe_comparison, describe_operations

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.diff(progress)
        progress.clear()
        operations = tuple(item for item in answer.operations if not text or text in str(item.target))
        if as_json:
            output.write_json(
                {"heads": answer.heads, "operations": operations, "notes": answer.notes, "compared": answer.compared}
            )
        else:
            projects.say_notes(answer.notes)
            if operations:
                output.write_text(describe_operations(operations))
            else:
                output.write_line(
                    "nothing to do" + (f" for {text}" if text else "") + f": {describe_comparison(answer)}"
                )
        raise typer.Exit(1 if operations else 0)
