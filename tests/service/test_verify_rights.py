"""`pgcraft verify` knows claims, and reads what nobody tries; must-show 3 of the rights."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.projects import Project

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
"""
IDENTITIES = "".join(
    f'[[tool.pgcraft.verify]]\nrole = "web_user"\nclaims = {{ tenant = "{name}" }}\n' for name in ("a", "b's")
)
PYPROJECT = '[tool.pgcraft]\nmodels = "models.py"\n' + IDENTITIES
A, B = 'web_user {"tenant": "a"}', 'web_user {"tenant": "b\'s"}'
EVERY = {"see rows of", "change rows of", "delete rows of", "take rows of", "forge rows of", "hand own rows to"}


@pytest.fixture
def tenants(project: ProjectFactory, database18: Database, clean_roles18: None) -> Project:
    made = project(MODELS, database=database18, pyproject=PYPROJECT)
    made.autogenerate()
    return made


def verify(made: Project, status: int = 0) -> dict[str, object]:
    done = made.pgcraft("verify", "--json", check=False)
    assert status == done.status, done.output
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def break_by_hand(made: Project, *statements: str, replaced: tuple[str, str] = ("", "")) -> None:
    """Edit the revision, as somebody would who helps themselves."""
    (path,) = made.revisions
    text = path.read_text()
    pattern, new = replaced
    if pattern:
        text, count = re.subn(pattern, new, text, count=1)
        assert count == 1
    lines = "".join(f"    op.execute({statement!r})\n" for statement in statements)
    path.write_text(re.sub(r"\n\n\ndef downgrade", f"\n{lines}\n\ndef downgrade", text, count=1))


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
    break_by_hand(
        tenants,
        'GRANT TRUNCATE ON app."my docs" TO web_user',
        "ALTER DEFAULT PRIVILEGES IN SCHEMA api GRANT SELECT ON TABLES TO anon",
        "CREATE FUNCTION app.danger() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        replaced=(r"USING \(tenant = .*\)", "USING (true)"),
    )
    done = tenants.pgcraft("verify", "--failing", check=False)
    assert done.status == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    for said in (
        'policy own on app."my docs" differs from the declared one',
        "web_user holds TRUNCATE on table app.my docs",
        "anon gets SELECT on tables that pgcraft_deployer makes in schema api",
        "function app.danger() is SECURITY DEFINER without a search_path that ends in pg_temp",
        f'{B}  see rows of {A}  view api."my docs"  expected refused, seen allowed',
    ):
        assert any(said in line for line in failed), done.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('DROP POLICY own ON app."my docs"', 'policy own on app."my docs" is missing'),
        ('CREATE POLICY more ON app."my docs" USING (true)', 'policy more on app."my docs" is not declared'),
        ('ALTER TABLE app."my docs" DISABLE ROW LEVEL SECURITY', 'row security of table app."my docs" is off'),
        ('ALTER VIEW api."my docs" RESET (security_invoker)', 'view api."my docs" reads with the rights of its owner'),
        ("GRANT SELECT (id) ON app.open TO anon", "anon holds SELECT (id) on table app.open"),
        ("GRANT CREATE ON SCHEMA api TO PUBLIC", "PUBLIC holds CREATE on schema api"),
        ("GRANT anon TO web_user WITH ADMIN OPTION", "web_user holds the admin option of role anon"),
        ("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC", "that pgcraft_deployer makes in every schema"),
        (
            "CREATE FUNCTION app.danger() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'",
            "function app.danger() is SECURITY DEFINER without",
        ),
    ],
)
def test_whatever_opens_the_way_is_named(tenants: Project, statement: str, said: str) -> None:
    break_by_hand(tenants, statement)
    done = tenants.pgcraft("verify", "--failing", check=False)
    assert done.status == 1
    assert any(line.startswith("FAIL") and said in line for line in done.stdout.splitlines()), done.stdout


def test_a_role_that_nobody_made_is_no_identity(project: ProjectFactory, tmp_path: Path) -> None:
    made = project(MODELS, database=None, pyproject=PYPROJECT.replace("web_user", "web_usr", 1))
    done = made.pgcraft("verify", "--failing", check=False)
    assert done.status == 1
    assert 'role "web_usr" does not exist' in done.stdout


BY_ROLE = """
for name in ("red", "blue"):
    register_role(metadata, RoleDefinition(name=name))
    for schema in ("app", "api"):
        register_grant(metadata, GrantDefinition(privileges=("usage",), to=name, schema=schema, on="schema"))
        register_grant(metadata, GrantDefinition(privileges=ALL, to=name, schema=schema, name="open"))
    condition = f"tenant = 'team {name}'" if BY == "constant" else "tenant = current_user"
    register_policy(
        metadata, PolicyDefinition(schema="app", table="open", name=name, roles=(name,), using=condition))
"""


@pytest.mark.parametrize("by", ["constant", "name"])
def test_policies_to_roles_need_no_claims(project: ProjectFactory, by: str) -> None:
    """What a policy names is what the rows of a role hold."""
    who = "".join(f'[[tool.pgcraft.verify]]\nrole = "{name}"\n' for name in ("red", "blue"))
    settings = f'[tool.pgcraft]\nmodels = "models.py"\n{who}'
    made = project(f"{MODELS}\nBY = {by!r}\n{BY_ROLE}", database=None, pyproject=settings)
    answer = verify(made)
    checks = [check for check in answer["checks"] if check["other"]]  # type: ignore[attr-defined]
    assert {check["operation"] for check in checks if check["role"] == "red"} == {
        f"{each} blue" for each in EVERY - {"change rows of"}
    }
    assert {check["seen"] for check in checks} == {"refused"}


def test_nothing_tried_is_no_pass(project: ProjectFactory) -> None:
    """`0 tried` ended with 0."""
    plain = "from sqlalchemy import *\nmetadata = MetaData()\nTable('t', metadata, Column('id', Integer, primary_key=True))\n"
    made = project(plain, database=None)
    done = made.pgcraft("verify", check=False)
    assert done.status == 1
    assert "nothing was tried, so nothing is verified" in done.stdout
    assert json.loads(made.pgcraft("verify", "--json", check=False).stdout)["held"] is False


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
