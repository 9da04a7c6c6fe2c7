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

    Everything is applied to the development database; then each granted and each refused operation on the API views
    is tried in a transaction that is rolled back. Exits with 1 when one is not as declared.
    """
    from pgcraft.cli import opening
    from pgcraft.cli.operations import describe_steps

    with opening.open_workbench(context, project, url, disable) as (workbench, progress):
        answer = workbench.verify(progress)
        progress.clear()
        is_held = all(check.held for check in answer.checks) and all(step.held for step in answer.steps)
        if as_json:
            output.write_json({"held": is_held, **_fields(answer)})
        else:
            output.write_text(describe_steps(answer.steps))
            for check in answer.checks:
                if not (failing and check.held):
                    output.write_line(_describe(check))
            failed = sum(not check.held for check in answer.checks)
            output.write_line(f"{len(answer.checks)} operations tried on {answer.server}, {failed} not as declared")
        raise typer.Exit(0 if is_held else 1)


def _describe(check: "AccessCheck") -> str:
    sign = "ok  " if check.held else "FAIL"
    message = f"  {check.message}" if check.message and not check.held else ""
    outcome = f"expected {check.expected}, seen {check.outcome}"
    return f"{sign}  {check.role}  {check.operation}  {check.relation}  {outcome}{message}"


def _fields(answer: "VerifyAnswer") -> dict[str, object]:
    return {name: getattr(answer, name) for name in ("server", "checks", "steps", "seconds")}
