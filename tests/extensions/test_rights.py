"""The security model of PostgREST, finding by finding (numbers as in the project's notes on it)."""

import json
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, InvalidColumnReference, NotNullViolation, UndefinedTable
from sqlalchemy import Column, Integer, String

from pgcraft.check import PGCraftCheck
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.models import PolicyDefinition, RoleDefinition, register_policy, register_role
from pgcraft.plugins.pk import IdentityPKPlugin
from tests.support.databases import Database
from tests.unit.declare.building import build, new_metadata, postgrest_config

pytestmark = pytest.mark.usefixtures("clean_roles")
GRANTED = {"kv": ["select", "insert", "update", "delete"], "readable": ["select"], "box": ["insert"]}


@dataclass(frozen=True)
class Api:
    database: Database

    def as_role(self, role: str, sql: str, *, path: str = "api") -> list[tuple[Any, ...]]:
        with self.database.connect() as connection:
            connection.execute(f"SET ROLE {role}; SET search_path = {path}".encode())
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def refused(self, sql: str, role: str = "anon") -> None:
        with pytest.raises(InsufficientPrivilege):
            self.as_role(role, sql)


@pytest.fixture
def api(database: Database) -> Api:
    metadata, config = new_metadata(), postgrest_config()
    for name, grants in GRANTED.items():
        items = [
            Column("k", String, nullable=False, server_default="k"),
            Column("v", Integer),
            PGCraftCheck("{v} > 0", f"{name}_v_positive"),
        ]
        table = PGCraftSimple(name, "app", metadata, items, config=config)
        PostgRESTView(table, grants=grants)
    identity = PGCraftSimple(
        "ident", "app", metadata, [Column("v", Integer)], plugins=[IdentityPKPlugin()], config=config
    )
    PostgRESTView(identity, grants=["select", "insert"])
    build(metadata, database, config)
    database.run("INSERT INTO app.kv (k, v) VALUES ('a', 1), ('b', 2); INSERT INTO app.readable (v) VALUES (1)")
    return Api(database)


def test_01_anon_reads_views_and_nothing_below(api: Api) -> None:
    assert [(2,)] == api.as_role("anon", "SELECT count(*) FROM api.kv")
    api.refused("SELECT * FROM app.kv")


def test_02_the_authenticator_has_no_rights_of_its_own(api: Api) -> None:
    api.refused("SELECT * FROM api.kv", role="authenticator")
    flags = api.database.rows(
        "SELECT rolcanlogin, rolinherit, rolsuper, rolpassword IS NULL FROM pg_authid WHERE rolname = 'authenticator'"
    )
    assert [(True, False, False, True)] == flags
    assert [("anon",)] == api.database.rows(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'authenticator'::regrole"
    )


def test_03_views_run_as_their_owner(api: Api) -> None:
    assert [] == api.database.rows("SELECT relname FROM pg_class WHERE array_to_string(reloptions, ',') ~ 'invoker'")


def test_04_to_06_functions_are_definers_with_a_pinned_path(api: Api) -> None:
    rows = api.database.rows("SELECT prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'api'::regnamespace")
    assert [(True, ["search_path=pg_catalog, pg_temp"])] * 5 == rows
    assert [(3,)] == api.as_role("anon", "INSERT INTO api.kv (v) VALUES (3) RETURNING id")


def test_05_anon_cannot_write_past_a_view(api: Api) -> None:
    api.refused("INSERT INTO app.kv (v) VALUES (1)")
    assert [] == api.database.rows(
        "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'anon' AND table_schema = 'app'"
    )


def test_07_nobody_calls_the_functions_directly(api: Api) -> None:
    (count,) = api.database.rows(
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'api'::regnamespace"
        " AND has_function_privilege('anon', oid, 'EXECUTE')"
    )
    assert (0,) == count


