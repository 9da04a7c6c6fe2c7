"""From the command to the first frame in a terminal, against a bare Textual application of the same widgets.

Then to the shop's objects in the tree, at the first start, with nothing in pgcraft's caches, and at the second.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result
from benchmarks.terminal import Terminal

ROUNDS = 8
STARTS = 3
FIRST_S, SECOND_S = 5.0, 2.0
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
FRAME = "Objects"
"""Both show it in their first frame."""
OBJECT = "customers"
"""A row of the tree."""
OURS = [str(BIN / "pgcraft"), "tui", "examples/shop"]


def measure() -> Iterator[Result]:
    """Return a line for the first frame, and one for the objects at each start."""
    with tempfile.TemporaryDirectory() as state:
        variables = {"XDG_STATE_HOME": state}
        bare = [sys.executable, "-m", "benchmarks.bare_app"]
        times = [(_time_frame(OURS, variables), _time_frame(bare, variables)) for _ in range(ROUNDS)]
    yield Result(
        "pgcraft tui, first frame",
        min(pair[0] for pair in times),
        "bare Textual app, same widgets",
        min(pair[1] for pair in times),
        limit=1.25,
    )
    starts = [tuple(_time_starts()) for _ in range(STARTS)]
    for place, (name, limit) in enumerate((("first", FIRST_S), ("second", SECOND_S))):
        yield Result(f"pgcraft tui, the shop's objects, {name} start", min(run[place] for run in starts), limit_s=limit)


def _time_starts() -> Iterator[float]:
    """Return the seconds of the first and of the second start in an environment of their own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        variables = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME"), folder)
        for _ in range(2):
            with Terminal(OURS, ROOT, variables) as terminal:
                yield terminal.wait_for(OBJECT)


def _time_frame(command: list[str], variables: dict[str, str]) -> float:
    with Terminal(command, ROOT, variables) as terminal:
        return terminal.wait_for(FRAME)
