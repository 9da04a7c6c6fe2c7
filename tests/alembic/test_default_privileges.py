"""Our roles have on our objects what is declared, whatever the host gives away by default."""

import pytest

from tests.alembic.conftest import HEAD, Walk

HOST = """
CREATE ROLE anon; CREATE ROLE theirs; CREATE SCHEMA api; CREATE SCHEMA app;
ALTER DEFAULT PRIVILEGES IN SCHEMA api, app GRANT ALL ON TABLES TO anon, theirs;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT, UPDATE ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO anon;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO anon;
ALTER DEFAULT PRIVILEGES GRANT USAGE, CREATE ON SCHEMAS TO anon;
"""
MODELS = """
thing = PGCraftSimple("Thing s", "app", metadata, config=config, schema_items=[Column("name", String)])
log = PGCraftAppendOnly("log", "app", metadata, config=config, schema_items=[Column("name", String)])
Table("counted", metadata, Column("n", Integer, Identity(), primary_key=True), Column("x", Integer){}, schema="more")
PostgRESTView(source=thing, grants=["select"])
PostgRESTView(source=log, grants=["select", "insert"])
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT 1 AS n"))
register_function(metadata, FunctionDefinition(schema="app", name="f", returns="integer", language="sql", body="SELECT 1"))
"""
IMPORTS = "from pgcraft.factory import PGCraftAppendOnly\n"
RIGHTS = """
SELECT n.nspname || '.' || c.relname, g.grantee::regrole::text, string_agg(g.privilege_type, ' ' ORDER BY 1)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) g
WHERE n.nspname IN ('api', 'app', 'more') AND g.grantee <> c.relowner AND g.grantee <> 'theirs'::regrole
GROUP BY 1, 2
UNION ALL
SELECT p.oid::regprocedure::text, g.grantee::regrole::text, 'EXECUTE'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN aclexplode(p.proacl) g
WHERE n.nspname IN ('api', 'app', 'more') AND g.grantee <> p.proowner AND p.proname <> 'f'
UNION ALL
SELECT n.nspname, g.grantee::regrole::text, string_agg(g.privilege_type, ' ' ORDER BY 1)
FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) g
WHERE n.nspname IN ('api', 'app', 'more') AND g.grantee <> n.nspowner GROUP BY 1, 2
ORDER BY 1, 2
"""
TAKEN = """
CREATE SEQUENCE app."Thing s_id_seq"; REVOKE ALL ON SEQUENCE app."Thing s_id_seq" FROM anon;
GRANT USAGE ON SEQUENCE app."Thing s_id_seq" TO PUBLIC;
"""
"""Ours gets another name."""

DECLARED = [("api", "anon", "USAGE"), ('api."Thing s"', "anon", "SELECT"), ("api.log", "anon", "INSERT SELECT")]


