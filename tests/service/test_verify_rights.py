"""`pgcraft verify` knows claims, and reads what nobody tries; must-show 3 of the rights."""

import json
import re
from dataclasses import replace

import pytest

from pgcraft.service.types import AccessCheck, VerifyAnswer
from tests.conftest import ProjectFactory
from tests.support.projects import Project, make_project

MODELS = """
from sqlalchemy import Column, Enum, Identity, Integer, MetaData, Table, Text, select
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension
from pgcraft.models import *
from pgcraft.models.definitions import *
from pgcraft.models.register import *

config = PGCraftConfig().use(PostgRESTExtension())
metadata = MetaData()
ALL, CLAIM = ("select", "insert", "update", "delete"), "current_setting('request.jwt.claims', true)::json->>'tenant'"
MOOD = Enum("good", "b'ad", name="mood", schema="app")
register_role(metadata, RoleDefinition(name="web_user"))
register_schema(metadata, SchemaDefinition(name="api"))


def expose(name, *columns):
    key = Column("id", Integer, Identity(always=True), primary_key=True)
    table = Table(name, metadata, key, Column("tenant", Text, nullable=False), *columns, schema="app")
    options = (("security_invoker", "true"),)
    register_view(metadata, ViewDefinition(schema="api", name=name, query=select(table), options=options))
    for schema in ("app", "api"):
        register_grant(metadata, GrantDefinition(privileges=ALL, to="web_user", schema=schema, name=name))


for schema in ("app", "api"):
    register_grant(metadata, GrantDefinition(privileges=("usage",), to="web_user", schema=schema, on="schema"))
expose("my docs", Column("note", Text, server_default="-"), Column("mood", MOOD))
expose("open")
register_policy(metadata, PolicyDefinition(schema="app", table="my docs", name="own", using=f"tenant = {CLAIM}"))
register_function(metadata, FunctionDefinition(
    schema="app", name="stamp", returns="trigger", body="BEGIN RETURN NEW; END", revoke_public=True))
register_trigger(metadata, TriggerDefinition(
    schema="app", relation="open", name="stamp", function=("app", "stamp"), timing="before", events=("insert",)))
register_function(metadata, FunctionDefinition(
    schema="api", name="mine", returns="integer", language="sql", body="SELECT 1", revoke_public=True))
"""
IDENTITIES = "".join(
    f'[[tool.pgcraft.verify]]\nrole = "web_user"\nclaims = {{ tenant = "{name}" }}\n' for name in ("a", "b's")
)
PYPROJECT = '[tool.pgcraft]\nmodels = "models.py"\n' + IDENTITIES
A, B = 'web_user {"tenant": "a"}', 'web_user {"tenant": "b\'s"}'
EVERY = {"see rows of", "change rows of", "delete rows of", "take rows of", "forge rows of", "hand own rows to"}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """The project with its one revision, and the text of that."""
    made = make_project(tmp_path_factory.mktemp("tenants"), None, models=MODELS, pyproject=PYPROJECT)
    made = replace(made, environment={**made.environment, "DATABASE_URL": "postgresql+psycopg://localhost/none"})
    made.pgcraft("revision", "-m", "first", "--no-prove")
    (path,) = made.revisions
    return made, path.read_text()


@pytest.fixture
def tenants(migrated: tuple[Project, str]) -> Project:
    made, text = migrated
    made.revisions[0].write_text(text)
    return made


def verify(made: Project, status: int = 0) -> dict[str, object]:
    done = made.pgcraft("verify", "--json", check=False)
    assert status == done.status, done.output
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def find_failed(made: Project, *statements: str, replaced: tuple[str, str] = ("", "")) -> list[str]:
    """Edit the revision, as somebody would who helps themselves, and give what fails then."""
    (path,) = made.revisions
    text = path.read_text()
    pattern, new = replaced
    if pattern:
        text, count = re.subn(pattern, new, text, count=1)
        assert count == 1
    lines = "".join(f"    op.execute({statement!r})\n" for statement in statements)
    path.write_text(text.replace("\n\n\ndef downgrade", f"\n{lines}\n\ndef downgrade", 1))
    done = made.pgcraft("verify", "--failing", check=False)
    assert done.status == 1, done.output
    lines_shown = done.stdout.splitlines()
    failed = [line for line in lines_shown if not line.startswith(" ")][:-2]
    assert all(line.startswith("FAIL") for line in failed), done.stdout
    assert lines_shown[-2].endswith(f": {len(failed)} not as declared")
    assert lines_shown[-1].endswith("listed without --failing and by --json")
    return failed


def check_named(failed: list[str], *expected: str) -> None:
    assert [said for said in expected if not any(said in line for line in failed)] == [], "\n".join(failed)


