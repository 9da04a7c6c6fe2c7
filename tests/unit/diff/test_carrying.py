"""Values that change their column because what they belong to gets another type."""

import pytest

from pgcraft.catalog.definitions import Column, Definition, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.carrying import Carrying, plan_carrying
from pgcraft.render.statement import Hazard, HazardType
from tests.unit.diff.catalogs import make

Typed = dict[str, str]
"""Types by name: of columns of the log, or of what stands in the view."""


def log(values: Typed, view: Typed) -> dict[str, Definition]:
    columns = {f"column app.log.{name}": Column(at, type_) for at, (name, type_) in enumerate(values.items(), 2)}
    return {
        "table app.log": Table(),
        "column app.log.attribute": Column(1, "text"),
        **columns,
        "view app.pivot": View("SELECT 1", tuple(view), tuple(view.values())),
    }


def carry(before: Typed, after: Typed, had: Typed, names: dict[str, tuple[str, ...]]) -> list[Carrying]:
    return list(
        plan_carrying(
            make(log(before, had)),
            make(log(after, {})),
            parse_id("table app.log"),
            name_column="attribute",
            names=names,
            relation=("app", "pivot"),
        )
    )


def test_values_move_into_the_column_of_their_new_type() -> None:
    """The history of an attribute was lost when its type changed."""
    (carrying,) = carry(
        {"value_integer": "integer"}, {"value_bigint": "bigint"}, {"n": "integer"}, {"value_bigint": ("n",)}
    )
    assert parse_id("column app.log.value_integer") == carrying.column
    assert carrying.is_whole
    action = carrying.action
    assert (
        "ALTER TABLE app.log ALTER COLUMN value_bigint TYPE bigint USING coalesce(value_bigint, value_integer::bigint)",
    ) == action.up
    assert (
        "ALTER TABLE app.log ALTER COLUMN value_integer TYPE integer USING (value_bigint)::text::integer",
    ) == action.down
    target = frozenset({parse_id("column app.log.value_bigint")})
    assert (target, frozenset({carrying.column}), target) == (action.requires, action.releases, action.along)
    expected = "every row is written anew: the values of column app.log.value_integer move"
    assert (Hazard(HazardType.TABLE_REWRITE, expected),) == action.hazards


def test_a_column_that_is_there_takes_those_of_its_names_and_gives_them_back() -> None:
    (carrying,) = carry(
        {"value_integer": "integer", "value_text": "text"},
        {"value_text": "text"},
        {"n": "integer", "s": "text"},
        {"value_text": ("n", "s")},
    )
    up, down = carrying.action.up[0], carrying.action.down[0]
    assert up.endswith("TYPE text USING coalesce(value_text, value_integer::text)")
    assert (
        "ALTER TABLE app.log ALTER COLUMN value_integer TYPE integer "
        "USING (CASE WHEN attribute IN ('n') THEN value_text END)::text::integer, "
        "ALTER COLUMN value_text TYPE text USING CASE WHEN attribute NOT IN ('n') THEN value_text END"
    ) == down


def test_values_go_apart_by_their_names() -> None:
    """What fits all takes the rest along, also of names that are no more."""
    (carrying,) = carry(
        {"value_integer": "integer"},
        {"value_smallint": "smallint", "value_bigint": "bigint"},
        {"a": "integer", "b": "integer"},
        {"value_smallint": ("a",), "value_bigint": ("b",)},
    )
    assert carrying.is_whole
    (up,) = carrying.action.up
    assert (
        "ALTER TABLE app.log ALTER COLUMN value_smallint TYPE smallint USING coalesce(value_smallint, "
        "CASE WHEN attribute IN ('a') THEN value_integer::text::smallint END), "
        "ALTER COLUMN value_bigint TYPE bigint USING coalesce(value_bigint, "
        "CASE WHEN attribute NOT IN ('a') THEN value_integer::bigint END)"
    ) == up
    (down,) = carrying.action.down
    assert (
        "ALTER TABLE app.log ALTER COLUMN value_integer TYPE integer USING coalesce("
        "(value_smallint)::text::integer, (value_bigint)::text::integer)"
    ) == down


def test_what_fits_nowhere_is_not_whole() -> None:
    (carrying,) = carry(
        {"value_bigint": "bigint"}, {"value_integer": "integer"}, {"n": "bigint"}, {"value_integer": ("n",)}
    )
    assert not carrying.is_whole
    assert "CASE WHEN attribute IN ('n') THEN value_bigint::text::integer END" in carrying.action.up[0]


def test_a_length_is_no_other_column() -> None:
    (carrying,) = carry(
        {"value_varchar": "character varying"},
        {"value_text": "text"},
        {"s": "character varying(9)"},
        {"value_text": ("s",)},
    )
    assert parse_id("column app.log.value_varchar") == carrying.column


@pytest.mark.parametrize(
    ("before", "after", "had", "names"),
    [
        ({"value_integer": "integer"}, {"value_integer": "integer"}, {"n": "integer"}, {"value_integer": ("n",)}),
        ({"value_integer": "integer"}, {"value_text": "text"}, {"n": "integer"}, {"value_text": ("m",)}),
        ({"value_integer": "integer"}, {"value_text": "text"}, {"n": "date"}, {"value_text": ("n",)}),
        ({"value_integer": "integer"}, {}, {"n": "integer"}, {}),
    ],
)
def test_where_nothing_moves_nothing_is_planned(
    before: Typed, after: Typed, had: Typed, names: dict[str, tuple[str, ...]]
) -> None:
    assert [] == carry(before, after, had, names)


def test_a_log_that_is_new_or_goes_has_nothing_to_carry() -> None:
    there = make(log({"value_integer": "integer"}, {"n": "integer"}))
    for current, wanted in ((make({}), there), (there, make({}))):
        found = plan_carrying(
            current,
            wanted,
            parse_id("table app.log"),
            name_column="attribute",
            names={"value_bigint": ("n",)},
            relation=("app", "pivot"),
        )
        assert [] == list(found)


def test_without_the_view_nobody_knows_what_values_had() -> None:
    before = log({"value_integer": "integer"}, {})
    del before["view app.pivot"]
    found = plan_carrying(
        make(before),
        make(log({"value_bigint": "bigint"}, {})),
        parse_id("table app.log"),
        name_column="attribute",
        names={"value_bigint": ("n",)},
        relation=("app", "pivot"),
    )
    assert [] == list(found)
