"""The options that many commands have; those on the program itself go for every command."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pgcraft.cli import output

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="PATH", help="The project's folder, or the file of its models."),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="A server for the development database."),
]
DisableOption = Annotated[
    list[str] | None,
    typer.Option("--disable", metavar="NAME", help="Switch an extension off for this run."),
]
HeadOption = Annotated[
    str,
    typer.Option("--head", metavar="NAME", help="Of several heads of the history this one: a revision, or a label."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def show_version(value: bool) -> None:
    """Print the version and leave, when it was asked for."""
    if value:
        from pgcraft.cli.versions import read_version

        output.write_line(f"pgcraft {read_version()}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", help="Print the version.", callback=show_version, is_eager=True)
]


@dataclass(frozen=True)
class Globals:
    """What stood before the command's name."""

    project: Path | None = None
    url: str | None = None
    disable: tuple[str, ...] = ()


def keep_globals(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    version: VersionOption = False,  # noqa: ARG001  its callback has acted by now
) -> None:
    """Keep the options that stand before a command's name."""
    context.obj = Globals(project, url, tuple(disable or ()))
