"""Views that change: replaced where they stand, altered, or made again with all that stands on them."""

import pytest

from pgcraft.catalog.definitions import Column, Definition, Function, Grant, Role, Table, Trigger, View
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action
from pgcraft.render.statement import Hazard, HazardType
from tests.unit.diff.catalogs import down, plan_change, titles, up

VIEW = "view app.v"
TABLE: dict[str, Definition] = {
    "table app.t": Table(),
    "column app.t.a": Column(1, "integer"),
    "column app.t.b": Column(2, "text"),
}


def view(query: str, *columns: tuple[str, str], **facts: object) -> View:
    names, types = tuple(name for name, _ in columns), tuple(type_ for _, type_ in columns)
    return View(query, names, types, **facts)


def change(before: View, after: View, line: str = VIEW) -> tuple[Action, ...]:
    return plan_change({**TABLE, line: before}, {**TABLE, line: after})


A, B = ("a", "integer"), ("b", "text")
ONE = view("SELECT a FROM app.t", A)

IN_PLACE = {
    "the same columns": (view("SELECT a + 1 AS a FROM app.t", A), True),
    "a column more": (view("SELECT a, b FROM app.t", A, B), False),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_query_with_the_same_leading_columns_replaces_the_view(name: str) -> None:
    after, leads_back = IN_PLACE[name]
    (action,) = change(ONE, after)
    assert (f"CREATE OR REPLACE VIEW app.v AS\n{after.query}",) == action.up
    if leads_back:
        assert (f"CREATE OR REPLACE VIEW app.v AS\n{ONE.query}",) == action.down
    else:
        assert ("DROP VIEW app.v", f"CREATE VIEW app.v AS\n{ONE.query}") == action.down
    assert action.is_remade_by_down is not leads_back


ANEW = {
    "another type": view("SELECT a::bigint AS a FROM app.t", ("a", "bigint")),
    "another length": view("SELECT b::varchar(9) AS a FROM app.t", ("a", "character varying(9)")),
    "another name": view("SELECT a AS b FROM app.t", ("b", "integer")),
    "another order": view("SELECT b, a FROM app.t", B, A),
    "nothing known of its types": View("SELECT a FROM app.t WHERE a > 1", ("a",)),
}


@pytest.mark.parametrize("name", ANEW)
def test_another_shape_makes_the_view_again(name: str) -> None:
    """CREATE OR REPLACE fails where a column is gone, or has another name or type."""
    after = ANEW[name]
    actions = change(ONE, after)
    assert ["DROP VIEW app.v", f"CREATE VIEW app.v AS\n{after.query}"] == up(actions)
    assert ["DROP VIEW app.v", f"CREATE VIEW app.v AS\n{ONE.query}"] == down(actions)


def test_a_view_of_unknown_types_is_made_again() -> None:
    actions = change(View("SELECT a FROM app.t", ("a",)), view("SELECT a, b FROM app.t", A, B))
    assert "DROP VIEW app.v" in up(actions)


def test_a_column_less_makes_the_view_again_and_is_added_by_the_way_back() -> None:
    two = view("SELECT a, b FROM app.t", A, B)
    actions = change(two, ONE)
    assert ["DROP VIEW app.v", f"CREATE VIEW app.v AS\n{ONE.query}"] == up(actions)


STANDING: dict[str, Definition] = {
    "role anon": Role(),
    "grant on view app.v to anon": Grant(("select",)),
    "function app.f()": Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END"),
    "trigger w on app.v": Trigger("instead of", ("insert",), ("app", "f")),
    "view app.above": view("SELECT a FROM app.v", A),
    "materialized view app.kept": view("SELECT a FROM app.above", A),
}


def test_what_stands_on_a_view_goes_and_comes_with_it() -> None:
    before = {**TABLE, VIEW: ONE, **STANDING}
    actions = plan_change(before, {**before, VIEW: ANEW["another type"]})
    assert ["DROP MATERIALIZED VIEW app.kept", "DROP VIEW app.above", "DROP VIEW app.v"] == [
        sql for sql in up(actions) if sql.startswith("DROP")
    ]
    made = [title for title in titles(actions) if title.startswith("create")]
    assert f"create {VIEW}" == made[0]
    assert {f"create {line}" for line in (VIEW, *STANDING) if line not in ("role anon", "function app.f()")} == set(
        made
    )
    assert made.index("create view app.above") < made.index("create materialized view app.kept")
    kept = next(each for each in actions if str(each.id) == "materialized view app.kept" and each.verb == "create")
    assert (Hazard(HazardType.HEAVY_LOCK, "its query runs once, and no one reads it meanwhile"),) == kept.hazards


def test_a_privilege_that_changes_with_its_view_goes_by_itself() -> None:
    """What stands on the view when it goes is put back, and would bring the old privilege along."""
    before = {**TABLE, VIEW: ONE, **STANDING}
    after = {**before, VIEW: ANEW["another type"], "grant on view app.v to anon": Grant(("insert",))}
    sql = up(plan_change(before, after))
    assert sql.index("REVOKE SELECT ON app.v FROM anon") < sql.index("DROP VIEW app.v")
    assert "GRANT INSERT ON app.v TO anon" in sql


def test_a_view_that_is_replaced_leaves_what_stands_on_it_and_puts_it_back_on_the_way_down() -> None:
    before = {**TABLE, VIEW: ONE, **STANDING}
    (action,) = plan_change(before, {**before, VIEW: view("SELECT a, b FROM app.t", A, B)})
    dropped = [sql for sql in action.down if sql.startswith("DROP")]
    assert ["DROP MATERIALIZED VIEW app.kept", "DROP VIEW app.above", "DROP VIEW app.v"] == dropped
    assert "CREATE VIEW app.above AS\nSELECT a FROM app.v" in action.down
    assert any(sql.startswith("CREATE TRIGGER w") for sql in action.down)
    assert "GRANT SELECT ON app.v TO anon" in action.down
    assert {parse_id(line) for line in STANDING} - {parse_id("role anon"), parse_id("function app.f()")} < (
        action.anew_by_down
    )


FACTS = {
    "options set": (
        ONE,
        view(ONE.query, A, options=(("check_option", "local"), ("security_barrier", "true"))),
        ["ALTER VIEW app.v SET (check_option = local, security_barrier = true)"],
        ["ALTER VIEW app.v RESET (check_option, security_barrier)"],
    ),
    "one of several options": (
        view(ONE.query, A, options=(("check_option", "local"), ("security_barrier", "true"))),
        view(ONE.query, A, options=(("check_option", "cascaded"), ("security_barrier", "true"))),
        ["ALTER VIEW app.v SET (check_option = cascaded)"],
        ["ALTER VIEW app.v SET (check_option = local)"],
    ),
    "a default": (
        view(ONE.query, A, column_defaults=(("a", "1"),)),
        view(ONE.query, A, column_defaults=(("a", "2"), ("b", "3"))),
        [
            "ALTER VIEW app.v ALTER COLUMN a SET DEFAULT 2",
            "ALTER VIEW app.v ALTER COLUMN b SET DEFAULT 3",
        ],
        ["ALTER VIEW app.v ALTER COLUMN b DROP DEFAULT", "ALTER VIEW app.v ALTER COLUMN a SET DEFAULT 1"],
    ),
    "a comment": (
        ONE,
        view(ONE.query, A, comment="it's"),
        ["COMMENT ON VIEW app.v IS 'it''s'"],
        ["COMMENT ON VIEW app.v IS NULL"],
    ),
    "comments of columns": (
        view(ONE.query, A, column_comments=(("a", "x"),)),
        view(ONE.query, A, column_comments=(("B c", "y"),)),
        ["COMMENT ON COLUMN app.v.a IS NULL", "COMMENT ON COLUMN app.v.\"B c\" IS 'y'"],
        ['COMMENT ON COLUMN app.v."B c" IS NULL', "COMMENT ON COLUMN app.v.a IS 'x'"],
    ),
    "a query and its options": (
        ONE,
        view("SELECT a + 1 AS a FROM app.t", A, options=(("security_barrier", "true"),), comment="c"),
        [
            "CREATE OR REPLACE VIEW app.v\nWITH (security_barrier = true) AS\nSELECT a + 1 AS a FROM app.t",
            "COMMENT ON VIEW app.v IS 'c'",
        ],
        ["CREATE OR REPLACE VIEW app.v AS\nSELECT a FROM app.t", "COMMENT ON VIEW app.v IS NULL"],
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_what_is_said_of_a_view_changes_where_it_stands(name: str) -> None:
    before, after, expected_up, expected_down = FACTS[name]
    actions = change(before, after)
    assert expected_up == up(actions)
    assert expected_down == down(actions)


def test_a_comment_of_a_materialized_view_names_its_kind() -> None:
    line = "materialized view app.m"
    actions = change(ONE, view(ONE.query, A, comment="c"), line)
    assert ["COMMENT ON MATERIALIZED VIEW app.m IS 'c'"] == up(actions)


def test_a_materialized_view_of_another_query_is_made_again() -> None:
    """Nothing replaces one, whatever its columns are."""
    actions = change(ONE, view("SELECT a + 1 AS a FROM app.t", A), "materialized view app.m")
    assert ["DROP MATERIALIZED VIEW app.m", "CREATE MATERIALIZED VIEW app.m AS\nSELECT a + 1 AS a FROM app.t"] == up(
        actions
    )
    assert [HazardType.HEAVY_LOCK] == [hazard.type for action in actions for hazard in action.hazards]


def test_a_view_that_nobody_declares_goes_with_what_it_had() -> None:
    actions = plan_change({**TABLE, VIEW: ONE, **STANDING}, TABLE)
    assert "DROP VIEW app.v" in up(actions)
    assert up(actions).index("DROP MATERIALIZED VIEW app.kept") < up(actions).index("DROP VIEW app.above")
    lost = [hazard for action in actions for hazard in action.hazards if hazard.type is HazardType.DATA_LOSS]
    assert [Hazard(HazardType.DATA_LOSS, "what materialized view app.kept holds is lost")] == lost
