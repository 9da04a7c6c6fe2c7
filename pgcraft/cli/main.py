"""The ``pgcraft`` program.

Exit status: 0 fine, 1 found something, 2 usage or project files, 3 models, 4 database, 130 interrupted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from pgcraft.cli import output
from pgcraft.errors import PGCraftConfigError, PGCraftError

INTERRUPTED = 130


def main() -> None:
    """Run the program and exit with its status."""
    output.prepare()
    arguments = sys.argv[1:]
    try:
        try:
            status = _open_workbench(arguments) if _is_plain_tui(arguments) else _run_command(arguments)
        finally:
            output.flush()
    except PGCraftError as error:
        from pgcraft.cli.diagnostics import report_error

        status = report_error(error, as_json="--json" in arguments)
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # the reader of our output is gone, as "head" is: that is no error of ours
        output.discard()
        status = 0
    sys.exit(status)


def _is_plain_tui(arguments: Sequence[str]) -> bool:
    """Whether it is ``pgcraft tui`` or ``pgcraft tui PATH``: typer's 40 ms would delay the first frame for nothing."""
    return len(arguments) in (1, 2) and arguments[0] == "tui" and not arguments[-1].startswith("-")


def _open_workbench(arguments: Sequence[str]) -> int:
    from pgcraft.cli.workbench import open_workbench

    return open_workbench(Path(arguments[1]) if len(arguments) > 1 else None)


def _run_command(arguments: Sequence[str]) -> int | None:
    from pgcraft.cli.installed import find_name, run_in_models
    from pgcraft.cli.program import build_app

    app = build_app(find_name(arguments))
    status = run_in_models(app, arguments)
    if status is None:
        try:
            app()
        except SystemExit as left:
            if "--json" in arguments:
                _write_usage_error(left.__context__)
            raise
    return status


def _write_usage_error(error: BaseException | None) -> None:
    """Give as a document what typer has said on stderr before it left; its class is not imported for that."""
    say = getattr(error, "format_message", None)
    if say is not None:
        wrong = PGCraftConfigError("PGC024", say(), remedy="--help lists what the command takes")
        output.write_json({"error": wrong})
