"""Values of enumerated types that come and go, under columns, defaults, checks and views."""

import pytest

from pgcraft.catalog.definitions import Column, Constraint, Definition, Enum, Function, Grant, Index, Role, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.types import find_columns, find_remade
from pgcraft.identifiers import quote_name
from pgcraft.render.statement import Hazard, HazardType
from tests.unit.diff.catalogs import down, make, plan_change, up

STATE = "enum app.state"


def plan_values(before: str, after: str, others: dict[str, Definition] | None = None) -> tuple[Action, ...]:
    more = others or {}
    return plan_change({STATE: Enum(tuple(before)), **more}, {STATE: Enum(tuple(after)), **more})


ADDED = {
    ("ab", "abc"): ["'c'"],
    ("ab", "xab"): ["'x' BEFORE 'a'"],
    ("ab", "axb"): ["'x' BEFORE 'b'"],
    ("ab", "axyb"): ["'x' BEFORE 'b'", "'y' BEFORE 'b'"],
    ("b", "abc"): ["'a' BEFORE 'b'", "'c'"],
}


@pytest.mark.parametrize(("before", "after"), ADDED)
def test_values_are_added_each_at_its_place(before: str, after: str) -> None:
    expected = [f"ALTER TYPE app.state ADD VALUE IF NOT EXISTS {text}" for text in ADDED[before, after]]
    (action,) = plan_values(before, after)
    assert expected == list(action.up)
    assert action.is_alone
    assert () == action.hazards


def test_a_removed_value_makes_the_type_again_both_ways() -> None:
    (action,) = plan_values("ab", "b")
    assert [
        "ALTER TYPE app.state RENAME TO state__old",
        "CREATE TYPE app.state AS ENUM ('b')",
        "DROP TYPE app.state__old",
    ] == list(action.up)
    assert [
        "ALTER TYPE app.state RENAME TO state__old",
        "CREATE TYPE app.state AS ENUM ('a', 'b')",
        "DROP TYPE app.state__old",
    ] == list(action.down)
    assert not action.is_alone
    assert (
        Hazard(HazardType.DATA_LOSS, "enum app.state is without 'a'"),
        Hazard(HazardType.MAY_FAIL, "fails when a row holds 'a'"),
    ) == action.hazards


def test_another_order_of_the_values_makes_the_type_again_and_loses_nothing() -> None:
    (action,) = plan_values("ab", "ba")
    assert "CREATE TYPE app.state AS ENUM ('b', 'a')" in action.up
    assert () == action.hazards


COLUMNS: dict[str, Definition] = {
    "table app.t": Table(),
    "column app.t.s": Column(1, "app.state", default="'a'::app.state"),
    "column app.t.list": Column(2, "app.state[]"),
    "column app.t.other": Column(3, "app.states"),
}


def test_columns_and_their_defaults_move_to_the_type_that_is_made_again() -> None:
    (action,) = plan_values("ab", "a", COLUMNS)
    assert [
        "ALTER TYPE app.state RENAME TO state__old",
        "CREATE TYPE app.state AS ENUM ('a')",
        "ALTER TABLE app.t ALTER COLUMN list TYPE app.state[] USING list::text[]::app.state[]",
        "ALTER TABLE app.t ALTER COLUMN s DROP DEFAULT",
        "ALTER TABLE app.t ALTER COLUMN s TYPE app.state USING s::text::app.state",
        "ALTER TABLE app.t ALTER COLUMN s SET DEFAULT 'a'::app.state",
        "DROP TYPE app.state__old",
    ] == list(action.up)
    columns = {parse_id("column app.t.s"), parse_id("column app.t.list")}
    assert {parse_id(STATE), *columns} == action.anew
    assert columns | {parse_id("table app.t"), parse_id(STATE)} == action.along


def test_a_default_that_changes_with_the_type_is_set_as_wanted_and_back() -> None:
    before = {STATE: Enum(("a", "b")), **COLUMNS}
    after = {**before, STATE: Enum(("b",)), "column app.t.s": Column(1, "app.state", default="'b'::app.state")}
    actions = plan_change(before, after)
    assert "ALTER TABLE app.t ALTER COLUMN s SET DEFAULT 'b'::app.state" in up(actions)
    assert "ALTER TABLE app.t ALTER COLUMN s SET DEFAULT 'a'::app.state" in down(actions)


def test_a_column_that_goes_does_not_move() -> None:
    before = {STATE: Enum(("a", "b")), **COLUMNS}
    after = {STATE: Enum(("a",)), "table app.t": Table()}
    actions = plan_change(before, after)
    assert not any("ALTER TABLE" in sql for sql in up(actions))
    assert not any("ALTER TABLE" in sql for sql in down(actions))  # it comes back after that


