"""Commands that extensions add with ``register_cli``: of installed packages, and of the models' own config.

Installed ones are in ``--help``. To find those of the models' config, the models must be imported; that happens in a
process of its own, and only for a command that nobody else knows.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

GROUP_HEADER = "[pgcraft.extensions]"
UNKNOWN_COMMAND = 64
"""How `pgcraft.worker.commands` says that the models' extensions do not know the command either."""
_VALUED = ("--project", "--url", "--disable")


def add_installed_commands(app: typer.Typer) -> None:
    """Let the extensions of installed packages add their commands; one that is broken is named and left out."""
    if not _has_installed_extensions():
        return
    from pgcraft.cli.diagnostics import report_error
    from pgcraft.errors import PGCraftError
    from pgcraft.extension import running_hook
    from pgcraft.installed.disabled import disabled_extensions
    from pgcraft.installed.discovery import InstalledExtension, installed_extensions

    def add(installed: InstalledExtension) -> None:
        extension = installed.load()
        with running_hook(extension, "register_cli"):
            extension.register_cli(app)

    for installed in installed_extensions():
        try:
            if installed.name not in disabled_extensions():
                add(installed)
        except PGCraftError as error:
            report_error(error)


def run_in_models(app: typer.Typer, arguments: Sequence[str]) -> int | None:
    """Run a command that only an extension of the models' config may know.

    Returns:
        Its exit status; None when the program itself knows the command, or nobody does.

    Raises:
        PGCraftError: the models cannot be imported.
    """
    before, rest = _split_globals(arguments)
    if not rest or rest[0].startswith("-") or rest[0] in _names(app):
        return None
    from pgcraft.errors import PGCraftConfigError
    from pgcraft.service.commands import run_command
    from pgcraft.service.project import find_project

    path = next((Path(value) for option, value in before if option == "--project"), None)
    disable = tuple(value for option, value in before if option == "--disable")
    try:
        project = find_project(path, disable=disable)
    except PGCraftConfigError as error:
        if error.code == "PGC001":
            return None
        raise
    status = run_command(project, rest)
    return None if status == UNKNOWN_COMMAND else status


def find_name(arguments: Sequence[str]) -> str:
    """Return the command's name; empty where options that are no command's leave none."""
    return next(iter(_split_globals(arguments)[1]), "")


def _split_globals(arguments: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options before the command's name with their values, and all that follows."""
    found: list[tuple[str, str]] = []
    rest = list(arguments)
    while rest and rest[0].startswith(_VALUED):
        option, equals, value = rest.pop(0).partition("=")
        if not equals and rest:
            value = rest.pop(0)
        found.append((option, value))
    return found, rest


def _names(app: typer.Typer) -> set[str]:
    commands = {item.name or getattr(item.callback, "__name__", "") for item in app.registered_commands}
    return {name.replace("_", "-") for name in commands} | {str(group.name) for group in app.registered_groups}


def _has_installed_extensions() -> bool:
    """Whether an installed package names an entry point of our group; `importlib.metadata` takes 40 ms to load."""
    folders = (folder or "." for folder in dict.fromkeys(sys.path))
    return any(_declares_extension(folder) for folder in folders if os.path.isdir(folder))  # noqa: PTH112


def _declares_extension(folder: str) -> bool:
    with os.scandir(folder) as entries:
        names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    for name in names:
        try:
            with open(os.path.join(name, "entry_points.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
                if GROUP_HEADER in file.read():
                    return True
        except OSError:
            continue
    return False
