"""``pgcraft init``: make a project."""

from pathlib import Path
from typing import Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import JsonOption


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Where; the current folder when left out.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Make a project; nothing is overwritten.

    Writes models.py, alembic.ini, migrations/ and [tool.pgcraft] in pyproject.toml where they are missing.
    """
    from pgcraft.service.scaffold import init_project

    made = init_project(folder)
    if as_json:
        output.write_json({"made": made})
    elif made:
        for path in made:
            output.write_line(f"made {path}")
        output.write_line('next: pgcraft show, then pgcraft revision -m "first tables"')
    else:
        output.write_line("everything is there already; nothing was written")
