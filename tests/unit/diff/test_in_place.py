"""Objects that change where they stand: the SQL of each fact, and the SQL that undoes it."""

import pytest

from pgcraft.catalog.definitions import (
    Definition,
    Extension,
    Function,
    Grant,
    Index,
    Policy,
    Role,
    Schema,
    Sequence,
    Table,
    Trigger,
)
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.changes import Alteration
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.recreating import find_anew, find_forgotten
from pgcraft.render.roles import join_role, leave_role
from tests.unit.diff.catalogs import down, make, plan_change, titles, up

BASE: dict[str, Definition] = {
    "table app.t": Table(),
    "function app.f()": Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END"),
    "function app.g()": Function("", "trigger", "plpgsql", "BEGIN RETURN OLD; END"),
}


def change(line: str, before: Definition, after: Definition) -> tuple[Action, ...]:
    return plan_change({**BASE, line: before}, {**BASE, line: after})


TRIGGER = Trigger("after", ("insert",), ("app", "f"))
REPLACED = "CREATE OR REPLACE TRIGGER w\nAFTER {} ON app.t\nFOR EACH ROW\nEXECUTE FUNCTION app.f()"
FUNCTION = Function("a integer", "integer", "sql", "SELECT 1")
HEAD = "FUNCTION app.h(a integer)\nRETURNS integer\nLANGUAGE sql\n"
NUMBERS = "ALTER SEQUENCE app.s AS {} INCREMENT BY {} {} {} START WITH {} CACHE {} {}"

