"""Columns that count leave their sequence before they become of a type that has none, and get it again behind it."""

import pytest

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.counting import can_count, start_counting, stop_counting
from pgcraft.diff.serials import widen_sequence

HEAD = "ALTER TABLE app.t ALTER COLUMN a"
GO_ON = "SELECT setval(pg_get_serial_sequence('app.t', 'a'), greatest(max(a) + 1, 1), false) FROM app.t"
PLAIN, SERIAL = Column(1, "integer", nullable=False), Column(1, "integer", nullable=False, is_serial=True)
IDENTITY = Column(1, "integer", nullable=False, identity=Identity(always=True, start=5))


def item(column: Column) -> CatalogObject:
    return CatalogObject(parse_id("column app.t.a"), column)


@pytest.mark.parametrize(
    ("type_", "counts"),
    [("integer", True), ("INT8", True), ("smallint", True), ("numeric", False), ("integer[]", False)],
)
def test_whole_numbers_count(type_: str, *, counts: bool) -> None:
    assert counts is can_count(Column(1, type_))


def test_a_plain_column_has_nothing_to_leave() -> None:
    assert () == stop_counting(item(PLAIN)) == tuple(start_counting(item(PLAIN)))


def test_an_identity_is_dropped_and_added_behind_the_values() -> None:
    assert (f"{HEAD} DROP IDENTITY",) == stop_counting(item(IDENTITY))
    assert (
        f"{HEAD} ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)",
        GO_ON,
    ) == tuple(start_counting(item(IDENTITY)))


def test_a_serial_column_leaves_its_sequence_and_gets_one() -> None:
    (left,) = stop_counting(item(SERIAL))
    assert "own_sequence text := pg_get_serial_sequence('app.t', 'a');" in left
    assert (
        "CREATE SEQUENCE app.t_a_seq AS integer OWNED BY app.t.a",
        f"{HEAD} SET DEFAULT nextval('app.t_a_seq'::regclass)",
        GO_ON,
    ) == tuple(start_counting(item(SERIAL)))


def test_a_sequence_gets_the_type_of_its_column() -> None:
    """It would run out where the old type did."""
    assert (
        "DO $$\nBEGIN\n  EXECUTE 'ALTER SEQUENCE ' || pg_get_serial_sequence('app.t', 'a') || ' AS bigint';\nEND\n$$"
    ) == widen_sequence(item(Column(1, "bigint", is_serial=True)))