def test_08_a_temporary_table_of_the_client_captures_nothing(api: Api) -> None:
    with api.database.connect() as connection:
        connection.execute("SET ROLE anon; SET search_path = pg_temp, api, app")
        connection.execute("CREATE TEMP TABLE kv (id int, k text, v int)")
        connection.execute("INSERT INTO api.kv (v) VALUES (5)")
        assert [] == connection.execute("SELECT * FROM pg_temp.kv").fetchall()
    assert 1 == api.database.value("SELECT count(*) FROM app.kv WHERE v = 5")


def test_09_the_revoke_names_each_function(api: Api) -> None:
    acls = [
        acl for (acl,) in api.database.rows("SELECT proacl::text FROM pg_proc WHERE pronamespace = 'api'::regnamespace")
    ]
    assert all(acl is not None and "{=" not in acl and ",=" not in acl for acl in acls)


def test_10_returning_gives_what_the_server_made(api: Api) -> None:
    assert [(3, "k", 7)] == api.as_role("anon", "INSERT INTO api.kv (v) VALUES (7) RETURNING id, k, v")


def test_11_a_default_applies_and_an_explicit_null_is_refused(api: Api) -> None:
    assert [("k",)] == api.as_role("anon", "INSERT INTO api.kv (v) VALUES (7) RETURNING k")
    with pytest.raises(NotNullViolation):
        api.as_role("anon", "INSERT INTO api.kv (k, v) VALUES (NULL, 7)")


def test_12_the_view_tells_postgrest_its_defaults(api: Api) -> None:
    rows = api.database.rows(
        "SELECT column_name, column_default FROM information_schema.columns"
        " WHERE table_schema = 'api' AND table_name = 'kv' AND column_default IS NOT NULL"
    )
    assert [("k", "'k'::text")] == [(name, default.replace("character varying", "text")) for name, default in rows]


def test_13_an_insert_alone_is_possible_and_shows_nothing(api: Api) -> None:
    assert [] == api.as_role("anon", "INSERT INTO api.box (v) VALUES (1)")
    api.refused("INSERT INTO api.box (v) VALUES (1) RETURNING v")
    api.refused("SELECT * FROM api.box")


def test_14_what_is_not_granted_is_refused(api: Api) -> None:
    for sql in (
        "INSERT INTO api.readable (v) VALUES (1)",
        "UPDATE api.readable SET v = 2",
        "DELETE FROM api.readable",
        "TRUNCATE app.kv",
        "DELETE FROM api.box",
    ):
        api.refused(sql)


def test_15_anon_holds_exactly_the_listed_privileges(api: Api) -> None:
    rows = api.database.rows(
        "SELECT table_name, array_agg(lower(privilege_type)::text ORDER BY lower(privilege_type)) FROM information_schema.role_table_grants"
        " WHERE grantee = 'anon' GROUP BY 1 ORDER BY 1"
    )
    expected = {name: sorted(grants) for name, grants in GRANTED.items()} | {"ident": ["insert", "select"]}
    assert sorted(expected.items()) == rows


def test_16_an_upsert_says_that_it_cannot(api: Api) -> None:
    with pytest.raises((InvalidColumnReference, UndefinedTable)):
        api.as_role("anon", "INSERT INTO api.kv (id, v) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET v = 9")


def test_17_no_sequence_is_granted_and_keys_are_made(api: Api) -> None:
    api.refused("SELECT nextval('app.kv_id_seq')")
    assert [(1,)] == api.as_role("anon", "INSERT INTO api.ident (v) VALUES (1) RETURNING id")


def test_18_a_view_without_writes_has_no_trigger(api: Api) -> None:
    rows = api.database.rows(
        "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1 ORDER BY 1"
    )
    assert [("api.box", 1), ("api.ident", 1), ("api.kv", 3)] == rows