CHANGES: dict[str, tuple[str, Definition, Definition, list[str], list[str]]] = {
    "the comment of a schema": (
        "schema app",
        Schema("old"),
        Schema("new"),
        ["COMMENT ON SCHEMA app IS 'new'"],
        ["COMMENT ON SCHEMA app IS 'old'"],
    ),
    "no comment any more": (
        "schema app",
        Schema("old"),
        Schema(),
        ["COMMENT ON SCHEMA app IS NULL"],
        ["COMMENT ON SCHEMA app IS 'old'"],
    ),
    "options of a role": (
        "role r",
        Role(),
        Role(login=True, inherit=False, createdb=True),
        ["ALTER ROLE r LOGIN NOINHERIT CREATEDB"],
        ["ALTER ROLE r NOLOGIN INHERIT NOCREATEDB"],
    ),
    "one option of a role": (
        "role r",
        Role(login=True, bypassrls=True),
        Role(login=True, createrole=True),
        ["ALTER ROLE r CREATEROLE NOBYPASSRLS"],
        ["ALTER ROLE r NOCREATEROLE BYPASSRLS"],
    ),
    "memberships": (
        'role "R"',
        Role(member_of=("a", "b")),
        Role(member_of=("b", "c")),
        [join_role("R", "c"), leave_role("R", "a")],
        [join_role("R", "a"), leave_role("R", "c")],
    ),
    "options of a membership": (
        "role r",
        Role(member_of=("a", "b"), membership_options=(("b", "ADMIN OPTION"),)),
        Role(member_of=("a", "b")),
        [leave_role("r", "b"), join_role("r", "b")],
        [leave_role("r", "b"), join_role("r", "b", "ADMIN OPTION")],
    ),
    "the schema of an extension": (
        "extension citext",
        Extension("public"),
        Extension("ext"),
        ["ALTER EXTENSION citext SET SCHEMA ext"],
        ["ALTER EXTENSION citext SET SCHEMA public"],
    ),
    "the numbers of a sequence": (
        "sequence app.s",
        Sequence(),
        Sequence("smallint", 5, -2, -9, 7, 3, cycle=True),
        [
            "SELECT setval('app.s', 5, false) FROM app.s WHERE last_value > 7",
            NUMBERS.format("smallint", -2, "MINVALUE -9", "MAXVALUE 7", 5, 3, "CYCLE"),
        ],
        [
            "SELECT setval('app.s', 1, false) FROM app.s WHERE last_value < 1",
            NUMBERS.format("bigint", 1, "NO MINVALUE", "NO MAXVALUE", 1, 1, "NO CYCLE"),
        ],
    ),
    "the comment of a sequence": (
        "sequence app.s",
        Sequence(),
        Sequence(comment="c"),
        ["COMMENT ON SEQUENCE app.s IS 'c'"],
        ["COMMENT ON SEQUENCE app.s IS NULL"],
    ),
    "a number and the comment": (
        "sequence app.s",
        Sequence(),
        Sequence(cache=2, comment="c"),
        [
            NUMBERS.format("bigint", 1, "NO MINVALUE", "NO MAXVALUE", 1, 2, "NO CYCLE"),
            "COMMENT ON SEQUENCE app.s IS 'c'",
        ],
        [
            NUMBERS.format("bigint", 1, "NO MINVALUE", "NO MAXVALUE", 1, 1, "NO CYCLE"),
            "COMMENT ON SEQUENCE app.s IS NULL",
        ],
    ),
    "the body of a function": (
        "function app.h(integer)",
        FUNCTION,
        Function("a integer", "integer", "sql", "SELECT 2"),
        [f"CREATE OR REPLACE {HEAD}AS $$SELECT 2$$"],
        [f"CREATE OR REPLACE {HEAD}AS $$SELECT 1$$"],
    ),
    "who may execute a function": (
        "function app.h(integer)",
        FUNCTION,
        Function("a integer", "integer", "sql", "SELECT 1", is_public=False),
        ["REVOKE ALL ON ROUTINE app.h(integer) FROM PUBLIC"],
        ["GRANT EXECUTE ON ROUTINE app.h(integer) TO PUBLIC"],
    ),
    "all of a function": (
        "function app.h(integer)",
        FUNCTION,
        Function("a integer", "integer", "sql", "SELECT 1", "stable", is_public=False, comment="c"),
        [
            f"CREATE OR REPLACE {HEAD}STABLE\nAS $$SELECT 1$$",
            "REVOKE ALL ON ROUTINE app.h(integer) FROM PUBLIC",
            "COMMENT ON FUNCTION app.h(integer) IS 'c'",
        ],
        [
            f"CREATE OR REPLACE {HEAD}AS $$SELECT 1$$",
            "GRANT EXECUTE ON ROUTINE app.h(integer) TO PUBLIC",
            "COMMENT ON FUNCTION app.h(integer) IS NULL",
        ],
    ),
    "the result of a function": (
        "function app.h(integer)",
        FUNCTION,
        Function("a integer", "bigint", "sql", "SELECT 1"),
        ["DROP FUNCTION app.h(integer)", f"CREATE {HEAD.replace('RETURNS integer', 'RETURNS bigint')}AS $$SELECT 1$$"],
        ["DROP FUNCTION app.h(integer)", f"CREATE {HEAD}AS $$SELECT 1$$"],
    ),
    "the names of arguments": (
        "function app.h(integer)",
        FUNCTION,
        Function("b integer", "integer", "sql", "SELECT 1"),
        ["DROP FUNCTION app.h(integer)", f"CREATE {HEAD.replace('a integer', 'b integer')}AS $$SELECT 1$$"],
        ["DROP FUNCTION app.h(integer)", f"CREATE {HEAD}AS $$SELECT 1$$"],
    ),
    "a function that becomes a procedure": (
        "function app.h(integer)",
        FUNCTION,
        Function("a integer", "integer", "sql", "SELECT 1", is_procedure=True),
        ["DROP FUNCTION app.h(integer)", "CREATE PROCEDURE app.h(a integer)\nLANGUAGE sql\nAS $$SELECT 1$$"],
        ["DROP PROCEDURE app.h(integer)", f"CREATE {HEAD}AS $$SELECT 1$$"],
    ),
    "the events of a trigger": (
        "trigger w on app.t",
        TRIGGER,
        Trigger("after", ("insert", "delete"), ("app", "f"), comment="c"),
        [REPLACED.format("INSERT OR DELETE"), "COMMENT ON TRIGGER w ON app.t IS 'c'"],
        [REPLACED.format("INSERT"), "COMMENT ON TRIGGER w ON app.t IS NULL"],
    ),
    "the comment of a trigger": (
        "trigger w on app.t",
        TRIGGER,
        Trigger("after", ("insert",), ("app", "f"), comment="c"),
        ["COMMENT ON TRIGGER w ON app.t IS 'c'"],
        ["COMMENT ON TRIGGER w ON app.t IS NULL"],
    ),
    "a trigger that becomes a constraint": (
        "trigger w on app.t",
        TRIGGER,
        Trigger("after", ("insert",), ("app", "f"), is_constraint=True),
        [
            "DROP TRIGGER w ON app.t",
            REPLACED.format("INSERT").replace("OR REPLACE TRIGGER", "CONSTRAINT TRIGGER"),
        ],
        ["DROP TRIGGER w ON app.t", REPLACED.format("INSERT").replace("OR REPLACE ", "")],
    ),
    "the roles and conditions of a policy": (
        "policy p on app.t",
        Policy("update", using="a", check="b"),
        Policy("update", roles=("r",), using="c", check="d"),
        ["ALTER POLICY p ON app.t\nTO r\nUSING (c)\nWITH CHECK (d)"],
        ["ALTER POLICY p ON app.t\nTO PUBLIC\nUSING (a)\nWITH CHECK (b)"],
    ),
    "the command of a policy": (
        "policy p on app.t",
        Policy("select", using="a"),
        Policy("delete", using="a"),
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nFOR DELETE\nTO PUBLIC\nUSING (a)"],
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nFOR SELECT\nTO PUBLIC\nUSING (a)"],
    ),
    "a policy that becomes restrictive": (
        "policy p on app.t",
        Policy(using="a"),
        Policy(permissive=False, using="a"),
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nAS RESTRICTIVE\nFOR ALL\nTO PUBLIC\nUSING (a)"],
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nFOR ALL\nTO PUBLIC\nUSING (a)"],
    ),
    "a policy that loses a condition": (
        "policy p on app.t",
        Policy(using="a", check="b"),
        Policy(using="a"),
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nFOR ALL\nTO PUBLIC\nUSING (a)"],
        ["DROP POLICY p ON app.t", "CREATE POLICY p ON app.t\nFOR ALL\nTO PUBLIC\nUSING (a)\nWITH CHECK (b)"],
    ),
    "privileges that come and go": (
        "grant on table app.t to r",
        Grant(("delete", "select"), (), (("update", "a"),)),
        Grant(("insert", "select"), ("select",), (("update", "b"),)),
        [
            "REVOKE DELETE, UPDATE (a) ON app.t FROM r",
            "GRANT INSERT, UPDATE (b) ON app.t TO r",
            "GRANT SELECT ON app.t TO r WITH GRANT OPTION",
        ],
        [
            "REVOKE INSERT, UPDATE (b) ON app.t FROM r",
            "REVOKE GRANT OPTION FOR SELECT ON app.t FROM r",
            "GRANT DELETE, UPDATE (a) ON app.t TO r",
        ],
    ),
    "the option of a privilege on a column": (
        "grant on table app.t to PUBLIC",
        Grant(columns=(("select", "a"),)),
        Grant(columns=(("select", "a"),), grantable_columns=(("select", "a"),)),
        ["GRANT SELECT (a) ON app.t TO PUBLIC WITH GRANT OPTION"],
        ["REVOKE GRANT OPTION FOR SELECT (a) ON app.t FROM PUBLIC"],
    ),
    "a privilege on the whole that leaves one on a column": (
        "grant on table app.t to r",
        Grant(("select",), (), (("select", "a"),), (("select", "a"),)),
        Grant((), (), (("select", "a"),)),
        ["REVOKE SELECT ON app.t FROM r", "GRANT SELECT (a) ON app.t TO r"],
        ["GRANT SELECT ON app.t TO r", "GRANT SELECT (a) ON app.t TO r WITH GRANT OPTION"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_fact_changes_by_this_sql_and_back(name: str) -> None:
    line, before, after, expected_up, expected_down = CHANGES[name]
    actions = change(line, before, after)
    assert expected_up == up(actions)
    if name == "a privilege on the whole that leaves one on a column":
        assert expected_down[-1] in down(actions)
    else:
        assert expected_down == down(actions)


VERBS = {
    "function app.h(integer)": (FUNCTION, Function("a integer", "integer", "sql", "SELECT 2"), Verb.REPLACE),
    "trigger w on app.t": (TRIGGER, Trigger("after", ("delete",), ("app", "f")), Verb.REPLACE),
    "role r": (Role(), Role(login=True), Verb.ALTER),
    "policy p on app.t": (Policy(using="a"), Policy(using="b"), Verb.ALTER),
}


@pytest.mark.parametrize("line", VERBS)
def test_the_verb_says_how_it_is_done(line: str) -> None:
    before, after, verb = VERBS[line]
    (action,) = change(line, before, after)
    assert (verb, parse_id(line)) == (action.verb, action.id)


def test_a_trigger_waits_for_its_new_function_and_frees_the_old_one() -> None:
    after = Trigger("after", ("insert",), ("app", "g"))
    current = {**BASE, "trigger w on app.t": TRIGGER}
    wanted = {**BASE, "trigger w on app.t": after}
    del current["function app.g()"]
    del wanted["function app.f()"]
    assert [
        "drop trigger w on app.t",
        "drop function app.f()",
        "create function app.g()",
        "create trigger w on app.t",
    ] == titles(plan_change(current, wanted))


def test_what_is_made_again_in_one_go_is_kept_whole() -> None:
    """What others said of a trigger or a policy is kept over a DROP."""
    for line, before, after in (
        ("policy p on app.t", Policy("select", using="a"), Policy("delete", using="a")),
        ("trigger w on app.t", TRIGGER, Trigger("after", ("insert",), ("app", "f"), is_constraint=True)),
    ):
        (action,) = change(line, before, after)
        assert {parse_id(line)} == action.anew == action.anew_by_down
    (action,) = change("policy p on app.t", Policy(using="a"), Policy(using="b"))
    assert frozenset() == action.anew


@pytest.mark.parametrize(
    ("before", "after", "forgotten"),
    [
        (FUNCTION, Function("a integer", "integer", "sql", "SELECT 2", settings=(("work_mem", "4MB"),)), ("work_mem",)),
        (Function("a integer", "integer", "sql", "x", settings=(("a.b", "1"),)), FUNCTION, ("a.b",)),
        (FUNCTION, Function("a integer", "integer", "sql", "SELECT 2", comment="c"), ("comment",)),
        (FUNCTION, Function("a integer", "integer", "sql", "SELECT 2", is_public=False), ("PUBLIC",)),
    ],
)
def test_what_the_models_say_or_take_back_does_not_come_back(
    before: Definition, after: Definition, forgotten: tuple[str, ...]
) -> None:
    (action,) = change("function app.h(integer)", before, after)
    assert forgotten == action.forgotten


def test_an_index_forgets_its_options_and_nothing_of_itself_where_it_stands() -> None:
    old, new = (
        CatalogObject(parse_id("index i on app.m"), Index(("a",), options=options))
        for options in ((("fillfactor", "70"),), (("deduplicate_items", "false"),))
    )
    assert ("deduplicate_items", "fillfactor") == find_forgotten(old, new)
    assert ("fillfactor",) == find_forgotten(old, CatalogObject(old.id, Index(("a",))))


def test_a_type_that_only_gains_is_not_made_anew() -> None:
    state, column = parse_id("enum app.state"), parse_id("column app.t.a")
    added = Alteration(("ALTER TYPE app.state ADD VALUE 'b'",), None)
    again = Alteration(("ALTER TYPE app.state RENAME TO x", "DROP TYPE app.x"), ())
    assert frozenset() == find_anew(state, added, [column])
    assert frozenset({state, column}) == find_anew(state, again, [column, column.table])


def test_what_does_not_count_is_no_change() -> None:
    """Positions follow from the table, columns of a view from its query, and a password is in no database."""
    assert compare_catalogs(
        make({"role r": Role(password_variable="A")}), make({"role r": Role(password_variable="B")})
    ).is_empty()