def unquoted(rows: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {tuple(part.replace('"', "") for part in row) for row in rows}


def test_what_the_host_gives_by_default_is_taken_back(any_walk: Walk) -> None:
    """A view that was granted ["select"] was written through: it is an auto-updatable one, run as its owner."""
    any_walk.database.run(HOST)
    any_walk.database.run(TAKEN)
    expected = unquoted([*DECLARED, ("app.Thing s_id_seq", "-", "USAGE")])
    any_walk.step(IMPORTS + MODELS.format(""))
    assert expected == unquoted(any_walk.database.rows(RIGHTS))
    any_walk.step(IMPORTS + MODELS.format(', Column("m", Integer, Identity())'))
    assert expected == unquoted(any_walk.database.rows(RIGHTS))
    kept = any_walk.database.value("SELECT has_table_privilege('theirs', 'api.log', 'DELETE')")
    assert kept is True
    any_walk.database.run("ALTER DEFAULT PRIVILEGES IN SCHEMA api, app REVOKE ALL ON TABLES FROM anon, theirs")
    forget(any_walk)


COUNTING = """
Table("counted", metadata, Column("n", Integer, primary_key=True), Column("a", Integer{}), Column("b", Integer{}),
      Column("c", BigInteger{}), *[{}], schema="more")
register_role(metadata, RoleDefinition(name="anon"))
{}
"""


def test_a_column_that_gets_a_sequence_leaves_no_rights_on_it(any_walk: Walk) -> None:
    """Where it stands, and where it comes back; a role of the same revision has none either."""
    any_walk.database.run(
        "CREATE ROLE anon; CREATE ROLE theirs; CREATE ROLE late; ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO anon, late"
    )
    identity = ", Identity()"
    own = f'Column("d", Integer{identity})'
    any_walk.step(COUNTING.format(identity, "", "", own, ""))
    assert {"late"} == {grantee for _, grantee, _ in any_walk.database.rows(RIGHTS)}, "which is not declared yet"
    late = 'register_role(metadata, RoleDefinition(name="late"))'
    any_walk.step(COUNTING.format("", identity, identity, "", late))
    assert [] == any_walk.database.rows(RIGHTS)
    any_walk.database.run("ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM anon, late")


def forget(walk: Walk) -> None:
    walk.database.run(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE ALL ON TABLES FROM PUBLIC;"
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM anon;"
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM anon;"
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM anon"
    )


TOO_MUCH = {
    "view": 'GRANT DELETE ON api."Thing s" TO anon',
    "public": 'GRANT SELECT ON api."Thing s" TO PUBLIC',
    "column": 'GRANT UPDATE (name) ON api."Thing s" TO anon',
    "table": 'GRANT SELECT ON app."Thing s" TO authenticator',
    "sequence": 'GRANT USAGE ON SEQUENCE app."Thing s_id_seq" TO anon',
    "function": "GRANT EXECUTE ON FUNCTION app.f() TO anon",
    "schema": "GRANT CREATE ON SCHEMA api TO anon",
    "option": 'GRANT SELECT ON api."Thing s" TO anon WITH GRANT OPTION',
}


def test_each_privilege_too_many_is_a_difference(any_walk: Walk) -> None:
    """A grant that nobody declared was passed over in silence."""
    any_walk.step(IMPORTS + MODELS.format(""))
    any_walk.database.run("CREATE ROLE theirs; GRANT ALL ON api.log TO theirs")
    before = any_walk.database.rows(RIGHTS)
    any_walk.database.run(";".join(TOO_MUCH.values()))
    assert before != any_walk.database.rows(RIGHTS)
    pending = any_walk.trip.pending()
    assert "theirs" not in pending
    assert "REVOKE DELETE, UPDATE (name) ON" in pending  # two of them in one
    assert len(TOO_MUCH) - 1 == pending.count("REVOKE")
    any_walk.trip.autogenerate()
    any_walk.trip.upgrade()
    assert before == any_walk.database.rows(RIGHTS)
    assert any_walk.trip.pending() == ""


def test_a_role_that_is_declared_later_has_nothing_either(any_walk: Walk) -> None:
    """The tables were there before: the host had opened them to the role that PostgREST now runs as."""
    plain = 'thing = PGCraftSimple("Thing s", "app", metadata, config=config, schema_items=[Column("name", String)])\n'
    any_walk.trip.project.write("models.py", HEAD.replace("config.use(PostgRESTExtension())", "") + plain)
    any_walk.trip.autogenerate()
    any_walk.trip.project.write("models.py", HEAD + plain + 'PostgRESTView(source=thing, grants=["select"])')
    any_walk.database.run(HOST)
    any_walk.trip.upgrade()
    first = any_walk.trip.autogenerate()
    assert "REVOKE ALL ON app." in first.read_text()
    any_walk.trip.upgrade()
    assert unquoted(DECLARED[:2]) == unquoted(any_walk.database.rows(RIGHTS))
    assert any_walk.trip.pending() == ""
    any_walk.database.run("ALTER DEFAULT PRIVILEGES IN SCHEMA api, app REVOKE ALL ON TABLES FROM anon, theirs")
    forget(any_walk)


EXPORTED = """
CREATE ROLE plain LOGIN CREATEROLE; GRANT ALL ON DATABASE {} TO plain; CREATE ROLE anon; CREATE ROLE theirs;
SET ROLE plain;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, theirs, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO anon; ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anon;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO anon;
"""
FORGET = "REASSIGN OWNED BY plain TO postgres; DROP OWNED BY plain; DROP ROLE plain"


@pytest.mark.parametrize("words", [["export", "--schema"], ["ddl"]], ids=["export", "ddl"])
def test_what_is_applied_without_migrations_is_closed_too(any_walk: Walk, words: list[str]) -> None:
    """The exported schema and the DDL left open what the host opens by default: only revisions closed it."""
    project, database = any_walk.trip.project, any_walk.database
    project.write("models.py", HEAD + IMPORTS + MODELS.format(', Column("m", Integer, Identity())'))
    text = project.pgcraft(*words).stdout
    database.run(EXPORTED.format(database.name))
    any_walk.database.run("GRANT anon TO plain WITH ADMIN OPTION")
    database.psql("SET SESSION AUTHORIZATION plain; SET check_function_bodies = off;\n" + text)
    assert unquoted(DECLARED) == unquoted(database.rows(RIGHTS))
    kept = database.value("SELECT has_table_privilege('theirs', 'api.log', 'DELETE')")
    assert kept is True
    database.run(FORGET)


KEEPS_ROLES = HEAD + "PostgRESTView(source=PGCraftSimple('x', 'app', metadata, config=config))"
NO_ROLES = HEAD.replace("config.use(PostgRESTExtension())", "")


@pytest.mark.parametrize("after", [KEEPS_ROLES, NO_ROLES], ids=["roles_stay", "roles_go_too"])
def test_what_comes_back_on_the_way_down_is_closed_too(any_walk: Walk, after: str) -> None:
    """A table or view that a revision dropped for good came back open."""
    models = MODELS.format(', Column("m", Integer, Identity())')
    grant = (
        'register_grant(metadata, GrantDefinition(schema="more", name="counted", to="anon", privileges=("select",)))\n'
    )
    any_walk.step(IMPORTS + models + grant)
    before = any_walk.database.rows(RIGHTS.replace("AND g.grantee <> 'theirs'::regrole", ""))
    any_walk.database.run(HOST.replace("CREATE ROLE anon; ", "").replace("CREATE SCHEMA api; CREATE SCHEMA app;", ""))
    any_walk.database.run("ALTER DEFAULT PRIVILEGES IN SCHEMA more GRANT ALL ON TABLES TO anon")
    any_walk.trip.project.write("models.py", after)
    any_walk.trip.autogenerate()
    any_walk.trip.upgrade()
    any_walk.trip.downgrade("-1")
    assert before == any_walk.database.rows(RIGHTS)
    any_walk.database.run("ALTER DEFAULT PRIVILEGES IN SCHEMA more REVOKE ALL ON TABLES FROM anon")
    any_walk.database.run("ALTER DEFAULT PRIVILEGES IN SCHEMA api, app REVOKE ALL ON TABLES FROM anon, theirs")
    forget(any_walk)


REMADE = """
register_function(metadata, FunctionDefinition(schema="app", name="f", returns="{0}", language="sql", body="SELECT 1::{0}"))
Table("t", metadata, Column("id", Integer, *[{3}], primary_key=True), Column("m", Enum({1}, name="mood", schema="app")),
      schema="app")
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, m{2} FROM app.t"))
"""
LATER = """
CREATE ROLE theirs; CREATE ROLE host; CREATE VIEW app.on_v AS SELECT * FROM app.v;
CREATE FUNCTION app.open() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM app.v; END;
CREATE FUNCTION app.closed() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM app.v; END;
REVOKE ALL ON FUNCTION app.closed() FROM PUBLIC; REVOKE ALL ON TYPE app.mood FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO theirs, PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT ALL ON SEQUENCES TO theirs;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO theirs WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO theirs;
ALTER DEFAULT PRIVILEGES FOR ROLE host GRANT ALL ON TABLES TO PUBLIC;
"""
HELD = """
SELECT identity, r FROM unnest('{theirs,anon,public}'::text[]) r CROSS JOIN LATERAL (
  SELECT oid::regclass::text, has_table_privilege(r, oid, 'SELECT, DELETE') FROM pg_class WHERE relkind IN ('r', 'v')
    AND relnamespace = 'app'::regnamespace UNION ALL
  SELECT oid::regclass::text, has_sequence_privilege(r, oid, 'USAGE') FROM pg_class WHERE relkind = 'S'
    AND relnamespace = 'app'::regnamespace UNION ALL
  SELECT oid::regprocedure::text, has_function_privilege(r, oid, 'EXECUTE') FROM pg_proc
  WHERE pronamespace = 'app'::regnamespace UNION ALL
  SELECT oid::regtype::text, has_type_privilege(r, oid, 'USAGE') FROM pg_type
  WHERE typnamespace = 'app'::regnamespace AND typtype = 'e'
) held (identity, is_held) WHERE is_held ORDER BY 1, 2
"""


def test_what_is_made_again_has_the_rights_that_it_had_whatever_is_given_by_default_now(any_walk: Walk) -> None:
    """A type that nobody may use was everyone's again, and a function that everybody may call nobody's."""
    any_walk.step(REMADE.format("integer", "'a', 'b', 'c'", "", ""))
    any_walk.database.run(LATER)
    before = any_walk.database.rows(HELD)
    assert ("app.f()", "public") in before
    any_walk.step(REMADE.format("bigint", "'a', 'b'", ", 1 AS z", "Identity()"))
    assert before == any_walk.database.rows(HELD)
    any_walk.trip.downgrade("-1")
    assert before == any_walk.database.rows(HELD)
