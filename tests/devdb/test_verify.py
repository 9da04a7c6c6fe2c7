"""Every operation is tried as every role, and told from what the grants say."""

from collections import Counter

import psycopg
import pytest

from pgcraft.catalog.definitions import Column, Role, Schema, Table, View
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.devdb.trying.access import Identity
from pgcraft.devdb.trying.expected import Expectations
from pgcraft.devdb.trying.guards import is_guarded
from pgcraft.devdb.trying.verify import verify_access
from pgcraft.errors import PGCraftDatabaseError
from tests.devdb.shop import SHOP, broken, declare, definer, grant, rel, verify
from tests.support.databases import Database

pytestmark = pytest.mark.each_server


@pytest.fixture
def shop(database: Database, clean_roles: None) -> Database:
    database.run(SHOP)
    return database


@pytest.fixture
def shop18(database18: Database, clean_roles18: None) -> Database:
    database18.run(SHOP)
    return database18


def test_what_was_declared_and_applied_holds(shop: Database) -> None:
    checks = verify(shop, declare())
    assert broken(checks) == []
    assert checks["clerk", "api.products", "insert"].seen == "allowed"
    assert checks["clerk", "api.products", "delete"].seen == "allowed"
    assert checks["clerk", "api.makers", "update"].seen == "allowed"
    assert checks["anon", "api.products", "insert"].seen == "refused"
    assert checks["anon", "shop.products", "select"].seen == "refused"
    assert checks["clerk", "shop.lines", "delete"].seen == "refused"
    assert checks["authenticator", "api.products", "select"].seen == "refused"
    assert checks["anon", "api.api_products_insert", "execute"].seen == "refused"
    assert checks["authenticator", "None.anon", "become"].seen == "allowed"
    assert {check.message for check in checks.values() if check.seen == "allowed"} == {""}


def test_every_role_relation_and_operation_is_there(shop18: Database) -> None:
    checks = verify(shop18, declare())
    assert Counter(operation for _, _, operation in checks) == {
        **dict.fromkeys(("select", "insert", "update", "delete"), 3 * 6),
        "execute": 3 * 2,
        "become": 2,
        "insert column by column": 1,
        "update column by column": 1,
    }


def test_nothing_stays(shop: Database) -> None:
    shop.run("INSERT INTO shop.makers (name) VALUES ('kept')")
    tables = ("shop.makers", "shop.products", "shop.lines")
    before = [shop.rows(f"SELECT * FROM {table}") for table in tables]
    verify(shop, declare())
    assert before == [shop.rows(f"SELECT * FROM {table}") for table in tables]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("REVOKE SELECT ON api.products FROM anon", [("anon", "api.products", "select")]),
        ("GRANT DELETE ON api.products TO anon", [("anon", "api.products", "delete")]),
        ("GRANT INSERT ON api.products TO PUBLIC", [("anon", "api.products", "insert")]),
        (
            "GRANT USAGE ON SCHEMA shop TO anon; GRANT SELECT ON shop.products TO anon",
            [("anon", "shop.products", "select")],
        ),
        ("REVOKE USAGE ON SCHEMA api FROM clerk", None),
        (
            "GRANT EXECUTE ON FUNCTION api.api_products_insert() TO PUBLIC",
            [("anon", "api.api_products_insert", "execute"), ("clerk", "api.api_products_insert", "execute")],
        ),
        ("ALTER FUNCTION api.api_products_insert() SECURITY INVOKER", [("clerk", "api.products", "insert")]),
        ("REVOKE anon FROM authenticator", [("authenticator", "None.anon", "become")]),
        ("REVOKE UPDATE (name) ON api.makers FROM clerk", [("clerk", "api.makers", "update")]),
        ("DROP VIEW api.totals", [("anon", "api.totals", "select"), ("clerk", "api.totals", "select")]),
        ("GRANT clerk TO anon", None),
    ],
)
def test_what_was_changed_by_hand_is_named(
    shop18: Database, change: str, expected: list[tuple[str, str, str]] | None
) -> None:
    shop18.run(change)
    found = broken(verify(shop18, declare()))
    assert found
    if expected is not None:
        assert found == expected


def test_a_refusal_carries_the_servers_words(shop18: Database) -> None:
    check = verify(shop18, declare())["anon", "api.products", "insert"]
    assert (check.message, check.sqlstate) == ("permission denied for view products", "42501")


