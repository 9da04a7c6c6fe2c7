"""Starting Python for `pgcraft --help` and `import pgcraft`, against the libraries' own start, in processor time."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, Side, best_of

BIN = Path(sys.executable).parent
ROUNDS = 12


def measure() -> Iterator[Result]:
    """Return the two lines of the command line's start."""
    pairs = (
        ("pgcraft --help", [str(BIN / "pgcraft"), "--help"], "import typer", 1.5),
        ("import pgcraft", _python("import pgcraft"), "pass", None),
    )
    for name, command, peer, limit in pairs:
        ours, theirs = best_of(ROUNDS, _run(command), _run(_python(peer)), clock=_children_time)
        yield Result(name, ours, f"python -c '{peer}'", theirs, limit=limit)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _children_time() -> float:
    """Return the seconds that processes started from here have computed until their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(command: list[str]) -> Side:
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
