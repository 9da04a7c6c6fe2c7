"""Everything that goes to stderr: errors, notes, how far long work has come."""

import os
import sys
from typing import TYPE_CHECKING

from pgcraft.cli.output import hide_controls

if TYPE_CHECKING:
    from pgcraft.errors import PGCraftError
    from pgcraft.service.types import Progress

DETAIL_VARIABLE = "PGCRAFT_DETAIL"
"""Set to anything, errors are shown with their detail: tracebacks, the server's words."""
MAX_DETAIL_LINES = 12


def report_error(error: "PGCraftError", *, as_json: bool = False) -> int:
    """Say what went wrong and give the exit status; with ``as_json`` stdout gets it as a document, too."""
    from pgcraft.scrub import scrub

    write(scrub(str(error)))
    if error.detail:
        shown = scrub(error.detail) if os.environ.get(DETAIL_VARIABLE) else _shorten(scrub(error.detail))
        write("\n".join(f"  | {line}" for line in shown.splitlines()))
    if as_json:
        from pgcraft.cli.output import write_json

        write_json({"error": error})
    return error.exit_code


def _shorten(detail: str) -> str:
    """Return the first part of a detail: the lines of source, or what was written last; tracebacks on request only."""
    first, _, rest = detail.partition("\n\n")
    lines = [] if first.startswith("Traceback") else first.splitlines()
    shown = lines[:MAX_DETAIL_LINES]
    is_cut = bool(rest) or len(shown) < len(first.splitlines())
    return "\n".join([*shown, f"… (all of it with {DETAIL_VARIABLE}=1)"] if is_cut else shown)


def write(text: str) -> None:
    """Write a line of talk."""
    sys.stderr.write(hide_controls(text) + "\n")
    sys.stderr.flush()


def confirm(question: str) -> bool:
    """Ask on the terminal; only a typed "yes" or "y" is one, and without a terminal nothing is."""
    if not sys.stdin.isatty():
        write(f"{question} not without a terminal; --yes does it")
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


class ProgressLine:
    """Shows the stage of long work in one line of a terminal; anywhere else it says nothing."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def __call__(self, progress: "Progress") -> None:
        """Show a stage over the one before."""
        count = f" {progress.count}/{progress.total}" if progress.count is not None and progress.total else ""
        self._show(f"{progress.stage.value}{count} … {progress.seconds:.1f} s")

    def clear(self) -> None:
        """Take the line away."""
        self._show("")
        if self._is_shown:
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _show(self, text: str) -> None:
        if self._is_shown:
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)
