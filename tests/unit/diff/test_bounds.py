"""A sequence never stands outside of the bounds that it is about to get."""

import pytest

from pgcraft.diff.bounds import Bounds, Counter, move_along

COUNTER = Counter("'s'", "last_value", "NOT is_called", " FROM s")
UP = Bounds(1, 100, 1, 1)
DOWN = Bounds(-100, -1, -1, -1)

MOVES = {
    "wider bounds": (UP, Bounds(-5, 500, 1, 1), []),
    "a higher lower bound": (UP, Bounds(50, 100, 50, 1), ["50, false) FROM s WHERE last_value < 50"]),
    "a lower upper bound": (UP, Bounds(1, 9, 1, 1), ["9) FROM s WHERE last_value > 9"]),
    "an upper bound below the start": (
        Bounds(1, 100, 50, 1),
        Bounds(1, 9, 1, 1),
        ["1, false) FROM s WHERE NOT is_called", "9) FROM s WHERE last_value > 9"],
    ),
    "a start within both bounds": (UP, Bounds(50, 900, 200, 1), ["100, false) FROM s WHERE last_value < 50"]),
    "counting down from a lower upper bound": (
        DOWN,
        Bounds(-100, -50, -50, -1),
        ["-50, false) FROM s WHERE last_value > -50"],
    ),
    "counting down to a higher lower bound": (DOWN, Bounds(-9, -1, -1, -1), ["-9) FROM s WHERE last_value < -9"]),
    "counting down to a lower bound above the start": (
        Bounds(-100, -1, -50, -1),
        Bounds(-9, -1, -1, -1),
        ["-1, false) FROM s WHERE NOT is_called", "-9) FROM s WHERE last_value < -9"],
    ),
    "no value in common": (UP, Bounds(200, 300, 200, 1), []),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_sequence_moves_before_its_bounds_do(name: str) -> None:
    old, new, expected = MOVES[name]
    assert [f"SELECT setval('s', {text}" for text in expected] == list(move_along(COUNTER, old, new))


def test_bounds_miss_each_other_where_no_value_is_within_both() -> None:
    assert UP.misses(DOWN)
    assert DOWN.misses(UP)
    assert not UP.misses(Bounds(100, 200, 100, 1))
