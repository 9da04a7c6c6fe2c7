"""``pgcraft export``: plain SQL for psql."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, HeadOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(export)


def export(
    context: typer.Context,
    direction: Annotated[
        str, typer.Argument(metavar="[up|down|schema]", help="Upgrades, downgrades, or the models' whole DDL.")
    ] = "up",
    schema: Annotated[bool, typer.Option("--schema", help="The models' whole DDL, without Alembic.")] = False,
    format_: Annotated[
        str, typer.Option("--format", metavar="[sql|json|mermaid|dot|svg]", help="Of the models' whole schema.")
    ] = "sql",
    start: Annotated[str | None, typer.Option("--from", metavar="REVISION", help="Begin after this revision.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="REVISION", help="End with this revision.")] = None,
    split: Annotated[bool, typer.Option("--split", help="One file a revision.")] = False,
    path: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="A file or a folder.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    head: HeadOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write plain SQL for psql.

    The upgrades or downgrades of a range of revisions, or the whole schema; to stdout without -o.
    """
    from pgcraft.cli import projects
    from pgcraft.service.types import ExportRequest

    is_schema = schema or format_ != "sql"
    request = ExportRequest(
        _check_direction("schema" if is_schema else direction), start, end, split, head, _check_format(format_)
    )
    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        files = workbench.export(request, progress)
        progress.clear()
        projects.say_notes(dict.fromkeys(item.note for item in files if item.note))
        written = workbench.write_export(files, path, overwrite=overwrite) if path else ()
        if as_json:
            output.write_json({"files": files, "written": written})
        elif path:
            for item in written:
                output.write_line(f"wrote {item}")
        else:
            output.write_text("\n".join(item.text for item in files))


def _check_direction(direction: str) -> Literal["up", "down", "schema"]:
    match direction:
        case "up" | "down" | "schema":
            return direction
        case _:
            raise typer.BadParameter(f'"{direction}" is none of up, down, schema')


def _check_format(name: str) -> Literal["sql", "json", "mermaid", "dot", "svg"]:
    match name:
        case "sql" | "json" | "mermaid" | "dot" | "svg":
            return name
        case _:
            raise typer.BadParameter(f'"{name}" is none of sql, json, mermaid, dot, svg')