def test_a_column_that_goes_moves_back_from_a_type_that_gained_a_value() -> None:
    before = {STATE: Enum(("a",)), **COLUMNS}
    after = {STATE: Enum(("a", "b")), "table app.t": Table()}
    assert any("ALTER COLUMN s TYPE" in sql for sql in down(plan_change(before, after)))


def test_views_on_the_columns_rest_while_a_type_is_made_again() -> None:
    view = {"view app.v": View("SELECT s FROM app.t", ("s",), ("app.state",))}
    before = {STATE: Enum(("a", "b")), **COLUMNS, **view}
    actions = plan_change(before, {**before, STATE: Enum(("a",))})
    assert ["drop view app.v", "alter enum app.state", "create view app.v"] == [
        f"{action.verb} {action.id}" for action in actions
    ]


def test_added_values_are_taken_back_under_what_stands_on_the_type() -> None:
    others: dict[str, Definition] = {
        **COLUMNS,
        "constraint known on app.t": Constraint("check", ("s",), "CHECK (s = 'a'::app.state)"),
        "index ix on app.t": Index(("list",), where="s = 'a'::app.state"),
        "index plain on app.t": Index(("other",)),
        "view app.v": View("SELECT s FROM app.t", ("s",), ("app.state",)),
        "function app.f(app.state)": Function("app.state", "integer", "sql", "SELECT 1"),
        "view app.w": View("SELECT s FROM app.v", ("s",), ("app.state",)),
        "role anon": Role(),
        "grant on view app.v to anon": Grant(("select",)),
    }
    (action,) = plan_values("ab", "abc", others)
    sql = list(action.down)
    remake = sql.index("ALTER TYPE app.state RENAME TO state__old")
    dropped, made = sql[:remake], sql[sql.index("DROP TYPE app.state__old") + 1 :]
    assert {
        "ALTER TABLE app.t DROP CONSTRAINT known",
        "DROP INDEX app.ix",
        "DROP VIEW app.v",
        "DROP VIEW app.w",
        "DROP FUNCTION app.f(app.state)",
    } == set(dropped)
    assert len(dropped) + 1 == len(made)
    assert "GRANT SELECT ON app.v TO anon" in made
    assert "CREATE TYPE app.state AS ENUM ('a', 'b')" in sql


def test_columns_of_a_type_are_those_of_it_and_of_arrays_of_it() -> None:
    catalog = make({STATE: Enum(("a",)), **COLUMNS})
    found = find_columns(catalog, parse_id(STATE))
    assert ["column app.t.list", "column app.t.s"] == [str(item.id) for item in found]


@pytest.mark.parametrize(("after", "is_remade"), [("abc", False), ("a", True), ("ba", True)])
def test_columns_are_made_again_where_a_value_goes(after: str, *, is_remade: bool) -> None:
    current = make({STATE: Enum(("a", "b")), **COLUMNS})
    wanted = make({STATE: Enum(tuple(after)), **COLUMNS})
    diff = compare_catalogs(current, wanted)
    assert (2 if is_remade else 0) == len(find_remade(diff, current, wanted))


@pytest.mark.parametrize("name", ["x" * 63, "ä" * 31 + "x", "y" * 58, "z" * 57])
def test_a_type_of_a_long_name_has_another_one_meanwhile(name: str) -> None:
    """PostgreSQL cuts a name at 63 bytes: the type was renamed to its own name, and lost no value."""
    line = f"enum app.{name}"
    (action,) = plan_change({line: Enum(("a", "b"))}, {line: Enum(("a",))})
    old_name = action.up[0].partition(" RENAME TO ")[2]
    assert action.up[0].startswith(f"ALTER TYPE app.{quote_name(name)} RENAME TO ")
    assert len(old_name.strip('"').encode()) <= 63
    assert old_name != quote_name(name)
    assert f"DROP TYPE app.{old_name}" == action.up[-1]


@pytest.mark.parametrize("taken", ["enum app.state__old", "table app.state__old", "view app.state__old"])
def test_the_name_of_another_type_is_not_taken_meanwhile(taken: str) -> None:
    """Tables and views have types of their names, too."""
    other: Definition = {"enum": Enum(("a",)), "table": Table(), "view": View("SELECT 1")}[taken.partition(" ")[0]]
    (action,) = plan_values("ab", "a", {taken: other})
    assert "ALTER TYPE app.state RENAME TO state__old_2" == action.up[0]
    assert "DROP TYPE app.state__old_2" == action.up[-1]


def test_a_type_of_another_schema_may_have_the_name() -> None:
    (action,) = plan_values("ab", "a", {"enum other.state__old": Enum(("a",))})
    assert "ALTER TYPE app.state RENAME TO state__old" == action.up[0]
