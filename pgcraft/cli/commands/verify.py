"""``pgcraft verify``: every operation tried as each role."""

from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from pgcraft.service.types import AccessCheck, VerifyAnswer


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(verify)


def verify(
    context: typer.Context,
    failing: Annotated[bool, typer.Option("--failing", help="Only what did not hold.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try every operation as each role.

    Everything is applied to the development database as the role that deploys. Then each granted and each refused
    operation is tried in a transaction that is rolled back, whole and column by column; each identity of
    [[tool.pgcraft.verify]] tries to reach the rows of the others; and rights that nobody declared are looked for.
    What was not tried is told. Exits with 1 when something is not as declared, or nothing was tried.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.operations import describe_steps

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.verify(progress)
        progress.clear()
        if as_json:
            output.write_json({"held": answer.held, **_fields(answer)})
        else:
            for held in (False,) if failing else (False, True):
                output.write_text(describe_steps(step for step in answer.steps if step.held is held))
                for check in answer.checks:
                    if check.held is held:
                        output.write_line(_describe(check))
            if not failing:
                _write_open(answer)
            output.write_line(_summarize(answer, is_whole=not failing))
        raise typer.Exit(0 if answer.held else 1)


def _write_open(answer: "VerifyAnswer") -> None:
    for note in answer.notes:
        output.write_line(f"note  {note}")
    for left in answer.not_tried:
        output.write_line(f"not tried  {left}")


def _summarize(answer: "VerifyAnswer", *, is_whole: bool) -> str:
    """Say how it went, and what is left open; where that was not listed, how to see it."""
    if answer.checks:
        outcome = f"{answer.failed} not as declared" if answer.failed else "all as declared"
        told = f"{len(answer.checks)} operations tried on {answer.server}: {outcome}"
    else:
        told = "nothing was tried, so nothing is verified: no role is declared, and nobody was granted anything"
    counts = ((len(answer.not_tried), "not tried"), (len(answer.notes), "noted"))
    left = ", ".join(f"{count} {what}" for count, what in counts if count)
    if left:
        told += f"\nleft open: {left}" + ("" if is_whole else ", listed without --failing and by --json")
    return told


def _describe(check: "AccessCheck") -> str:
    sign = "ok  " if check.held else "FAIL"
    message = f"  {check.message}" if check.message and (check.other or not check.held) else ""
    outcome = f"expected {check.expected}, seen {check.outcome}"
    return f"{sign}  {check.role}  {check.operation}  {check.relation}  {outcome}{message}"


def _fields(answer: "VerifyAnswer") -> dict[str, object]:
    return {name: getattr(answer, name) for name in ("server", "checks", "steps", "notes", "not_tried", "seconds")}
