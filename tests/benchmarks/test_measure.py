"""The table of the benchmarks says the truth about what it was given."""

import importlib

import pytest

from benchmarks.__main__ import MEASURES, show
from benchmarks.measure import Figure, Result, best_of


def test_a_ratio_is_held_against_its_limit() -> None:
    """A target that is missed and called met would be worse than none."""
    assert Result("ours", 0.3, "peer", 0.1, limit=3.0).is_met is True
    missed = Result("ours", 0.4, "peer", 0.1, limit=3.0)
    assert (missed.ratio, missed.is_met) == (pytest.approx(4.0), False)
    assert "4.00x" in show(missed)
    assert "MISSED" in show(missed)


def test_seconds_are_held_against_their_limit_whatever_the_peer() -> None:
    """A reload is promised in seconds, with the bare import beside it for the reader."""
    assert Result("reload", 1.2, "import", 1.0, limit_s=1.0).is_met is False
    assert Result("start", 1.2, limit_s=1.5).is_met is True
    assert Result("render", 1.2).is_met is None
    assert Figure("exponent", 1.2, limit=1.1).is_met is False


def test_the_sides_take_turns() -> None:
    """A machine that gets busy half way must not slow one side alone."""
    calls: list[str] = []
    times = best_of(2, lambda: calls.append("ours"), lambda: calls.append("peer"))
    assert calls == ["ours", "peer", "ours", "peer"]
    assert len(times) == 2


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_can_be_run(name: str) -> None:
    """A name in the list without a module would fail only in `make bench`."""
    assert callable(importlib.import_module(f"benchmarks.{name}").measure)