def test_each_identity_is_kept_from_the_rows_of_the_others(tenants: Project) -> None:
    """Anon read, changed, forged and deleted every tenant's rows, and verify said 23 of 23."""
    answer = verify(tenants)
    checks = [check for check in answer["checks"] if check["other"]]  # type: ignore[attr-defined]
    assert {(check["role"], check["other"]) for check in checks} == {(A, B), (B, A)}
    for who, other in ((A, B), (B, A)):
        tried = [check for check in checks if check["role"] == who]
        assert {check["operation"].removesuffix(f" {other}") for check in tried} == EVERY
        assert {check["relation"]["name"] for check in tried} == {"my docs"}
        assert {check["seen"] for check in tried} == {"refused"}
        assert all(check["message"] for check in tried)
    own = {check["operation"] for check in answer["checks"] if check["role"] == A}  # type: ignore[attr-defined]
    assert {"change own", "delete own", "insert column by column", "update column by column"} < own
    assert any("view api.open is open between identities" in note for note in answer["notes"])  # type: ignore[attr-defined]


def test_four_things_broken_by_hand_are_each_named(tenants: Project) -> None:
    """Each looks right in the models, and nothing that is declared for a role fails."""
    failed = find_failed(
        tenants,
        'GRANT TRUNCATE ON app."my docs" TO web_user',
        "ALTER DEFAULT PRIVILEGES IN SCHEMA api GRANT SELECT ON TABLES TO anon",
        "CREATE FUNCTION app.danger() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        replaced=(r"USING \(tenant = .*\)", "USING (true)"),
    )
    check_named(
        failed,
        'policy own on app."my docs" differs from the declared one',
        "web_user holds TRUNCATE on table app.my docs",
        "anon gets SELECT on tables that pgcraft_deployer makes in schema api",
        "function app.danger() is SECURITY DEFINER without a search_path that ends in pg_temp",
        f'{B}  see rows of {A}  view api."my docs"  expected refused, seen allowed',
    )


OPENING = {
    'CREATE POLICY more ON app."my docs" USING (true)': 'policy more on app."my docs" is not declared',
    'ALTER VIEW api."my docs" RESET (security_invoker)': 'view api."my docs" reads with the rights of its owner',
    'ALTER TABLE app."my docs" FORCE ROW LEVEL SECURITY': 'force row security of table app."my docs" is on',
    "ALTER TABLE app.open DISABLE TRIGGER stamp": "trigger stamp on app.open is disabled",
    "ALTER FUNCTION api.mine() SECURITY DEFINER": "function api.mine() runs with the rights of its owner",
    "GRANT SELECT (id) ON app.open TO anon": "anon holds SELECT (id) on table app.open",
    "GRANT SELECT ON app.open TO web_user WITH GRANT OPTION": "the grant option of SELECT on table app.open",
    "GRANT CREATE ON SCHEMA api TO PUBLIC": "PUBLIC holds CREATE on schema api",
    "DO 'BEGIN EXECUTE format(''GRANT CREATE ON DATABASE %I TO anon'', current_database()); END'": (
        "anon holds CREATE on this database"
    ),
    "GRANT anon TO web_user WITH ADMIN OPTION": "web_user holds the admin option of role anon",
    "CREATE ROLE staff": "",
    "GRANT staff TO authenticator": "authenticator is a member of role staff",
    "ALTER ROLE anon CREATEROLE": "role anon has CREATEROLE",
    "GRANT web_user TO CURRENT_USER": "",
    "ALTER SCHEMA api OWNER TO web_user": "web_user owns schema api",
    "CREATE SCHEMA other": "",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO anon": "in schema other",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC": "that pgcraft_deployer makes in every schema",
    "CREATE FUNCTION app.danger() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'": (
        "function app.danger() is SECURITY DEFINER without"
    ),
}
CLOSING = {
    'DROP POLICY own ON app."my docs"': 'policy own on app."my docs" is missing',
    'ALTER TABLE app."my docs" DISABLE ROW LEVEL SECURITY': 'row security of table app."my docs" is off',
}


@pytest.mark.parametrize("broken", [OPENING, CLOSING], ids=["opening", "closing"])
def test_whatever_opens_the_way_is_named(tenants: Project, broken: dict[str, str]) -> None:
    """Each is a line of its own."""
    check_named(find_failed(tenants, *broken), *filter(None, broken.values()))


DEFINER = "LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS"
HAND_MADE = {
    "CREATE FUNCTION api.it() RETURNS integer LANGUAGE sql AS 'SELECT 1'": "execute  function api.it()",
    "CREATE PROCEDURE api.\"Do %\"(n integer) LANGUAGE sql AS 'SELECT 1'": 'execute  function api."Do %"(integer)',
    f"CREATE FUNCTION app.everything() RETURNS bigint {DEFINER} 'SELECT 1::bigint'": "execute  function app.everything()",
    "CREATE TABLE api.it (a integer)": "insert  table api.it",
    "GRANT INSERT ON api.it TO PUBLIC": "",
    "CREATE VIEW api.see AS SELECT 1 AS one": "select  view api.see",
    "GRANT SELECT ON api.see TO web_user": "",
    "CREATE MATERIALIZED VIEW api.kept AS SELECT 1 AS one": "select  materialized view api.kept",
    "GRANT SELECT ON api.kept TO PUBLIC": "",
    "CREATE FUNCTION api.kept_back() RETURNS integer LANGUAGE sql AS 'SELECT 1'": "",
    "REVOKE EXECUTE ON FUNCTION api.kept_back() FROM PUBLIC": "",
    "CREATE TABLE api.empty ()": "",
    "CREATE SEQUENCE api.counter": "",
    "GRANT USAGE ON SEQUENCE api.counter TO PUBLIC": "",
}


