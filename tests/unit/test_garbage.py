"""Python's collector of garbage, held still and let go."""

import gc
from collections.abc import Iterator

import pytest

from pgcraft import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before, was_on, was_passed_over = gc.get_threshold(), gc.isenabled(), gc.get_freeze_count() > 0
    yield
    gc.unfreeze()
    if was_passed_over:
        gc.freeze()
    gc.set_threshold(*before)
    (gc.enable if was_on else gc.disable)()


@pytest.mark.parametrize("is_on", [True, False])
def test_a_pause_leaves_it_as_it_was(*, is_on: bool) -> None:
    """Also where what is built inside fails, and within another pause."""
    (gc.enable if is_on else gc.disable)()
    with garbage.paused():
        assert not gc.isenabled()
    assert is_on is gc.isenabled()
    with pytest.raises(ZeroDivisionError), garbage.paused():
        raise ZeroDivisionError
    assert is_on is gc.isenabled()


def test_it_is_resumed_without_what_is_there() -> None:
    garbage.pause()
    assert not gc.isenabled()
    gc.unfreeze()
    garbage.resume()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_it_is_resumed_to_look_seldom() -> None:
    garbage.pause()
    garbage.resume_seldom()
    assert gc.isenabled()
    assert (100_000, 50) == gc.get_threshold()[:2]


def test_what_stays_is_passed_over() -> None:
    gc.unfreeze()
    gc.set_threshold(700)
    assert garbage.pass_over()
    assert gc.get_freeze_count() > 0
    assert not garbage.pass_over()
    with garbage.paused():
        made = [[number] for number in range(1_000)]
        garbage.look_again()
    assert 0 == gc.get_freeze_count()
    assert not any(each is made for each in gc.get_objects(generation=0)), "it would be looked through at once"


def test_a_process_of_ours_has_passed_over_it() -> None:
    """To count what stands there took as long as a look through it, with every comparison."""
    gc.unfreeze()
    garbage.resume_seldom()
    assert not garbage.pass_over()
    assert gc.get_freeze_count() > 0
