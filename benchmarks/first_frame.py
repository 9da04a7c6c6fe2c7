"""From the command to the first frame in a terminal, against a bare Textual application of the same widgets."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result
from benchmarks.terminal import Terminal

ROUNDS = 5
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
FRAME = "Objects"
"""Both show it in their first frame."""


def measure() -> Iterator[Result]:
    """Give the one line."""
    with tempfile.TemporaryDirectory() as state:
        variables = {"XDG_STATE_HOME": state}
        ours = [str(BIN / "pgcraft"), "tui", "examples/shop"]
        bare = [sys.executable, "-m", "benchmarks.bare_app"]
        times = [(_time_frame(ours, variables), _time_frame(bare, variables)) for _ in range(ROUNDS)]
    yield Result(
        "pgcraft tui, first frame",
        min(pair[0] for pair in times),
        "bare Textual app, same widgets",
        min(pair[1] for pair in times),
        limit=1.25,
    )


def _time_frame(command: list[str], variables: dict[str, str]) -> float:
    with Terminal(command, ROOT, variables) as terminal:
        return terminal.wait_for(FRAME)
