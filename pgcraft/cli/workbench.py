"""Opening the workbench, by whatever way it was asked for; typer is not needed for it."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from pgcraft.errors import PGCraftConfigError


def open_workbench(
    path: Path | None = None, *, url: str | None = None, disable: tuple[str, ...] = (), fresh: bool = False
) -> int:
    """Open the workbench on a project; gives the exit status.

    Args:
        path: folder or models file; None for the current folder.
        url: development database; None for the one that the project names, or the embedded server.
        disable: extensions switched off for this run.
        fresh: forget where the last session stood.

    Raises:
        PGCraftConfigError: PGC014, Textual is not installed; PGC017, there is no terminal; or the project's files are
            wrong.
    """
    if find_spec("textual") is None:
        raise PGCraftConfigError(
            "PGC014", "the workbench needs textual, which is not installed", remedy="pip install textual"
        )
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise PGCraftConfigError(
            "PGC017",
            "the workbench needs a terminal, and input or output leads elsewhere",
            remedy='start it in a terminal; in scripts, use the other commands: "pgcraft --help"',
        )
    from pgcraft_tui.app import run

    return run(path, url, disable, fresh)
