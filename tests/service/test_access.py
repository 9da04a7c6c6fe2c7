"""What `pgcraft access` says that a role can reach is what PostgreSQL lets it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.errors import PGCraftError
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.service.access.types import Reached
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from tests.support.databases import Database

SETUP = r"""
CREATE ROLE ac_owner; CREATE ROLE ac_readers; CREATE ROLE ac_writers NOINHERIT; CREATE ROLE ac_all;
CREATE ROLE ac_super SUPERUSER; CREATE ROLE ac_super_of_nothing; CREATE ROLE "ac 'W"".x"; CREATE ROLE ac_plain LOGIN; CREATE ROLE ac_bypass BYPASSRLS;
GRANT ac_readers TO "ac 'W"".x"; GRANT "ac 'W"".x" TO ac_plain; GRANT ac_writers TO ac_plain;
GRANT ac_all TO ac_writers; GRANT pg_read_all_data TO ac_all; GRANT ac_owner TO ac_bypass;
CREATE SCHEMA app AUTHORIZATION ac_owner; CREATE SCHEMA "Shut. ""é"; CREATE SCHEMA made;
GRANT USAGE ON SCHEMA app TO ac_readers; GRANT USAGE ON SCHEMA made TO PUBLIC; GRANT CREATE ON SCHEMA made TO ac_plain;
CREATE TABLE app.docs (id integer PRIMARY KEY, tenant text, "No. 1" text); ALTER TABLE app.docs OWNER TO ac_owner;
CREATE TABLE "Shut. ""é"."T" (id integer); GRANT SELECT ON "Shut. ""é"."T" TO ac_readers, PUBLIC;
GRANT SELECT (id, "No. 1"), INSERT (tenant) ON app.docs TO ac_readers; GRANT UPDATE ON app.docs TO "ac 'W"".x" WITH GRANT OPTION;
GRANT SELECT (tenant) ON app.docs TO PUBLIC; GRANT TRUNCATE, REFERENCES ON app.docs TO ac_writers;
CREATE VIEW app.v AS SELECT d.id FROM app.docs d; ALTER VIEW app.v OWNER TO ac_owner; GRANT SELECT ON app.v TO ac_plain;
CREATE VIEW app.i WITH (security_invoker) AS SELECT d.tenant FROM app.docs d; GRANT ALL ON app.i TO ac_plain, ac_bypass;
CREATE TABLE "Shut. ""é"."U" (id integer);
CREATE VIEW app.lost WITH (security_invoker) AS SELECT u.id FROM "Shut. ""é"."U" u; GRANT ALL ON app.lost TO ac_plain;
CREATE TABLE made.fill (id integer); GRANT INSERT ON made.fill TO ac_plain;
CREATE VIEW app.fills WITH (security_invoker) AS SELECT id FROM made.fill; GRANT ALL ON app.fills TO ac_plain;
CREATE VIEW app.found WITH (security_invoker) AS SELECT t.id FROM "Shut. ""é"."T" t; GRANT SELECT ON app.found TO ac_plain;
CREATE MATERIALIZED VIEW made.m AS SELECT 1 AS one; GRANT SELECT ON made.m TO ac_plain;
CREATE SEQUENCE made.s; GRANT USAGE ON SEQUENCE made.s TO ac_readers;
CREATE FUNCTION made.f(integer, text) RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*)::integer FROM app.docs';
CREATE FUNCTION made.g() RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION made.g FROM PUBLIC;
GRANT EXECUTE ON FUNCTION made.g TO ac_writers; ALTER FUNCTION made.f OWNER TO ac_owner;
CREATE TABLE public.open (id integer); GRANT SELECT ON public.open TO ac_plain;
ALTER TABLE app.docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.docs FOR SELECT TO ac_readers USING (tenant = current_user);
CREATE POLICY few ON app.docs AS RESTRICTIVE FOR SELECT USING (id > 3);
CREATE POLICY adds ON app.docs FOR INSERT TO ac_writers WITH CHECK (true);
ALTER DEFAULT PRIVILEGES FOR ROLE ac_owner IN SCHEMA app GRANT SELECT ON TABLES TO ac_readers;
"""
ROLES = (*"ac_owner ac_readers ac_writers ac_all ac_super ac_plain ac_bypass".split(), "ac 'W\".x")
HAS = {Kind.SCHEMA: "schema", Kind.SEQUENCE: "sequence", Kind.FUNCTION: "function"}
PRIVILEGES = {
    "table": ("select", "insert", "update", "delete", "truncate", "references", "trigger"),
    "schema": ("usage", "create"),
    "sequence": ("select", "update", "usage"),
    "function": ("execute",),
}


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "models.py").write_text("from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


def ask_server(database: Database, role: str, object_id: ObjectId) -> dict[str, bool | tuple[str, ...]]:
    """Return each privilege that the server says the role has: the columns where it has some alone, else True."""
    kind = HAS.get(object_id.kind, "table")
    qualified = quote_qualified(object_id.schema, object_id.name) + object_id.arguments
    name = quote_literal(object_id.name if kind == "schema" else qualified)
    who, found = quote_literal(role), {}
    for privilege in PRIVILEGES[kind]:
        if database.value(f"SELECT has_{kind}_privilege({who}, {name}, '{privilege}')"):
            found[privilege] = True
        elif kind == "table" and privilege in ("select", "insert", "update", "references"):
            columns = database.rows(
                f"SELECT attname FROM pg_attribute WHERE attrelid = {name}::regclass AND attnum > 0 "
                f"AND has_column_privilege({who}, attrelid, attnum, '{privilege}') ORDER BY attname::text"
            )
            found |= {privilege: tuple(column for (column,) in columns)} if columns else {}
    return found


def say_rights(item: Reached) -> dict[str, bool | tuple[str, ...]]:
    rights = {right.privilege: tuple(sorted(right.columns)) or True for right in item.rights}
    return {privilege: rights[privilege] for privilege in rights if privilege != "maintain"}


@pytest.mark.each_server
@pytest.mark.usefixtures("clean_roles")
def test_every_privilege_of_every_role_is_what_the_server_says(workbench: Workbench, database: Database) -> None:
    """By grant, group, PUBLIC, ownership, a superuser's or a predefined role's might: nothing more, and nothing less."""
    database.run(SETUP)
    for role in ROLES:
        answer = workbench.access(role, database.url)
        told = {each.id: each for each in answer.reached}
        for schema in ("app", 'Shut. "é', "made"):
            objects = [ObjectId(Kind.SCHEMA, None, schema), *_list_objects(database, schema)]
            may_use = database.value(
                f"SELECT has_schema_privilege({quote_literal(role)}, {quote_literal(schema)}, 'usage')"
            )
            for object_id in objects:
                item, expected = told.get(object_id), ask_server(database, role, object_id)
                if item is None:
                    everyone = ask_server(database, "ac_super_of_nothing", object_id) if not may_use else {}
                    assert everyone == expected, (role, str(object_id))
                    continue
                assert expected == say_rights(item), (role, str(object_id))
                if object_id.kind is not Kind.SCHEMA:
                    assert ("may not use schema" in item.blocked) is not may_use, (role, str(object_id))
                assert all(right.ways for right in item.rights)


def _list_objects(database: Database, schema: str) -> list[ObjectId]:
    kinds = {"r": Kind.TABLE, "v": Kind.VIEW, "m": Kind.MATERIALIZED_VIEW, "S": Kind.SEQUENCE}
    relations = database.rows(
        "SELECT relkind::text, relname FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(%s)) "
        "AND relkind IN ('r', 'v', 'm', 'S')",
        schema,
    )
    functions = database.rows(
        "SELECT proname, oidvectortypes(proargtypes) FROM pg_proc WHERE pronamespace = to_regnamespace(quote_ident(%s))",
        schema,
    )
    return [
        *(ObjectId(kinds[kind], schema, name) for kind, name in relations),
        *(ObjectId(Kind.FUNCTION, schema, name, signature=arguments) for name, arguments in functions),
    ]


@pytest.mark.usefixtures("clean_roles")
def test_the_rows_that_a_role_gets_are_those_that_the_told_policies_let_through(
    workbench: Workbench, database: Database
) -> None:
    """Its own policies, restrictive ones, those that it passes by as owner, superuser or with BYPASSRLS."""
    database.run(SETUP)
    database.run(
        "INSERT INTO app.docs SELECT n, (ARRAY['ac_plain', 'ac_readers'])[n % 2 + 1] FROM generate_series(1, 9) n"
    )
    database.run(
        "CREATE TABLE made.copy AS TABLE app.docs; GRANT SELECT ON made.copy TO PUBLIC; GRANT USAGE ON SCHEMA app TO PUBLIC"
    )
    database.run("GRANT SELECT (id) ON app.docs TO ac_writers; GRANT ac_writers TO ac_readers")
    seen = {}
    for role in ROLES:
        (docs,) = (each for each in workbench.access(role, database.url).reached if str(each.id) == "table app.docs")
        (found,) = docs.filters
        anyone = [rule.using for rule in found.rules if rule.permissive and rule.command in ("select", "all")]
        all_of = [rule.using for rule in found.rules if not rule.permissive and rule.command in ("select", "all")]
        condition = (
            "true"
            if found.bypass
            else " AND ".join([f"({' OR '.join(map(str, anyone)) or 'false'})", *map(str, all_of)])
        )
        with database.connect() as connection:
            connection.execute(f"SET ROLE {quote_name(role)}".encode())
            told = connection.execute(f"SELECT count(*) FROM made.copy WHERE {condition}".encode()).fetchone()
            seen[role] = connection.execute(b"SELECT count(*) FROM app.docs").fetchone()
        assert told == seen[role], (role, found)
    assert {(0,), (3,), (9,)} == set(seen.values())


@pytest.mark.usefixtures("clean_roles")
def test_whose_rights_stand_behind_a_view_and_a_function_is_told(workbench: Workbench, database: Database) -> None:
    """A view that asks as its caller is out of reach where the caller lacks something behind it, and told all the same."""
    database.run(SETUP)
    database.run("REVOKE SELECT ON app.lost FROM ac_plain; GRANT SELECT ON app.lost TO PUBLIC")
    told = {str(each.id): each for each in workbench.access("ac_plain", database.url).reached}
    behind = {name: [(str(each.id), each.role, each.does) for each in item.behind] for name, item in told.items()}
    assert [("table app.docs", "ac_owner", "select")] == behind["view app.v"]
    assert ("table app.docs", "ac_plain", "select") in behind["view app.i"]
    assert [("table app.docs", "ac_owner", "uses")] == behind["function made.f(integer, text)"]
    assert "" == told["view app.i"].blocked
    assert "lacks SELECT on table" in told["view app.lost"].blocked
    assert "" == told["view app.found"].blocked
    assert "" == told["view app.fills"].blocked, "it cannot be read, and can be written"
    database.run("REVOKE SELECT (tenant) ON app.docs FROM PUBLIC")
    (partly,) = (each for each in workbench.access("ac_plain", database.url).reached if str(each.id) == "view app.i")
    assert {"SELECT (tenant) on table app.docs"} == {each.missing for each in partly.behind if each.does == "select"}
    database.run("GRANT SELECT (tenant) ON app.docs TO PUBLIC")
    assert "ac_owner, who owns it, is not filtered" in told["view app.v"].filters[0].bypass
    assert ["adds", "few", "own"] == [rule.name for rule in told["view app.i"].filters[0].rules]
    with database.connect() as connection:
        connection.execute(b"SET ROLE ac_plain")
        connection.execute(b"SELECT * FROM app.v, app.i, app.found")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(b"SELECT * FROM app.lost")
    notes = workbench.access("ac_readers", database.url).notes
    assert ("ac_readers gets SELECT on tables that ac_owner makes in schema app",) == notes


MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table, Text, select
from pgcraft.models import *
from pgcraft.models.definitions import *
from pgcraft.models.register import *
from helper import POLICIES

metadata = MetaData()
register_schema(metadata, SchemaDefinition(name="app"))
register_role(metadata, RoleDefinition(name="readers"))
register_role(metadata, RoleDefinition(name='a "n".x', member_of=("readers",)))
docs = Table("do.cs", metadata, Column("id", Integer, primary_key=True), Column("tenant", Text), schema="app")
for policy in POLICIES:
    register_policy(metadata, PolicyDefinition(schema="app", table="do.cs", **policy))
register_view(metadata, ViewDefinition(schema="app", name="mine", query=select(docs), options=(("security_invoker", "true"),)))
register_grant(metadata, GrantDefinition(privileges=("usage",), to="readers", schema="app", on="schema"))
register_grant(metadata, GrantDefinition(privileges=("select",), to="readers", schema="app", name="do.cs"))
register_grant(metadata, GrantDefinition(privileges=("select",), to='a "n".x', schema="app", name="mine"))
"""
BEFORE = """POLICIES = [{"name": "own", "roles": ("readers",), "using": "tenant = current_user"}]"""
AFTER = """POLICIES = [{"name": "own", "command": "select", "using": "true"}]"""


