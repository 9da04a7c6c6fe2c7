"""``pgcraft check``: whether the models and the migrations agree."""

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(check)


def check(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 1 when models and migrations differ."""
    from pgcraft.cli import opening

    with opening.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.diff(progress)
        progress.clear()
        if as_json:
            output.write_json({"agree": not answer.operations, "heads": answer.heads, "notes": answer.notes})
        else:
            opening.say_notes(answer.notes)
            for operation in answer.operations:
                output.write_line(operation.title)
            count = len(answer.operations)
            differ = f"the models and the migrations differ: {count} operation{'s' if count > 1 else ''}"
            output.write_line(differ if count else "the models and the migrations agree")
        raise typer.Exit(1 if answer.operations else 0)
