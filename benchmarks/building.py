"""Building factories against building plain tables, and how the time grows with their number."""

import math
from collections.abc import Iterator

from benchmarks.measure import Figure, Result, best_of
from benchmarks.models import build_factories, build_plain

COUNTS = {10: 20, 100: 7, 1000: 3}
"""Factories, and rounds for each."""


def measure() -> Iterator[Result | Figure]:
    """Give a line for each number of factories, and the exponent from 100 to 1,000."""
    build_factories(10)
    build_plain(10)
    times = {}
    for count, rounds in COUNTS.items():
        ours, plain = best_of(rounds, lambda n=count: build_factories(n), lambda n=count: build_plain(n))
        times[count] = ours
        yield Result(f"build {count} factories with full API", ours, "plain tables", plain, limit=3.0)
    yield Figure("exponent of building, 100 to 1,000", math.log10(times[1000] / times[100]), limit=1.1)
