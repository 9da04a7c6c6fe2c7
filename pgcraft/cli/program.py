"""The program's commands: our own in the order of ``--help``, then those of installed extensions."""

from importlib import import_module

import typer

from pgcraft.cli import commands, options
from pgcraft.cli.installed import add_installed_commands

COMMANDS = (
    "init",
    "show",
    "ddl",
    "api",
    "serve",
    "extensions",
    "diff",
    "check",
    "revision",
    "merge",
    "prove",
    "history",
    "why",
    "export",
    "erd",
    "lint",
    "verify",
    "access",
    "drift",
    "doctor",
    "tui",
)
"""In the order of ``--help``; each is a module of `pgcraft.cli.commands` with an ``add`` function."""


def build_app(name: str = "") -> typer.Typer:
    """Return the program with its own commands and those of installed extensions.

    Args:
        name: the command that is run; of ours, the others are left out then, which typer would build all.
    """
    app = typer.Typer(
        name="pgcraft",
        help="Keep a PostgreSQL schema as Python, serve it through PostgREST, and see all of it before it runs.",
        epilog="Exit status: 0 fine, 1 found something, 2 usage or project files, 3 models, 4 database.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(options.keep_globals)
    for each in (name,) if name in COMMANDS else COMMANDS:
        import_module(f"{commands.__name__}.{each}").add(app)
    add_installed_commands(app)
    return app
