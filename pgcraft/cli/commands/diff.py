"""``pgcraft diff``: the models against the migrations."""

from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, HeadOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from pgcraft.service.types import DiffAnswer


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(diff)


def diff(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Only changes that touch an object whose name holds this.")] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Beneath each change its operations, with their SQL.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    head: HeadOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print what the next revision would change.

    One line a change, with all that follows from it, its hazards (!) and what it locks (*); --steps lists its
    operations with their SQL up (+) and down (-). Exits with 1 when there is any.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.operations import describe_comparison, describe_finding, describe_intentions
    from pgcraft.cli.renaming import describe_likely

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.diff(progress, head=head)
        progress.clear()
        described = describe_intentions(answer, only=text, with_steps=steps)
        if as_json:
            output.write_json(_select(answer, text))
        else:
            likely = describe_likely(answer.likely)
            projects.say_notes((*answer.notes, *map(describe_finding, answer.history), *likely))
            output.write_text(
                described or f"nothing to do{f' for {text}' if text else ''}: {describe_comparison(answer)}\n"
            )
        raise typer.Exit(1 if described else 0)


def _select(answer: "DiffAnswer", text: str | None) -> dict[str, object]:
    """Return the answer with what touches an object whose name holds a text."""
    operations = tuple(item for item in answer.operations if not text or text in str(item.target))
    keys = {item.key for item in operations}
    return {
        "heads": answer.heads,
        "intentions": tuple(each for each in answer.intentions if not keys.isdisjoint(each.steps)),
        "operations": operations,
        "likely": answer.likely,
        "notes": answer.notes,
        "history": answer.history,
        "compared": answer.compared,
    }
