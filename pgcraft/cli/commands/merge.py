"""``pgcraft merge``: join the heads of a history."""

from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import diagnostics, output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from pgcraft.service.merging import Merge


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(merge)


def merge(
    context: typer.Context,
    heads: Annotated[
        list[str] | None, typer.Argument(metavar="[HEAD]...", help="Revisions or labels; all heads when left out.")
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="The file is named for it.")] = "merge",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the file and write nothing.")] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Join the heads of the history by a revision that does nothing.

    Named is what more than one of the branches touches. They are run on a private PostgreSQL, each of them first once;
    only where all orders lead to the same is the file written, and never over another.
    """
    from pgcraft.cli import projects

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        found = workbench.merge_heads(message, tuple(heads or ()), progress)
        progress.clear()
        if not as_json:
            _tell(found)
        path = None if dry_run or not found.held else workbench.write_revision(found.draft)
        if as_json:
            output.write_json({"merge": found, "written": path})
        elif found.held:
            output.write_text(found.draft.text if path is None else f"wrote {path}\n")
        raise typer.Exit(0 if found.held else 1)


def _tell(found: "Merge") -> None:
    """Say what several branches touch, and where their orders lead."""
    from pgcraft.cli.operations import describe_steps

    for shared in found.shared:
        diagnostics.write(f"{shared.target} is touched by more than one head:")
        for head, change in shared.changes:
            diagnostics.write(f"  {head}: {change}")
    diagnostics.write(describe_steps(found.steps).rstrip("\n"))
    if not found.held:
        diagnostics.write("the heads cannot be joined as they are; nothing was written")
