"""A column that gets another type: its default, its sequence and its values come along, both ways."""

import pytest

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.columns import alter_column, can_count
from pgcraft.diff.compare import compare_objects
from pgcraft.diff.serials import go_on

HEAD = "ALTER TABLE app.t ALTER COLUMN a "
SEQUENCE = "pg_get_serial_sequence('app.t', 'a')"
GO_ON = f"SELECT setval({SEQUENCE}, max(a)) FROM app.t WHERE a >= 1"
LEAVE = f"""DO $$
DECLARE
  own_sequence text := {SEQUENCE};
BEGIN
  ALTER TABLE app.t ALTER COLUMN a DROP DEFAULT;
  EXECUTE 'DROP SEQUENCE ' || own_sequence;
END
$$"""
PLAIN, TEXT = Column(1, "integer", nullable=False), Column(1, "text", nullable=False)
SERIAL = Column(1, "integer", nullable=False, is_serial=True)
IDENTITY = Column(1, "integer", nullable=False, identity=Identity(always=True, start=5))


def item(column: Column) -> CatalogObject:
    return CatalogObject(parse_id("column app.t.a"), column)


def alter(before: Column, after: Column, *, rests: bool = False) -> list[str]:
    facts = compare_objects(item(before), item(after)).facts
    using = f"a::{after.type}" if "type" in facts else ""
    found = alter_column(item(before), item(after), facts, using, rests=rests)
    return [sql.removeprefix(HEAD) for sql in found]


@pytest.mark.parametrize(
    ("type_", "counts"),
    [("integer", True), ("INT8", True), ("smallint", True), ("numeric", False), ("integer[]", False)],
)
def test_whole_numbers_count(type_: str, *, counts: bool) -> None:
    assert counts is can_count(Column(1, type_))


WAYS: dict[str, tuple[Column, Column, list[str]]] = {
    "plain": (PLAIN, TEXT, ["TYPE text USING a::text"]),
    "with a default": (
        Column(1, "integer", default="1"),
        Column(1, "text", default="'b'"),
        ["DROP DEFAULT", "TYPE text USING a::text", "SET DEFAULT 'b'"],
    ),
    "with the same default": (
        Column(1, "integer", default="1"),
        Column(1, "bigint", default="1"),
        ["DROP DEFAULT", "TYPE bigint USING a::bigint", "SET DEFAULT 1"],
    ),
    "with another collation": (
        Column(1, "integer"),
        Column(1, "text", collation='"C"'),
        ['TYPE text COLLATE "C" USING a::text'],
    ),
    "of a type that has no collation": (
        Column(1, "text", collation='"C"'),
        Column(1, "app.state"),
        ["TYPE app.state USING a::app.state"],
    ),
    "required now, and with a comment": (
        Column(1, "integer"),
        Column(1, "text", nullable=False, comment="c"),
        ["TYPE text USING a::text", "SET NOT NULL", "COMMENT ON COLUMN app.t.a IS 'c'"],
    ),
    "a serial one no more": (SERIAL, TEXT, [LEAVE, "TYPE text USING a::text"]),
    "serial now": (
        TEXT,
        SERIAL,
        [
            "TYPE integer USING a::integer",
            "CREATE SEQUENCE app.t_a_seq AS integer OWNED BY app.t.a",
            "SET DEFAULT nextval('app.t_a_seq'::regclass)",
            GO_ON,
        ],
    ),
    "a wider serial one": (
        SERIAL,
        Column(1, "bigint", nullable=False, is_serial=True),
        [
            "TYPE bigint USING a::bigint",
            f"DO $$\nBEGIN\n  EXECUTE 'ALTER SEQUENCE ' || {SEQUENCE} || ' AS bigint';\nEND\n$$",
        ],
    ),
    "an identity no more": (IDENTITY, TEXT, ["DROP IDENTITY", "TYPE text USING a::text"]),
    "an identity now": (
        TEXT,
        IDENTITY,
        [
            "TYPE integer USING a::integer",
            "ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)",
            GO_ON.replace(">= 1", ">= 5"),
        ],
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_column_gets_another_type(name: str) -> None:
    before, after, expected = WAYS[name]
    assert expected == alter(before, after)


def test_the_sequence_of_an_unlogged_table_is_unlogged() -> None:
    """It is made beside the change of the table, which turns only the sequences that are there."""
    facts = compare_objects(item(PLAIN), item(SERIAL)).facts
    first, *_ = alter_column(item(PLAIN), item(SERIAL), facts, "", is_unlogged=True)
    assert "CREATE UNLOGGED SEQUENCE app.t_a_seq AS integer OWNED BY app.t.a" == first


def test_a_default_that_rests_is_left_to_others() -> None:
    assert ["TYPE text USING a::text"] == alter(
        Column(1, "integer", default="1"), Column(1, "text", default="'b'"), rests=True
    )


BOUNDS = {
    ">= 1": Identity(),
    ">= 5": Identity(start=5),
    "BETWEEN 3 AND 9": Identity(minimum=3, maximum=9),
    "BETWEEN 1 AND 9": Identity(maximum=9),
    ">= -3": Identity(minimum=-3),
    "<= -1": Identity(increment=-2),
    "BETWEEN -9 AND -1": Identity(increment=-2, minimum=-9),
    "<= 10": Identity(increment=-1, maximum=10),
}


@pytest.mark.parametrize("within", BOUNDS)
def test_a_sequence_goes_on_behind_the_values_that_it_can_reach(within: str) -> None:
    """Others are out of its bounds, where setval fails; where there is none it begins at its start."""
    identity = BOUNDS[within]
    furthest = "min" if (identity.increment or 1) < 0 else "max"
    assert f"SELECT setval({SEQUENCE}, {furthest}(a)) FROM app.t WHERE a {within}" == go_on(
        item(Column(1, "integer", identity=identity))
    )