def test_20_the_role_and_the_claims_are_seen_below(api: Api) -> None:
    claims = json.dumps({"sub": "42"})
    with api.database.connect() as connection:
        connection.execute("CREATE TABLE app.seen (who text, role text, claims text)")
        connection.execute(
            "CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.seen VALUES"
            " (current_user, current_setting('role'), current_setting('request.jwt.claims', true)); RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER note BEFORE INSERT ON app.kv FOR EACH ROW EXECUTE FUNCTION app.note()")
        connection.execute("SELECT set_config('request.jwt.claims', %s, false)", [claims])
        connection.execute("SET ROLE anon; INSERT INTO api.kv (v) VALUES (1); RESET ROLE")
    assert [("postgres", "anon", claims)] == api.database.rows("SELECT * FROM app.seen")


def test_21_row_security_of_the_base_does_not_stop_the_owner(api: Api) -> None:
    """Views without a declared policy run as their owner; with one they ask as their reader, see the next test."""
    api.database.run("ALTER TABLE app.kv ENABLE ROW LEVEL SECURITY")
    assert [(2,)] == api.as_role("anon", "SELECT count(*) FROM api.kv")


def test_21_a_declared_policy_judges_the_reader(database: Database) -> None:
    metadata, config = new_metadata(), postgrest_config()
    table = PGCraftSimple("kv", "app", metadata, [Column("k", String), Column("v", Integer)], config=config)
    PostgRESTView(table, columns=["id", "k"])
    register_policy(metadata, PolicyDefinition(schema="app", table="kv", name="small", using="v < 2"))
    build(metadata, database, config)
    database.run("INSERT INTO app.kv (k, v) VALUES ('a', 1), ('b', 2)")
    assert [(1, "a")] == Api(database).as_role("anon", "SELECT * FROM api.kv")
    Api(database).refused("SELECT v FROM app.kv")
    expected = [(name, column) for name in ("api", "app") for column in ("id", "k")]
    found = database.rows(
        "SELECT table_schema, column_name, privilege_type FROM information_schema.role_column_grants"
        " WHERE grantee = 'anon' ORDER BY 1, 2"
    )
    assert [(*pair, "SELECT") for pair in expected] == found


def test_24_a_request_as_postgrest_sends_it(api: Api) -> None:
    with api.database.connect(autocommit=False) as connection:
        connection.execute(
            "SELECT set_config('search_path', '\"api\", \"public\"', true), set_config('role', 'anon', true),"
            " set_config('request.jwt.claims', '{\"role\": \"anon\"}', true)"
        )
        answer = connection.execute(
            'WITH pgrst_source AS (INSERT INTO "api"."kv"("k", "v") SELECT b."k", b."v" FROM'
            ' json_to_recordset(\'[{"k": "x", "v": 4}, {"k": "y", "v": 5}]\') AS b("k" text, "v" integer)'
            ' RETURNING "api"."kv".*) SELECT json_agg(s) FROM pgrst_source AS s'
        ).fetchone()
    assert ([{"id": 3, "k": "x", "v": 4}, {"id": 4, "k": "y", "v": 5}],) == answer


def test_a_role_of_the_users_own_stays(database: Database) -> None:
    """Roles that the models declare beside ours would be lost."""
    metadata, config = new_metadata(), postgrest_config()
    register_role(metadata, RoleDefinition(name="web_user", member_of=("anon",)))
    build(metadata, database, config)
    assert 3 == database.value("SELECT count(*) FROM pg_roles WHERE rolname IN ('anon', 'authenticator', 'web_user')")


def test_a_role_that_the_models_declare_themselves_is_theirs(database: Database) -> None:
    """A project may want its authenticator to reach more roles than ours."""
    metadata, config = new_metadata(), postgrest_config()
    register_role(metadata, RoleDefinition(name="web_user"))
    own = RoleDefinition(name="authenticator", login=True, inherit=False, member_of=("anon", "web_user"))
    register_role(metadata, own)
    build(metadata, database, config)
    members = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'authenticator'::regrole ORDER BY 1"
    assert [("anon",), ("web_user",)] == database.rows(members)


def test_a_check_of_the_base_holds_through_the_view(api: Api) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        api.as_role("anon", "INSERT INTO api.kv (v) VALUES (-1)")
