"""What cannot stay while something below it goes, and defaults that rest meanwhile."""

import pytest

from pgcraft.catalog.definitions import (
    Column,
    Constraint,
    Definition,
    Function,
    Grant,
    Index,
    Policy,
    Role,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.kinds import Falls, select
from pgcraft.diff.actions import Verb
from pgcraft.diff.cascade import find_fallen, is_attached, is_owner, order_objects
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.defaults import find_resting, find_upon, leave_resting, plan_resting
from pgcraft.diff.recreating import PUT_BACK
from tests.unit.diff.catalogs import make

FUNCTION = Function("", "integer", "sql", "SELECT 1")
BASE: dict[str, Definition] = {
    "schema app": Schema(),
    "role r": Role(),
    "function app.f()": FUNCTION,
    "function app.w()": Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END"),
    "table app.t": Table(),
    "column app.t.a": Column(1, "integer", default="app.f()"),
    "column app.t.b": Column(2, "integer"),
    "constraint c on app.t": Constraint("check", ("a",), "CHECK (a > app.f())"),
    "constraint d on app.t": Constraint("check", ("b",), "CHECK (b > 0)"),
    "index i on app.t": Index(("app.f()",)),
    "index j on app.t": Index(("b",), ("b",)),
    "policy p on app.t": Policy(using="b > app.f()"),
    "policy q on app.t": Policy(check="a > 0"),
    "trigger w on app.t": Trigger("before", ("update",), ("app", "w"), update_columns=("b",)),
    "trigger x on app.t": Trigger("before", ("update",), ("app", "w"), when="new.a > app.f()"),
    "view app.low": View("SELECT a FROM app.t", ("a",), ("integer",)),
    "view app.high": View("SELECT a FROM app.low", ("a",), ("integer",)),
    "view app.other": View("SELECT app.f() AS n", ("n",), ("integer",)),
    "function app.g()": Function("", "SETOF app.low", "sql", "SELECT * FROM app.low"),
    "function app.h()": Function("", "integer", "sql", "SELECT a FROM app.low"),
    "function app.k()": Function("", "integer", "sql", "BEGIN ATOMIC SELECT a FROM app.low; END", is_atomic=True),
    "grant on view app.low to r": Grant(("select",)),
    "grant on table app.t to r": Grant(("select",)),
    "grant on schema app to r": Grant(("usage",)),
    "sequence app.s": Sequence(),
}
CATALOG = make(BASE)

FALLS = {
    "view app.low": {"view app.high", "function app.g()", "function app.k()", "grant on view app.low to r"},
    "view app.high": set(),
    "function app.f()": {
        *("constraint c on app.t", "index i on app.t", "policy p on app.t", "trigger x on app.t", "view app.other"),
    },
    "function app.w()": {"trigger w on app.t", "trigger x on app.t"},
    "column app.t.a": {
        *("view app.low", "view app.high", "function app.g()", "function app.k()", "grant on view app.low to r"),
        *("policy q on app.t", "trigger x on app.t"),
    },
    "column app.t.b": {"policy p on app.t", "trigger w on app.t"},
    "table app.t": {
        *("view app.low", "view app.high", "function app.g()", "function app.k()", "grant on view app.low to r"),
        *("policy p on app.t", "policy q on app.t", "trigger w on app.t", "trigger x on app.t"),
        *("index i on app.t", "index j on app.t", "grant on table app.t to r"),
    },
    "role r": set(),
    "sequence app.s": set(),
}


@pytest.mark.parametrize("root", FALLS)
def test_what_falls_with_an_object(root: str) -> None:
    assert FALLS[root] == set(map(str, find_fallen(CATALOG, [parse_id(root)])))


def test_roots_do_not_fall_with_each_other() -> None:
    roots = [parse_id("view app.low"), parse_id("view app.high")]
    assert parse_id("view app.high") not in find_fallen(CATALOG, roots)


def test_objects_come_in_an_order_in_which_they_can_be_made() -> None:
    lines = ("view app.high", "function app.k()", "view app.low", "grant on view app.low to r")
    ordered = list(map(str, order_objects(CATALOG, map(parse_id, lines))))
    assert "view app.low" == ordered[0]
    assert set(lines) == set(ordered)


OWNERS = {
    ("table app.t", "trigger w on app.t"): True,
    ("view app.t", "trigger w on app.t"): True,
    ("table other.t", "trigger w on app.t"): False,
    ("table app.t", "grant on table app.t to r"): True,
    ("role t", "grant on table app.t to r"): False,
    ("schema app", "grant on schema app to r"): False,
    ("function app.t()", "trigger w on app.t"): False,
    ("column app.x.t", "index i on app.t"): False,
}


@pytest.mark.parametrize(("owner", "part"), OWNERS)
def test_who_owns_a_part(owner: str, part: str) -> None:
    assert OWNERS[owner, part] is is_owner(parse_id(owner), parse_id(part))


def test_what_is_attached_goes_without_a_drop_of_its_own() -> None:
    table = frozenset({parse_id("table app.t")})
    attached = {line for line in BASE if is_attached(CATALOG.by_id[parse_id(line)], table)}
    assert {
        *("policy p on app.t", "policy q on app.t", "trigger w on app.t", "trigger x on app.t"),
        *("index i on app.t", "index j on app.t", "grant on table app.t to r"),
    } == attached


GOING = frozenset({parse_id("function app.f()")})
COLUMN = parse_id("column app.t.a")


def test_a_default_rests_while_its_function_is_away() -> None:
    """A column must not fall with it."""
    assert [COLUMN] == [item.id for item in find_upon(CATALOG, GOING)]
    assert {COLUMN} == find_resting(CATALOG, CATALOG, GOING, frozenset())
    assert frozenset() == find_resting(CATALOG, CATALOG, GOING, frozenset({COLUMN}))
    assert frozenset() == find_resting(CATALOG, CATALOG, frozenset({parse_id("function app.w()")}), frozenset())
    plain = make({**BASE, "column app.t.a": Column(1, "integer")})
    assert frozenset() == find_resting(CATALOG, plain, GOING, frozenset())


def test_a_generated_column_has_no_default_to_rest() -> None:
    generated = make({**BASE, "column app.t.a": Column(1, "integer", generated="b + app.f()")})
    assert [COLUMN] == [item.id for item in find_upon(generated, GOING)]
    assert frozenset() == find_resting(generated, generated, GOING, frozenset())


def test_a_resting_default_is_set_again_as_wanted() -> None:
    wanted = make({**BASE, "column app.t.a": Column(1, "integer", default="app.f() + 1")})
    away, back = plan_resting(CATALOG, wanted, frozenset({COLUMN}), GOING)
    head = "ALTER TABLE app.t ALTER COLUMN a"
    assert [Verb.ALTER, Verb.ALTER] == [away.verb, back.verb]
    assert ((f"{head} DROP DEFAULT",), (f"{head} SET DEFAULT app.f()",)) == (away.up, away.down)
    assert ((f"{head} SET DEFAULT app.f() + 1",), (f"{head} DROP DEFAULT",)) == (back.up, back.down)
    assert GOING < away.releases
    assert GOING < back.requires
    assert COLUMN in away.releases & back.requires
    assert GOING == away.causes == back.causes


def test_a_resting_default_is_no_change_beside() -> None:
    after = {
        **BASE,
        "column app.t.a": Column(1, "integer", default="app.f() + 1"),
        "column app.t.b": Column(2, "integer", default="1"),
    }
    diff = leave_resting(compare_catalogs(CATALOG, make(after)), frozenset({COLUMN}))
    assert ["column app.t.b"] == [str(change.id) for change in diff.changed]
    both = {**BASE, "column app.t.a": Column(1, "bigint", default="app.f() + 1")}
    (change,) = leave_resting(compare_catalogs(CATALOG, make(both)), frozenset({COLUMN})).changed
    assert ("type",) == change.facts


def test_whatever_falls_can_be_put_back_where_others_built_it() -> None:
    """The planner sets it aside, and has no other way for what the models do not declare."""
    assert set(select(lambda row: row.falls is not Falls.NEVER)) <= set(PUT_BACK)
