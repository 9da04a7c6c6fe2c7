"""The way in: find the project, then start Textual.

Nothing is imported or started here that the first frame does without; the app goes on when that is painted.
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pgcraft import garbage
from pgcraft.errors import PGCraftConfigError
from pgcraft.service.project import find_project
from pgcraft.service.types import Project
from pgcraft_tui.host.hangup import end_with_terminal

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench

NO_PROJECT = "PGC001"


def run(project_path: Path | None, url: str | None, disable: tuple[str, ...], fresh: bool) -> int:
    """Open the workbench on a project; gives the process's exit code.

    Args:
        project_path: folder or models file; None for the current folder.
        url: development database; None for the one that the project names, or the embedded server.
        disable: extensions switched off for this run.
        fresh: forget where the last session stood.

    Raises:
        PGCraftConfigError: the project's files are wrong, or the named path is not there.
    """
    opened = ExitStack()
    end_with_terminal(sys.stdin.fileno(), opened.close)
    project = _find_or_make(project_path, url, disable)
    if project is None:
        return 0
    garbage.pause()  # until the first frame stands
    from pgcraft_tui.application import WorkbenchApp
    from pgcraft_tui.host.saved_state import find_state_path

    with opened:
        app = WorkbenchApp(
            project,
            lambda: opened.enter_context(_open_workbench(project)),
            state_path=find_state_path(project.root),
            fresh=fresh,
        )
        return app.run() or app.return_code or 0


def _open_workbench(project: Project) -> "Workbench":
    from pgcraft.service.workbench import Workbench

    workbench = Workbench(project)
    workbench.keep_spare()
    return workbench


def _find_or_make(path: Path | None, url: str | None, disable: tuple[str, ...]) -> Project | None:
    """Find the project; in a folder without one offer to make it. None when the user declined."""
    try:
        return find_project(path, dev_url=url, disable=disable)
    except PGCraftConfigError as error:
        folder = (path or Path.cwd()).absolute()
        if error.code != NO_PROJECT or not folder.is_dir():
            raise
        from pgcraft_tui.screens.onboarding import OnboardingApp

        if not OnboardingApp(folder, error).run():
            return None
    return find_project(path, dev_url=url, disable=disable)