def test_what_was_made_by_hand_is_tried_as_each_role(tenants: Project) -> None:
    """PostgREST serves it all the same: a function that everyone may execute passed."""
    failed = find_failed(tenants, *HAND_MADE)
    check_named(failed, *(f"web_user  {said}  expected refused, seen allowed" for said in HAND_MADE.values() if said))
    check_named(failed, "PUBLIC holds USAGE on sequence api.counter")
    assert not [line for line in failed if "kept_back" in line or "api.empty" in line]


BY_ROLE = """
expose("named")
for name in ("red", "blue"):
    register_role(metadata, RoleDefinition(name=name))
    for schema in ("app", "api"):
        register_grant(metadata, GrantDefinition(privileges=("usage",), to=name, schema=schema, on="schema"))
        for table in ("open", "named"):
            register_grant(metadata, GrantDefinition(privileges=ALL, to=name, schema=schema, name=table))
    for table, condition in (("open", f"tenant = 'team {name}'"), ("named", "tenant = current_user")):
        register_policy(
            metadata, PolicyDefinition(schema="app", table=table, name=name, roles=(name,), using=condition))
"""


def test_policies_to_roles_need_no_claims(project: ProjectFactory) -> None:
    """What a policy names is what the rows of a role hold; a role that nobody made is no identity, and fails alone."""
    who = "".join(f'[[tool.pgcraft.verify]]\nrole = "{name}"\n' for name in ("red", "blue", "web_usr"))
    settings = f'[tool.pgcraft]\nmodels = "models.py"\n{who}'
    made = project(f"{MODELS}\n{BY_ROLE}", database=None, pyproject=settings)
    answer = verify(made, 1)
    checks = [check for check in answer["checks"] if check["other"]]  # type: ignore[attr-defined]
    for table in ("open", "named"):
        of_red = [check for check in checks if check["role"] == "red" and check["relation"]["name"] == table]
        assert {check["operation"] for check in of_red} == {f"{each} blue" for each in EVERY - {"change rows of"}}
    assert {check["seen"] for check in checks} == {"refused"}
    broken = [check["message"] for check in answer["checks"] if not AccessCheck(**check).held]  # type: ignore[attr-defined]
    assert broken == ['role "web_usr" does not exist']


def test_nothing_tried_is_no_pass(project: ProjectFactory) -> None:
    """`0 tried` ended with 0."""
    plain = "from sqlalchemy import *\nmetadata = MetaData()\nTable('t', metadata, Column('id', Integer, primary_key=True))\n"
    made = project(plain, database=None)
    done = made.pgcraft("verify", check=False)
    assert done.status == 1
    assert "nothing was tried, so nothing is verified" in done.stdout
    assert not VerifyAnswer("PostgreSQL 18", ()).held


BY_COLUMN = """
register_function(metadata, FunctionDefinition(
    schema="hidden", name="next_no", returns="text", language="sql", body="SELECT 'x'", revoke_public=True))
register_function(metadata, FunctionDefinition(
    schema="api", name="peek", arguments="n integer", returns="bigint", language="sql", body="SELECT count(*) FROM hidden.t"))
Table("t", metadata, Column("id", Integer, primary_key=True), schema="hidden")
register_schema(metadata, SchemaDefinition(name="hidden"))
from sqlalchemy import text
bad = Table("bad", metadata, Column("id", Integer, primary_key=True), Column("no", Text, server_default=text("hidden.next_no()")), schema="app")
register_view(metadata, ViewDefinition(schema="api", name="bad", query=select(bad), options=(("security_invoker", "true"),)))
for schema in ("app", "api"):
    register_grant(metadata, GrantDefinition(privileges=ALL, to="web_user", schema=schema, name="bad"))
"""


def test_a_default_and_a_function_that_the_role_may_not_use_are_found(project: ProjectFactory) -> None:
    """With every column given the insert went through, and the function was only planned."""
    made = project(MODELS + BY_COLUMN, database=None, pyproject=PYPROJECT)
    done = made.pgcraft("verify", "--failing", check=False)
    assert done.status == 1
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert any("web_user  insert" in line and "api.bad" in line and "function next_no" in line for line in lines), (
        done.stdout
    )
    assert any("execute  function api.peek(integer)" in line and "hidden" in line for line in lines), done.stdout
