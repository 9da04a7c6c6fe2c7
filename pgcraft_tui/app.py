"""The workbench's application: it owns the session and the jobs, loads the models, and opens the screens."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from pgcraft_tui.session import Session
from pgcraft_tui.workers import Jobs

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench


class WorkbenchApp(App[int]):
    """The workbench over one project.

    Args:
        workbench: what it asks; closed by whoever made it.
    """

    def __init__(self, workbench: "Workbench") -> None:
        super().__init__()
        self.session = Session(workbench)
        self.jobs = Jobs(self)

    def action_extensions(self) -> None:
        """Show the extensions of the project."""
        from pgcraft_tui.screens.extensions import ExtensionsScreen

        self.push_screen(ExtensionsScreen())

    def action_revision(self) -> None:
        """Write a revision, step by step."""
        from pgcraft_tui.screens.revision import RevisionScreen

        self.push_screen(RevisionScreen())

    def action_export(self) -> None:
        """Write SQL files."""
        from pgcraft_tui.screens.export import ExportScreen

        self.push_screen(ExportScreen())

    def action_verify(self) -> None:
        """Try every operation as every role."""
        from pgcraft_tui.screens.verify import VerifyScreen

        self.push_screen(VerifyScreen())

    def action_help(self) -> None:
        """List every key."""
        from pgcraft_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_jump(self) -> None:
        """Go to any object by its name."""
        from pgcraft_tui.screens.jump import JumpScreen

        self.push_screen(JumpScreen())


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

    del fresh
    workbench = Workbench(find_project(project_path, dev_url=url, disable=disable))
    try:
        return WorkbenchApp(workbench).run() or 0
    finally:
        workbench.close()
