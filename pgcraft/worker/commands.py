"""Runs a command that an extension of the models' config brings.

Usage: ``python -m pgcraft.worker.commands PROJECT ERRORS COMMAND …`` with the numbers of two inherited pipes: one gives
the project as JSON, one takes an error. The terminal's streams are the command's own.
"""

import json
import os
import sys

import typer

from pgcraft.config import get_configs
from pgcraft.errors import PGCraftError
from pgcraft.installed.disabled import override_disabled
from pgcraft.service.codec import decode
from pgcraft.service.protocol import write_message
from pgcraft.service.types import Project
from pgcraft.worker.failures import map_failure
from pgcraft.worker.importing import import_models

UNKNOWN_COMMAND = 64


def main() -> None:
    """Import the models, let their extensions add their commands, and run one."""
    projects, errors = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(errors, False)
    with os.fdopen(projects, "rb") as reader:
        project = decode(Project, json.loads(reader.read()))
    arguments = sys.argv[3:]
    with override_disabled(project.disabled):
        try:
            app = _build_app(project)
        except PGCraftError as error:
            os.write(errors, write_message(error))
            sys.exit(error.exit_code)
        os.close(errors)
        group = typer.main.get_group(app)
        if arguments[0] not in group.commands:
            sys.exit(UNKNOWN_COMMAND)
        group(arguments, prog_name="pgcraft")


def _build_app(project: Project) -> typer.Typer:
    imported = import_models(project, lambda _: None)
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(_keep_names)
    seen: set[str] = set()
    for config in get_configs(imported.metadata):
        for extension in config.resolved_extensions:
            if extension.name not in seen:
                seen.add(extension.name)
                try:
                    extension.register_cli(app)
                except Exception as error:
                    raise map_failure(error, project.root, during=f"register_cli of {extension.name}") from error
    return app


def _keep_names() -> None:
    """Without a callback, typer makes a lone command the program itself."""


if __name__ == "__main__":
    main()
