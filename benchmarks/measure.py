"""What a measure gives, and how its two sides take turns."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

Side = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Result:
    """One line of the table.

    Attributes:
        name: what was measured.
        seconds: our best time.
        peer: what stands beside it; empty when nothing does.
        peer_seconds: its best time.
        limit: at most this ratio; None when none is promised.
        limit_s: at most these seconds; None when none are promised.
        note: said behind the line.
    """

    name: str
    seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    limit: float | None = None
    limit_s: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Our time over the peer's; None without a peer."""
        return self.seconds / self.peer_seconds if self.peer_seconds else None

    @property
    def is_met(self) -> bool | None:
        """Whether the promise holds; None when there is none."""
        if self.limit is not None and self.ratio is not None:
            return self.ratio <= self.limit
        return None if self.limit_s is None else self.seconds <= self.limit_s


@dataclass(frozen=True)
class Figure:
    """A line that is a plain number, such as an exponent."""

    name: str
    value: float
    limit: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the promise holds; None when there is none."""
        return None if self.limit is None else self.value <= self.limit


def time_once(side: Side, clock: Clock = time.perf_counter) -> float:
    """Return the seconds that one call takes, with the garbage of earlier ones out of the way."""
    gc.collect()
    start = clock()
    side()
    return clock() - start


def best_of(rounds: int, *sides: Side, clock: Clock = time.perf_counter) -> tuple[float, ...]:
    """Return each side's best time; in every round the sides take turns, so that a busy machine slows all alike.

    Args:
        rounds: how often each side is called.
        sides: what to measure.
        clock: ``time.process_time`` for what only computes: it does not count the time that others take.
    """
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for index, side in enumerate(sides):
            times[index].append(time_once(side, clock))
    return tuple(min(found) for found in times)
