"""Opening the project that a command is about."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer

from pgcraft.cli.diagnostics import ProgressLine, write
from pgcraft.cli.options import Globals
from pgcraft.service.project import find_project
from pgcraft.service.types import LoadedModels, Project, Writing
from pgcraft.service.workbench import Workbench


def open_project(context: typer.Context, project: Path | None, url: str | None, disable: list[str] | None) -> Project:
    """Find the project from a command's options and those before its name.

    Raises:
        PGCraftConfigError: there is no project, or its files are wrong.
    """
    before = context.find_object(Globals) or Globals()
    return find_project(
        project or before.project, dev_url=url or before.url, disable=(*before.disable, *(disable or ()))
    )


@contextmanager
def open_workbench(
    context: typer.Context,
    project: Path | None,
    url: str | None,
    disable: list[str] | None,
    write_as: Callable[[Writing], Writing] = lambda writing: writing,
) -> Iterator[tuple[Workbench, ProgressLine]]:
    """Return a workbench on the project, and what shows its progress; all of its processes end with the block.

    Args:
        write_as: how revisions are written, given how the project has it.
    """
    line = ProgressLine()
    found = open_project(context, project, url, disable)
    with Workbench(replace(found, writing=write_as(found.writing))) as workbench:
        try:
            yield workbench, line
        finally:
            line.clear()


def load(workbench: Workbench, line: ProgressLine) -> LoadedModels:
    """Load the models; what they print, and what looks odd about them, goes to stderr."""
    loaded = workbench.load(line)
    line.clear()
    if loaded.printed:
        write(loaded.printed.rstrip("\n"))
    say_notes(loaded.notes)
    return loaded


def say_notes(notes: Iterable[str]) -> None:
    """Write notes to stderr."""
    for note in notes:
        write(f"note: {note}")
