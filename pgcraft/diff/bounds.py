"""Sequences whose bounds move: PostgreSQL refuses bounds that a sequence stands outside of, so it moves along."""

from collections.abc import Iterator
from dataclasses import dataclass

from pgcraft.catalog.definitions import Identity, Sequence
from pgcraft.catalog.sequences import default_sequence


@dataclass(frozen=True, slots=True)
class Bounds:
    """How a sequence counts."""

    low: int
    high: int
    start: int
    step: int

    def misses(self, other: "Bounds") -> bool:
        """Whether no value is within both."""
        return self.high < other.low or self.low > other.high


@dataclass(frozen=True, slots=True)
class Counter:
    """How SQL asks a sequence where it is.

    Attributes:
        name: gives the sequence.
        last: gives its last value, or its first where it was never asked.
        is_unused: a condition: it was never asked.
        source: FROM, where the others need one.
    """

    name: str
    last: str
    is_unused: str
    source: str = ""


def find_bounds(type_: str, options: Sequence | Identity) -> Bounds:
    """Return how a sequence of a type counts.

    Args:
        options: those that are None are the server's choice.
    """
    default = default_sequence(type_, options.increment)
    low = default.minimum if options.minimum is None else options.minimum
    high = default.maximum if options.maximum is None else options.maximum
    first = low if default.increment > 0 else high
    start = first if options.start is None else options.start
    return Bounds(low or 0, high or 0, start or 0, default.increment)


def move_along(counter: Counter, old: Bounds, new: Bounds) -> Iterator[str]:
    """Return what sets a sequence to a value within new bounds, where it is at none; to run before they are set.

    What is below a lower bound begins at the start, or ends where it counts down; the other way round above an upper
    one, but for what was never asked, which begins. Where no value is within both bounds, nothing can be set before,
    and RESTART is what leads there.
    """
    if new.misses(old):
        return
    first = min(max(new.start, old.low), old.high)
    is_rising = new.step > 0
    if old.start > new.high if is_rising else old.start < new.low:
        yield _set(counter, first, counter.is_unused, is_called=False)
    if new.low > old.low:
        yield _set(counter, first if is_rising else new.low, f"{counter.last} < {new.low}", is_called=not is_rising)
    if new.high < old.high:
        yield _set(counter, new.high if is_rising else first, f"{counter.last} > {new.high}", is_called=is_rising)


def _set(counter: Counter, value: int, condition: str, *, is_called: bool) -> str:
    called = "" if is_called else ", false"
    return f"SELECT setval({counter.name}, {value}{called}){counter.source} WHERE {condition}"