def test_a_broken_trigger_function_is_a_failure(shop18: Database) -> None:
    """It is no refusal: the role came through, and the function has a fault."""
    shop18.run(
        """
        CREATE OR REPLACE FUNCTION api.api_products_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO shop.products (no_such_column) VALUES (1); RETURN NEW; END $$
        """
    )
    check = verify(shop18, declare())["clerk", "api.products", "insert"]
    assert (check.seen, check.sqlstate, check.held) == ("failed", "42703", False)


def test_a_grant_that_nobody_can_use_is_a_failure(shop18: Database) -> None:
    """INSERT on a view that takes no rows: the grant is there, and worth nothing."""
    shop18.run("GRANT INSERT ON api.totals TO clerk")
    check = verify(shop18, declare(grant("view", "api", "totals", "clerk", "select", "insert")))[
        "clerk", "api.totals", "insert"
    ]
    assert (check.seen, check.sqlstate, check.held) == ("failed", "55000", False)


def test_a_row_that_no_check_lets_pass_leaves_it_undecided(shop18: Database) -> None:
    """The grant is right; that no fitting row could be made up is not the grant's fault."""
    shop18.run("ALTER TABLE shop.products ADD CHECK (md5(name) = 'x')")
    check = verify(shop18, declare())["clerk", "api.products", "insert"]
    assert (check.seen, check.sqlstate, check.is_undecided, check.held) == ("failed", "23514", True, True)
    assert check.outcome == "allowed, but not this row"


def test_row_security_is_not_a_missing_grant(shop18: Database) -> None:
    shop18.run(
        """
        CREATE TABLE api.diary (id serial PRIMARY KEY, owner name NOT NULL);
        ALTER TABLE api.diary ENABLE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT ON api.diary TO clerk; GRANT USAGE ON SEQUENCE api.diary_id_seq TO clerk;
        """
    )
    table = rel(Kind.TABLE, "api", "diary")
    more = (CatalogObject(table, Table(row_security=True)), grant("table", "api", "diary", "clerk", "select", "insert"))
    check = verify(shop18, declare(*more))["clerk", "api.diary", "insert"]
    assert (check.seen, check.held) == ("failed", True)
    assert "row-level security" in check.message

    two = tuple(Identity("clerk", f'{{"tenant": "{name}"}}') for name in "ab")
    with shop18.connect() as connection:
        found = verify_access(connection, declare(*more), identities=two, api_schemas=["api"])
        alone = verify_access(connection, declare(*more), identities=(*two[:1], Identity("authenticator")))
    (apart,) = [check for check in found.checks if not check.held]
    assert apart.message.startswith("nothing could be tried between any two identities")
    told = {str(left) for left in found.not_tried}
    assert "insert to the end as clerk on table api.diary: a policy refuses a made-up row without claims" in told
    assert "rows of authenticator: it may read nothing that the API serves" in map(str, alone.not_tried)
    bypassing = declare(*more, CatalogObject(ObjectId(Kind.ROLE, None, "clerk"), Role(bypassrls=True)))
    assert is_guarded(Expectations(declare(*more)), table, "clerk", "select")
    assert not is_guarded(Expectations(bypassing), table, "clerk", "select")


def test_nobody_is_asked_who_may_use_the_schema_behind_a_view(shop18: Database) -> None:
    """A view that asks as its caller needs the privilege on the table and no USAGE on the table's schema."""
    shop18.run(
        """
        CREATE TABLE shop.seen (id integer); GRANT SELECT ON shop.seen TO anon;
        CREATE VIEW api.seen WITH (security_invoker) AS SELECT s.id FROM shop.seen s; GRANT SELECT ON api.seen TO anon;
        """
    )
    table, view = rel(Kind.TABLE, "shop", "seen"), rel(Kind.VIEW, "api", "seen")
    asks = View("SELECT s.id FROM shop.seen s", options=(("security_invoker", "true"),))
    more = (
        CatalogObject(table, Table()),
        CatalogObject(view, asks, depends_on=(table,)),
        grant("table", "shop", "seen", "anon", "select"),
        grant("view", "api", "seen", "anon", "select"),
    )
    checks = verify(shop18, declare(*more))
    assert ("refused", True) == (checks["anon", "shop.seen", "select"].seen, checks["anon", "shop.seen", "select"].held)
    assert ("allowed", True) == (checks["anon", "api.seen", "select"].seen, checks["anon", "api.seen", "select"].held)


