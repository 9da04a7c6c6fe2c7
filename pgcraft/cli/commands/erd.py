"""``pgcraft erd``: what the models declare as a diagram."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(erd)


def erd(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[OBJECT]...", help="These with their neighbours; all when left out.")
    ] = None,
    format_: Annotated[
        Literal["text", "mermaid", "dot", "svg"], typer.Option("--format", help="For a terminal, or a language.")
    ] = "text",
    schema: Annotated[
        list[str] | None, typer.Option("--schema", metavar="NAME", help="Of this schema alone; may hold *.")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=0, help="How many lines away neighbours are shown.")] = 1,
    views: Annotated[bool, typer.Option("--views", help="Views, too, and what they read.")] = False,
    triggers: Annotated[bool, typer.Option("--triggers", help="Triggers, too.")] = False,
    grants: Annotated[bool, typer.Option("--grants", help="Grants and row security, too.")] = False,
    keys: Annotated[bool, typer.Option("--keys", help="Of the columns those of keys alone.")] = False,
    path: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="A file.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw what the models declare.

    Tables with their columns and keys, and on request views, triggers and grants: as text for a terminal, in the
    language of Mermaid or Graphviz, or as an SVG picture. Nothing is connected to, and no other program is needed.
    """
    from pgcraft.cli import projects
    from pgcraft.service.erd import Drawn, ErdRequest, format_diagram
    from pgcraft.service.export_types import ExportedFile

    drawn = Drawn(views=views, triggers=triggers, grants=grants, keys_only=keys)
    request = ErdRequest(tuple(names or ()), tuple(schema or ()), depth, drawn)
    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        projects.load(workbench, progress)
        diagram = workbench.draw(request, progress)
        text = format_diagram(diagram, format_)
        written = workbench.write_export((ExportedFile("erd", text),), path, overwrite=overwrite) if path else ()
        if as_json:
            output.write_json({"diagram": diagram, "written": written})
        elif path:
            for item in written:
                output.write_line(f"wrote {item}")
        else:
            output.write_text(text)
