"""Building factories against building plain tables, and how the time grows with their number.

The exponent is measured twice: as the product builds models, in a worker that looks for cyclic garbage seldom, and
under Python's own collector, which looks through everything again whenever a quarter has been added.
"""

import gc
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.measure import Figure, Result, best_of
from benchmarks.models import build_factories, build_plain
from pgcraft.garbage import resume_seldom

COUNTS = (10, 100, 1000)
ROUNDS = 5


def measure() -> Iterator[Result | Figure]:
    """Return a line for each number of factories, and the exponents from 100 to 1,000, all in processor time."""
    build_factories(10)
    build_plain(10)
    ours, plain = _time_counts()
    for count in COUNTS:
        yield Result(f"build {count} factories with full API", ours[count], "plain tables", plain[count], limit=3.0)
    with _as_in_the_worker():
        in_worker, plain_in_worker = _time_counts()
    note = f"plain tables: {_exponent(plain_in_worker):.2f}"
    yield Figure("exponent of building, 100 to 1,000, in the worker", _exponent(in_worker), limit=1.1, note=note)
    note = f"plain tables: {_exponent(plain):.2f}"
    yield Figure("the same under Python's own garbage collector", _exponent(ours), note=note)


def _time_counts() -> tuple[dict[int, float], dict[int, float]]:
    """Return the best times of factories and of plain tables by their number."""
    sides = [partial(build, count) for count in COUNTS for build in (build_factories, build_plain)]
    found = best_of(ROUNDS, *sides, clock=time.process_time)
    return dict(zip(COUNTS, found[::2], strict=True)), dict(zip(COUNTS, found[1::2], strict=True))


@contextmanager
def _as_in_the_worker() -> Iterator[None]:
    """Set the garbage collector as the worker does before it imports models."""
    before = gc.get_threshold()
    resume_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _exponent(times: dict[int, float]) -> float:
    return math.log10(times[1000] / times[100])