def test_a_table_without_its_sequence_is_refused(shop18: Database) -> None:
    """INSERT was granted; what is missing is USAGE on the sequence, and no client can insert."""
    shop18.run("CREATE TABLE api.notes (id serial PRIMARY KEY, t text); GRANT SELECT, INSERT ON api.notes TO clerk")
    more = (
        CatalogObject(rel(Kind.TABLE, "api", "notes"), Table()),
        grant("table", "api", "notes", "clerk", "select", "insert"),
    )
    check = verify(shop18, declare(*more))["clerk", "api.notes", "insert"]
    assert (check.held, check.message) == (False, "permission denied for sequence notes_id_seq")


def test_operations_without_the_right_to_read_are_tried_without_it(shop18: Database) -> None:
    """PostgREST asks for nothing back then (Prefer: return=minimal)."""
    shop18.run("CREATE TABLE api.inbox (body text NOT NULL); GRANT INSERT, UPDATE, DELETE ON api.inbox TO anon")
    writes = grant("table", "api", "inbox", "anon", "insert", "update", "delete")
    checks = verify(shop18, declare(CatalogObject(rel(Kind.TABLE, "api", "inbox"), Table()), writes))
    assert broken(checks) == []
    assert {checks["anon", "api.inbox", op].seen for op in ("insert", "update", "delete")} == {"allowed"}
    assert checks["anon", "api.inbox", "select"].seen == "refused"


def test_inherited_rights_count_and_those_of_others_do_not(shop: Database, clean_roles: None) -> None:
    shop.run("CREATE ROLE boss; GRANT clerk TO boss; CREATE ROLE guest NOINHERIT; GRANT clerk TO guest")
    roles = (
        CatalogObject(ObjectId(Kind.ROLE, None, "boss"), Role(member_of=("clerk",))),
        CatalogObject(ObjectId(Kind.ROLE, None, "guest"), Role(inherit=False, member_of=("clerk",))),
    )
    checks = verify(shop, declare(*roles))
    assert broken(checks) == []
    assert checks["boss", "api.products", "insert"].seen == "allowed"
    assert checks["guest", "api.products", "insert"].seen == "refused"


def test_a_view_that_asks_the_caller_needs_both_grants(shop: Database) -> None:
    shop.run(
        "CREATE VIEW api.own WITH (security_invoker = true) AS SELECT * FROM shop.lines; GRANT SELECT ON api.own TO anon"
    )
    view = CatalogObject(
        rel(Kind.VIEW, "api", "own"),
        View("", options=(("security_invoker", "true"),)),
        depends_on=(rel(Kind.TABLE, "shop", "lines"),),
    )
    check = verify(shop, declare(view, grant("view", "api", "own", "anon", "select")))["anon", "api.own", "select"]
    assert (check.expected, check.seen) == ("refused", "refused")


def test_functions_with_arguments_and_procedures(shop: Database) -> None:
    shop.run(
        """
        CREATE FUNCTION api.f(a integer, VARIADIC b text[]) RETURNS integer STRICT SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';
        CREATE PROCEDURE api.p(a numeric(5,2)) SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION api.g(a anyelement) RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
        REVOKE ALL ON FUNCTION api.f, api.g FROM PUBLIC; REVOKE ALL ON PROCEDURE api.p FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION api.f, api.g TO clerk; GRANT EXECUTE ON PROCEDURE api.p TO clerk;
        """
    )
    signatures = {"f": "integer, text[]", "p": "numeric", "g": "anyelement"}
    functions = [definer("api", name, signature) for name, signature in signatures.items()]
    grants = [
        grant(f"function({signature})", "api", name, "clerk", "execute") for name, signature in signatures.items()
    ]
    checks = verify(shop, declare(*functions, *grants))
    assert broken(checks) == []
    for name in signatures:
        assert checks["clerk", f"api.{name}", "execute"].seen == "allowed"
        assert checks["anon", f"api.{name}", "execute"].seen == "refused"


def test_a_role_that_is_missing_is_named(shop18: Database) -> None:
    checks = verify(shop18, declare(grant("view", "api", "products", "ghost", "select")))
    assert broken(checks) == [("ghost", "None.ghost", "become")]


