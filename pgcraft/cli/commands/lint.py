"""``pgcraft lint``: what a DBA would say about the models."""

from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(lint)


def lint(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Only objects whose name holds this.")] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select", metavar="CODE", help="These alone, as PGL201 or PGL2; instead of what the project says."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="CODE", help="Not these, or PGL201:sales.* not on these objects."),
    ] = None,
    advice: Annotated[bool, typer.Option("--advice/--no-advice", help="What works, and is done otherwise.")] = True,
    database: Annotated[
        str | None,
        typer.Option("--db", metavar="URL", help="A real database, or its name in [tool.pgcraft] databases."),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a DBA would say about the models.

    Keys, types, indexes, policies, grants, functions and names: each finding with its code, the line of the models, the
    way out, and the page of PostgreSQL's manual that says why. With --db it is said of a real database, which is read
    and not written to. Exits with 1 when there is any but advice.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.linting import describe_findings, describe_rules, list_rules, narrow
    from pgcraft.service.findings import LintChoice

    if rules:
        listed = list_rules()
        output.write_json({"rules": listed}) if as_json else output.write_text(describe_rules(listed))
        return
    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        choice = LintChoice(tuple(select)) if select else workbench.project.lint
        choice = LintChoice(choice.select, (*choice.ignore, *(ignore or ())))
        if database is None:
            projects.load(workbench, progress)
        found = narrow(workbench.lint(choice, database, progress), text, with_advice=advice)
        progress.clear()
        if as_json:
            output.write_json({"findings": found})
        else:
            output.write_text(describe_findings(found))
        raise typer.Exit(1 if any(each.level != "advice" for each in found) else 0)
