"""``pgcraft check``: whether the models and the migrations agree."""

from typing import TYPE_CHECKING

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, HeadOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from pgcraft.service.types import DiffAnswer


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(check)


def check(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    head: HeadOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit 1 when models and migrations differ.

    The comparison runs through env.py, as Alembic's own does; what env.py leaves out of it is told, and counts as a
    difference where Alembic then compares something else than the models.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.operations import describe_comparison, describe_finding

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.check(progress, head=head)
        progress.clear()
        if as_json:
            output.write_json({"agree": answer.agree, **_fields(answer)})
        else:
            problems = {str(finding): finding for finding in answer.wiring if finding.level == "problem"}
            projects.say_notes(note for note in answer.notes if note not in problems)
            projects.say_notes(map(describe_finding, answer.history))
            for intention in answer.intentions:
                output.write_line(intention.title)
            for text, finding in problems.items():
                output.write_line(f"{text} — {finding.remedy}")
            output.write_line(describe_comparison(answer))
        raise typer.Exit(0 if answer.agree else 1)


def _fields(answer: "DiffAnswer") -> dict[str, object]:
    return {name: getattr(answer, name) for name in ("heads", "intentions", "notes", "compared", "wiring", "history")}