def test_a_materialized_view_is_only_read(shop18: Database) -> None:
    shop18.run("CREATE MATERIALIZED VIEW api.m AS SELECT * FROM shop.lines; GRANT SELECT ON api.m TO anon")
    view = CatalogObject(rel(Kind.MATERIALIZED_VIEW, "api", "m"), View(""))
    checks = verify(shop18, declare(view, grant("view", "api", "m", "anon", "select")))
    assert broken(checks) == []
    assert [operation for _, name, operation in checks if name == "api.m"] == ["select"] * 3


def test_a_weak_connection_is_an_error_and_no_refusal(shop18: Database) -> None:
    """On a server that the user named, its role may not be able to switch to the others."""
    shop18.run("CREATE ROLE weak LOGIN")
    with psycopg.connect(shop18.conninfo_as("weak")) as connection, pytest.raises(PGCraftDatabaseError) as caught:
        verify_access(connection, declare())
    assert caught.value.code == "PGC506"


def test_progress_counts_to_the_end(shop18: Database) -> None:
    seen: list[tuple[int, int]] = []
    with shop18.connect() as connection:
        verify_access(connection, declare(), on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, len(seen)) for number in range(1, len(seen) + 1)]


def test_a_view_that_joins_children_of_its_own_table_takes_rows(shop18: Database) -> None:
    """Rows made for the joined table need a parent; that must not be the very row that is then inserted."""
    shop18.run(
        """
        CREATE VIEW api.stats AS SELECT m.id, m.name, p.maker_id, p.name AS product, t.qty
          FROM shop.makers m LEFT JOIN shop.products p ON p.maker_id = m.id LEFT JOIN api.totals t ON t.product_id = p.id;
        CREATE FUNCTION api.api_stats_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN INSERT INTO shop.makers (name) VALUES (NEW.name) RETURNING id INTO NEW.id; RETURN NEW; END $$;
        CREATE TRIGGER ins INSTEAD OF INSERT ON api.stats FOR EACH ROW EXECUTE FUNCTION api.api_stats_insert();
        GRANT SELECT, INSERT ON api.stats TO clerk;
        INSERT INTO shop.makers (name) VALUES ('text 1'), ('text 2'), ('text 39');
        """
    )
    view = CatalogObject(rel(Kind.VIEW, "api", "stats"), View(""))
    checks = verify(shop18, declare(view, grant("view", "api", "stats", "clerk", "select", "insert")))
    assert checks["clerk", "api.stats", "insert"].seen == "allowed"


def test_an_update_that_finds_no_row_says_so(shop18: Database) -> None:
    """Its trigger was not run then: allowed, as far as that could be tried."""
    shop18.run(
        "CREATE VIEW api.none AS SELECT * FROM shop.lines WHERE qty < -1000 AND product_id > 1000000; GRANT ALL ON api.none TO clerk"
    )
    view = CatalogObject(rel(Kind.VIEW, "api", "none"), View(""))
    checks = verify(shop18, declare(view, grant("view", "api", "none", "clerk", "select", "update", "delete")))
    assert checks["clerk", "api.none", "delete"].message == "allowed, but no row was there to try it on"


def test_hostile_names_are_tried_like_others(database: Database, clean_roles: None) -> None:
    database.run('CREATE ROLE "it\'s ""me"""')
    database.run('CREATE SCHEMA "A b"; CREATE TABLE "A b"."select" ("from" text PRIMARY KEY, "100%" jsonb NOT NULL)')
    database.run('GRANT USAGE ON SCHEMA "A b" TO "it\'s ""me"""; GRANT ALL ON "A b"."select" TO "it\'s ""me"""')
    role = 'it\'s "me"'
    table = rel(Kind.TABLE, "A b", "select")
    catalog = make_catalog(
        [
            CatalogObject(table, Table()),
            CatalogObject(ObjectId(Kind.COLUMN, "A b", "from", "select"), Column(1, "text")),
            CatalogObject(ObjectId(Kind.SCHEMA, None, "A b"), Schema()),
            grant("schema", None, "A b", role, "usage"),
            grant("table", "A b", "select", role, "select", "insert", "update", "delete"),
        ]
    )
    checks = verify(database, catalog)
    assert {check.seen for check in checks.values()} == {"allowed"}
    assert len(checks) == 6
