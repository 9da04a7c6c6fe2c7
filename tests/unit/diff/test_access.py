"""What changes about who may do what is said, and nothing is said where nothing changes."""

import pytest

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Column, Definition, Function, Grant, Policy, Role, Schema, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.catalog.publications import Publication
from pgcraft.diff.access import changes_access, hazards_of_access
from pgcraft.diff.compare import compare_catalogs
from pgcraft.render.statement import HazardType
from tests.unit.diff.catalogs import make, plan_change, plan_in_order, plan_inside

FUNCTION = Function("", "integer", "sql", "SELECT 1", is_public=False)
DEFINER = Function("", "integer", "sql", "SELECT 1", security_definer=True, is_public=False)
OPEN = Function("", "integer", "sql", "SELECT 1")
VIEW = View("SELECT 1 AS a", ("a",), ("integer",))
INVOKED = View("SELECT 1 AS a", ("a",), ("integer",), options=(("security_invoker", "true"),))
OPTION = Grant(("select",), ("select",))

CHANGES: dict[str, tuple[str, Definition | None, Definition | None, list[str]]] = {
    "a grant": ("grant on table app.t to reader", None, Grant(("select",)), ["reader gets SELECT on table app.t"]),
    "a grant that goes": (
        "grant on table app.t to reader",
        Grant(("select",)),
        None,
        ["reader loses SELECT on table app.t"],
    ),
    "a grant that changes": (
        "grant on table app.t to reader",
        Grant(("select",)),
        Grant(("insert",), columns=(("update", "a"),)),
        ["reader gets INSERT, UPDATE (a) on table app.t", "reader loses SELECT on table app.t"],
    ),
    "a grant option": (
        "grant on table app.t to reader",
        Grant(("select",)),
        OPTION,
        ["reader gets the right to grant SELECT on table app.t"],
    ),
    "a policy": (
        "policy mine on app.t",
        None,
        Policy(roles=("reader",), using="true"),
        ["it decides which rows of table app.t reader may reach"],
    ),
    "a policy that changes": (
        "policy mine on app.t",
        Policy(using="true"),
        Policy(using="false"),
        ["it decides which rows of table app.t everyone may reach"],
    ),
    "row security": (
        "table app.t",
        Table(),
        Table(row_security=True, force_row_security=True),
        [
            "only the policies of table app.t let anyone but its owner reach its rows",
            "the policies of table app.t hold for its owner, too",
        ],
    ),
    "no row security": (
        "table app.t",
        Table(row_security=True),
        Table(),
        ["no policy of table app.t keeps anyone from its rows"],
    ),
    "an owner": (
        "schema app",
        Schema(),
        Schema(owner="boss"),
        ["schema app runs and may be changed with the rights of boss"],
    ),
    "a definer": ("function app.f()", FUNCTION, DEFINER, ["function app.f() runs with the rights of its owner"]),
    "a new definer": ("function app.f()", None, DEFINER, ["function app.f() runs with the rights of its owner"]),
    "a caller": ("function app.f()", DEFINER, FUNCTION, ["function app.f() runs with the rights of whoever calls it"]),
    "a function for everyone": ("function app.f()", FUNCTION, OPEN, ["everyone may execute function app.f()"]),
    "a function for some": (
        "function app.f()",
        OPEN,
        FUNCTION,
        ["only who is granted it may execute function app.f()"],
    ),
    "an invoker": ("view app.v", VIEW, INVOKED, ["view app.v reads with the rights of whoever asks it"]),
    "an owner's view": ("view app.v", INVOKED, VIEW, ["view app.v reads with the rights of its owner"]),
    "powers of a role": (
        "role r",
        Role(login=True),
        Role(bypassrls=True),
        ["role r may no longer log in", "role r may pass over row security"],
    ),
    "a membership": ("role r", None, Role(member_of=("g",)), ["role r has the rights of g"]),
    "default privileges": (
        'defaults "tables to reader"',
        None,
        DefaultPrivileges("tables", "reader", privileges=("select",)),
        ["reader may do this with tables that are made: select"],
    ),
    "a publication": ("publication p", None, Publication(), ["whoever may subscribe gets the rows that it sends"]),
    "a comment": ("table app.t", Table(), Table("new"), []),
    "a column": ("column app.t.a", Column(1, "integer"), Column(1, "bigint"), []),
    "a view": ("view app.v", None, VIEW, []),
    "a function": ("function app.f()", FUNCTION, Function("", "integer", "sql", "SELECT 2", is_public=False), []),
}


