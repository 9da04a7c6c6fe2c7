"""``pgcraft doctor``: look at everything that a project needs."""

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

SIGNS = {"ok": "ok      ", "note": "note    ", "advice": "advice  ", "problem": "PROBLEM "}


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for what is wrong or missing.

    The project, its models, the development server, the migrations, the editor. Exits with 1 on a problem.
    """
    from pgcraft.cli import projects

    with projects.open_workbench(context, project, url, disable) as (workbench, _):
        findings = workbench.doctor()
        if as_json:
            output.write_json({"findings": findings})
        else:
            for finding in findings:
                place = f" ({finding.place})" if finding.place else ""
                remedy = f" — {finding.remedy}" if finding.remedy else ""
                output.write_line(f"{SIGNS[finding.level]}{finding.name}: {finding.message}{place}{remedy}")
        raise typer.Exit(1 if any(finding.level == "problem" for finding in findings) else 0)