def commit(folder: Path, message: str) -> None:
    for words in (["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", message]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def list_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_access_before_and_after_a_change_of_policy(tmp_path: Path) -> None:
    """The models of a commit are imported in a folder that is gone afterwards; the repository is as it was."""
    made = tmp_path / "a repository"
    root = made / "with a project.d"
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    for name, text in (("models.py", MODELS), ("helper.py", BEFORE), (".gitattributes", "helper.py export-ignore\n")):
        (root / name).write_text(text)
    commit(made, 'before "it"')
    (root / "helper.py").write_text(AFTER)
    before = list_files(made)
    with Workbench(find_project(root)) as opened:
        loose = opened.compare_access('a "n".x', "HEAD")
        commit(made, "after")
        committed = opened.compare_access('a "n".x', "HEAD~1", "HEAD")
        same = opened.compare_access('a "n".x', "HEAD")
        for text in ("1 / 0", AFTER):
            (root / "helper.py").write_text(text)
            commit(made, f"it is {text[:1]}")
        with pytest.raises(PGCraftError, match=r'at HEAD~1 \(.* "it is 1"\): ZeroDivisionError'):
            opened.compare_access("readers", "HEAD~1")
        with pytest.raises(PGCraftError, match="PGC028"):
            opened.compare_access("readers", "--help")
        with pytest.raises(PGCraftError, match="PGC005"):
            opened.compare_access("nobody", "HEAD")
    assert before <= list_files(made)
    assert not (made / ".git" / "worktrees").exists()
    assert "" == subprocess.check_output(["git", "status", "--short"], cwd=made, text=True)
    assert same.is_same
    assert loose.changed == committed.changed
    assert ['table app."do.cs"', "view app.mine"] == [str(each.after.id) for each in committed.changed]
    for change in committed.changed:
        rules = [
            (rule.command, rule.roles, rule.using)
            for each in (change.before, change.after)
            for rule in each.filters[0].rules
        ]
        assert [("all", ("readers",), "tenant = current_user"), ("select", ("public",), "true")] == rules