def state(line: str, definition: Definition | None) -> CatalogObject | None:
    return None if definition is None else CatalogObject(parse_id(line), definition)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_who_may_do_what_is_said(name: str) -> None:
    line, before, after, expected = CHANGES[name]
    found = hazards_of_access(state(line, before), state(line, after))
    assert expected == [hazard.message for hazard in found]
    assert {HazardType.ACCESS} >= {hazard.type for hazard in found}


READ = {
    "role reader": Role(),
    "view app.v": VIEW,
    "grant on view app.v to reader": Grant(("select",)),
}


def test_rights_that_come_back_with_their_object_are_no_change() -> None:
    anew = {**READ, "view app.v": View("SELECT '' AS a", ("a",), ("text",))}
    actions = plan_change(READ, anew)
    assert "drop" in [action.verb for action in actions]
    assert () == tuple(hazard for action in actions for hazard in action.hazards)


def test_rights_that_go_with_their_object_are_not_told_beside_it() -> None:
    actions = plan_change(READ, {"role reader": Role()})
    assert () == tuple(hazard for action in actions for hazard in action.hazards)


def test_row_security_is_told_where_it_is_switched() -> None:
    table = {"table app.t": Table(row_security=True), "column app.t.a": Column(1, "integer")}
    actions = plan_inside({}, table)
    assert {"ENABLE"} == {action.up[0].split()[3] for action in actions if action.hazards}


def test_values_of_a_generated_column_that_is_made_otherwise_are_not_lost() -> None:
    base: dict[str, Definition] = {"table app.t": Table(), "column app.t.a": Column(1, "integer")}
    before = {**base, "column app.t.g": Column(2, "integer", generated="a + 1")}
    after = {**base, "column app.t.g": Column(2, "integer", generated="a + 2")}
    actions = plan_inside(before, after, new_columns=["column app.t.g"])
    assert ["table rewrite"] == [hazard.type.value for action in actions for hazard in action.hazards]
    assert make(after).find(parse_id("column app.t.g"))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("GRANT SELECT ON app.t TO reader", True),
        ("SELECT 1; REVOKE ALL ON app.t FROM reader", True),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader", True),
        ("CREATE POLICY p ON app.t", True),
        ("DROP POLICY p ON app.t", True),
        ("ALTER TABLE app.t ENABLE ROW LEVEL SECURITY", True),
        ('ALTER TABLE "grant" OWNER TO boss', True),
        ("ALTER FUNCTION app.f() SECURITY DEFINER", True),
        ("ALTER ROLE r BYPASSRLS", True),
        ("REASSIGN OWNED BY a TO b", True),
        ("ALTER TABLE app.t ADD COLUMN a integer DEFAULT 'OWNER TO'", False),
        ("INSERT INTO app.grants VALUES ('GRANT')", False),
        ("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1 -- SECURITY DEFINER'", False),
    ],
)
def test_statements_of_others_are_read_for_it(sql: str, expected: bool) -> None:
    assert expected is changes_access(sql)


def test_default_privileges_of_others_that_go_with_their_schema_are_told() -> None:
    before: dict[str, Definition] = {
        "schema app": Schema(),
        'defaults app."tables to theirs"': DefaultPrivileges("tables", "theirs", privileges=("select",)),
    }
    current, wanted = make(before), make({})
    (drop,) = plan_in_order(
        current, wanted, compare_catalogs(current, wanted), is_ours=lambda each: each.kind is Kind.SCHEMA
    )
    assert ['defaults app."tables to theirs" goes with it and is not pgcraft\'s'] == [
        hazard.message for hazard in drop.hazards
    ]
