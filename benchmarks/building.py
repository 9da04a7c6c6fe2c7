"""Building factories against building plain tables, and how the time grows with their number."""

import math
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.measure import Figure, Result, best_of
from benchmarks.models import build_factories, build_plain

COUNTS = (10, 100, 1000)
ROUNDS = 5


def measure() -> Iterator[Result | Figure]:
    """Give a line for each number of factories, and the exponent from 100 to 1,000, all in processor time."""
    build_factories(10)
    build_plain(10)
    sides = [partial(build, count) for count in COUNTS for build in (build_factories, build_plain)]
    found = best_of(ROUNDS, *sides, clock=time.process_time)
    ours = dict(zip(COUNTS, found[::2], strict=True))
    plain = dict(zip(COUNTS, found[1::2], strict=True))
    for count in COUNTS:
        yield Result(f"build {count} factories with full API", ours[count], "plain tables", plain[count], limit=3.0)
    note = f"plain tables: {_exponent(plain):.2f}"
    yield Figure("exponent of building, 100 to 1,000", _exponent(ours), limit=1.1, note=note)


def _exponent(times: dict[int, float]) -> float:
    return math.log10(times[1000] / times[100])
