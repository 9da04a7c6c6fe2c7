"""The way in: find the project, warm up the child, then start Textual.

This module imports no Textual: the child process is on its way before the terminal library is loaded.
"""

from pathlib import Path


def run(project_path: Path | None, url: str | None, disable: tuple[str, ...], fresh: bool) -> int:
    """Open the workbench on a project; gives the process's exit code.

    Args:
        project_path: folder or models file; None for the current folder.
        url: development database; None for the one that the project names, or the embedded server.
        disable: extensions switched off for this run.
        fresh: forget where the last session stood.
    """
    from pgcraft.service.project import find_project
    from pgcraft.service.workbench import Workbench

    workbench = Workbench(find_project(project_path, dev_url=url, disable=disable))
    workbench.start_spare()
    try:
        from pgcraft_tui.application import WorkbenchApp
        from pgcraft_tui.state import find_state_path

        app = WorkbenchApp(workbench, state_path=find_state_path(workbench.project.root), fresh=fresh)
        return app.run() or app.return_code or 0
    finally:
        workbench.close()
