"""The ``pgcraft`` program.

Exit status: 0 fine, 1 found something, 2 usage or project files, 3 models, 4 database, 130 interrupted.
"""

import sys
from importlib import import_module

import typer

from pgcraft.cli import commands, options, output
from pgcraft.cli.installed import add_installed_commands, run_in_models
from pgcraft.errors import PGCraftError

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
    "history",
    "export",
    "verify",
    "doctor",
    "tui",
)
"""In the order of ``--help``; each is a module of `pgcraft.cli.commands` with an ``add`` function."""


def build_app() -> typer.Typer:
    """Give the program with its own commands and those of installed extensions."""
    app = typer.Typer(
        name="pgcraft",
        help="Keep a PostgreSQL schema as Python, serve it through PostgREST, and see all of it before it runs.",
        epilog="Exit status: 0 fine, 1 found something, 2 usage or project files, 3 models, 4 database.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(options.keep_globals)
    for name in COMMANDS:
        import_module(f"{commands.__name__}.{name}").add(app)
    add_installed_commands(app)
    return app


def main() -> None:
    """Run the program and exit with its status."""
    output.accept_any_text()
    try:
        app = build_app()
        status = run_in_models(app, sys.argv[1:])
        if status is None:
            app()
    except PGCraftError as error:
        from pgcraft.cli.diagnostics import report_error

        status = report_error(error, as_json="--json" in sys.argv[1:])
    except BrokenPipeError:
        status = _leave_pipe()
    sys.exit(status)


def _leave_pipe() -> int:
    """The reader of our output is gone, as ``head`` is: that is no error of ours, and nothing more can be said."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
