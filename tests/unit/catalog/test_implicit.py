"""The names that PostgreSQL gives by itself, cut as it cuts them."""

import pytest

from pgcraft.catalog.implicit import choose_constraint_name, make_object_name

JOINED = {
    ("t", "a", "key"): "t_a_key",
    ("t", "", "pkey"): "t_pkey",
    ("t" * 60, "a" * 10, "key"): f"{'t' * 48}_{'a' * 10}_key",
    ("t" * 10, "a" * 60, "key"): f"{'t' * 10}_{'a' * 48}_key",
    ("t" * 40, "a" * 40, "key"): f"{'t' * 29}_{'a' * 29}_key",
    ("t" * 40, "a" * 40, "fkey"): f"{'t' * 29}_{'a' * 28}_fkey",
    ("t" * 41, "a" * 40, "check"): f"{'t' * 28}_{'a' * 28}_check",
    ("t" * 29, "a" * 30, "key"): f"{'t' * 29}_{'a' * 29}_key",
    ("t" * 80, "", "pkey"): f"{'t' * 58}_pkey",
    ("ä" * 40, "a", "key"): f"{'ä' * 28}_a_key",
    ("t", "ö" * 40, "fkey"): f"t_{'ö' * 28}_fkey",
}
"""By table, columns and label; the longer of the first two gives way, byte by byte, and the second where both are."""


@pytest.mark.parametrize("parts", JOINED)
def test_the_longer_half_is_cut(parts: tuple[str, str, str]) -> None:
    """The other half was, and a grant named a sequence that is not there."""
    name = make_object_name(*parts)
    assert JOINED[parts] == name
    assert len(name.encode()) <= 63


NAMED = {
    ("primary key", ("a", "b")): "t_pkey",
    ("unique", ("a", "b")): "t_a_b_key",
    ("check", ("a",)): "t_a_check",
    ("check", ()): "t_check",
    ("check", ("a", "b")): "t_check",
    ("foreign key", ("a", "b")): "t_a_b_fkey",
    ("exclude", ("a",)): "t_a_excl",
}


@pytest.mark.parametrize(("type_", "columns"), NAMED)
def test_a_constraint_is_named_by_its_columns(type_: str, columns: tuple[str, ...]) -> None:
    assert NAMED[type_, columns] == choose_constraint_name(type_, "t", columns, ())


def test_a_taken_name_gets_a_number() -> None:
    taken = ["t_a_key"]
    for expected in ("t_a_key1", "t_a_key2"):
        assert expected == choose_constraint_name("unique", "t", ("a",), taken)
        taken.append(expected)


def test_the_number_has_room_of_its_own() -> None:
    long = choose_constraint_name("unique", "t" * 70, ("a",), ())
    numbered = choose_constraint_name("unique", "t" * 70, ("a",), (long,))
    assert f"{'t' * 57}_a_key" == long
    assert f"{'t' * 56}_a_key1" == numbered
