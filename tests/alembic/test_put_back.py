"""What is dropped to be made again comes back with all that others put on it in the database at hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from pgcraft.devdb.server.address import replace_user
from tests.alembic.conftest import HEAD, Walk
from tests.support.roundtrip import RoundTrip

MODELS = """
thing = PGCraftSimple("thing", "app", metadata, config=config,
                      schema_items=[Column("name", String), Column("price (EUR)", {type}), Column("n", Integer)])
PostgRESTView(source=thing, grants={grants}, exclude_columns={hidden})
PGCraftMaterializedView("sums", "app", metadata, query=select(thing.table.c.n, func.count().label("k")).group_by(thing.table.c.n))
"""
BEFORE = MODELS.format(type="Integer", grants='["select", "insert"]', hidden='["n"]')
AFTER = {
    "columns": MODELS.format(type="Integer", grants='["select", "insert"]', hidden='["name"]'),
    "type": MODELS.format(type="BigInteger", grants='["select", "insert"]', hidden='["n"]'),
    "grants_too": MODELS.format(type="BigInteger", grants='["select"]', hidden='["n"]'),
}

DBA = """
CREATE ROLE dba; CREATE ROLE "Au Ditor"; CREATE ROLE boss;
GRANT dba TO boss;
GRANT USAGE, CREATE ON SCHEMA api, app TO dba, "Au Ditor";
ALTER VIEW api.thing OWNER TO dba;
GRANT SELECT ON api.thing TO "Au Ditor" WITH GRANT OPTION;
SET ROLE "Au Ditor"; GRANT SELECT ON api.thing TO boss; RESET ROLE;
GRANT UPDATE ("price (EUR)"), REFERENCES (id) ON api.thing TO boss;
COMMENT ON VIEW api.thing IS 'it''s 100%';
COMMENT ON COLUMN api.thing."price (EUR)" IS ':x \\1';
ALTER VIEW api.thing SET (security_barrier = true);
ALTER VIEW api.thing ALTER COLUMN "price (EUR)" SET DEFAULT 7;
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER note INSTEAD OF UPDATE ON api.thing FOR EACH ROW EXECUTE FUNCTION app.note();
COMMENT ON TRIGGER note ON api.thing IS 'theirs';
COMMENT ON TRIGGER api_thing_insert ON api.thing IS 'on a trigger of ours';
CREATE RULE quiet AS ON DELETE TO api.thing DO INSTEAD NOTHING;
COMMENT ON RULE quiet ON api.thing IS 'a rule';
CREATE VIEW app."Their View" WITH (security_barrier) AS SELECT id, "price (EUR)" * 2 AS twice FROM api.thing;
CREATE VIEW app.top AS SELECT * FROM app."Their View";
COMMENT ON COLUMN app.top.twice IS 'twice';
CREATE RULE never AS ON INSERT TO app.top DO INSTEAD NOTHING;
GRANT SELECT (twice) ON app.top TO boss;
ALTER VIEW app.top OWNER TO "Au Ditor";
CREATE MATERIALIZED VIEW app.cached AS SELECT * FROM app.top WITH NO DATA;
CREATE UNIQUE INDEX cached_id ON app.cached (id); COMMENT ON INDEX app.cached_id IS 'an index';
ALTER MATERIALIZED VIEW app.cached CLUSTER ON cached_id;
ALTER MATERIALIZED VIEW app.cached ALTER COLUMN twice SET STATISTICS 77;
CREATE STATISTICS app.both ON id, twice FROM app.cached;
CREATE FUNCTION app.things() RETURNS SETOF app.top LANGUAGE sql STABLE AS 'SELECT * FROM app.top';
REVOKE ALL ON FUNCTION app.things() FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.things() TO boss;
CREATE VIEW app.by_column AS SELECT "price (EUR)" AS p FROM app.thing;
CREATE POLICY cheap ON app.thing AS RESTRICTIVE FOR SELECT TO boss, "Au Ditor" USING ("price (EUR)" < 10);
COMMENT ON POLICY cheap ON app.thing IS 'a policy';
CREATE TRIGGER dear BEFORE UPDATE ON app.thing FOR EACH ROW WHEN (NEW."price (EUR)" > 9) EXECUTE FUNCTION app.note();
ALTER TABLE app.thing DISABLE TRIGGER dear;
"""

ON_OURS = "on a trigger of ours"
"""A comment that goes with a trigger that the models no longer have."""


def list_lines(walk: Walk) -> list[str]:
    """Return what pg_dump says, without what our own columns and types are."""
    lines = walk.trip.dump().split("\n")
    return sorted(line for line in lines if line and not line.startswith("--"))


@pytest.mark.parametrize("after", AFTER.values(), ids=AFTER)
@pytest.mark.parametrize("is_known", [True, False], ids=["seen", "unseen"])
def test_all_that_others_put_there_comes_back(any_walk: Walk, after: str, is_known: bool) -> None:
    """A view that was made anew had lost its owner, comments, options, and the privileges and views of others."""
    any_walk.step(BEFORE)
    if is_known:
        any_walk.database.run(DBA)
    any_walk.trip.project.write("models.py", HEAD + after)
    any_walk.trip.autogenerate()
    if not is_known:
        any_walk.database.run(DBA)
    before = list_lines(any_walk)
    any_walk.trip.upgrade()
    changed = list_lines(any_walk)
    lost = [line for line in before if line not in changed]
    assert [] == [line for line in lost if not is_ours(line)]
    any_walk.trip.downgrade("-1")
    assert [line for line in before if ON_OURS not in line] == [
        line for line in list_lines(any_walk) if ON_OURS not in line
    ]


def is_ours(line: str) -> bool:
    """Whether a line of the dump is about what the models change."""
    words = ("dba", "boss", "Au Ditor", "COMMENT", "their", "note", "quiet", "cached")
    return ON_OURS in line or not any(word in line for word in words)


FUNCTIONS = """
register_function(metadata, FunctionDefinition(schema="app", name="next_no", returns="text", language="sql", volatility="immutable",
    arguments="{name} text", body="SELECT {name} || 'x'"{settings}))
Table("inv", metadata, Column("id", Integer, primary_key=True), Column("no", Text),
      Column("up", Text, Computed("upper(no){up}", persisted=True)),
      CheckConstraint("length(no) > {low}", name="long"), Index("inv_no", text("(no || '{index}')")), schema="app")
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT app.next_no(no) AS n FROM app.inv"))
register_function(metadata, FunctionDefinition(schema="app", name="noop", returns="trigger", language="plpgsql",
                                               body="BEGIN RETURN NEW; END"))
register_trigger(metadata, TriggerDefinition(schema="app", relation="inv", name="watch", function=("app", "noop"),
                                             timing="{timing}", events=("insert",)))
"""
FIRST = FUNCTIONS.format(name="p", settings="", up="", low=1, index="a", timing="before")
PARTS_OF = """
CREATE ROLE dba; CREATE ROLE boss; GRANT USAGE, CREATE ON SCHEMA app TO dba;
ALTER FUNCTION app.next_no(text) OWNER TO dba;
ALTER FUNCTION app.next_no(text) SET work_mem = '64MB'; ALTER FUNCTION app.next_no(text) SET search_path = app, pg_temp;
ALTER FUNCTION app.next_no(text) COST 7;
REVOKE ALL ON FUNCTION app.next_no(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.next_no(text) TO boss;
COMMENT ON FUNCTION app.next_no(text) IS 'a function';
CREATE VIEW app.uses AS SELECT app.next_no('b') AS n; CREATE FUNCTION app.calls() RETURNS text LANGUAGE sql RETURN app.next_no('c');
COMMENT ON CONSTRAINT long ON app.inv IS 'a check';
COMMENT ON INDEX app.inv_no IS 'an index'; ALTER TABLE app.inv CLUSTER ON inv_no;
ALTER INDEX app.inv_no ALTER COLUMN 1 SET STATISTICS 55;
COMMENT ON TRIGGER watch ON app.inv IS 'a trigger'; ALTER TABLE app.inv ENABLE ALWAYS TRIGGER watch;
COMMENT ON COLUMN app.inv.up IS 'a column'; GRANT SELECT (up) ON app.inv TO boss;
ALTER TABLE app.inv ALTER COLUMN up SET STATISTICS 66;
CREATE VIEW app.ups AS SELECT up FROM app.inv; CREATE INDEX their_ups ON app.inv (up); COMMENT ON INDEX app.their_ups IS 'theirs';
"""
CHANGED = {
    "function": {"name": "prefix"},
    "generated_column": {"up": " || 'y'"},
    "check": {"low": 0},
    "index": {"index": "b"},
    "trigger": {"timing": "after"},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_functions_and_parts_of_tables_keep_what_stands_on_them(any_walk: Walk, change: dict[str, object]) -> None:
    """Settings, statistics, cluster order and the state of triggers were lost, and views of others barred the way."""
    values = {"name": "p", "settings": "", "up": "", "low": 1, "index": "a", "timing": "before"}
    any_walk.step(FIRST)
    any_walk.trip.project.write("models.py", HEAD + FUNCTIONS.format(**values | change))
    any_walk.trip.autogenerate()
    any_walk.database.run(PARTS_OF)
    before = list_lines(any_walk)
    any_walk.trip.upgrade()
    after = [line.replace("(prefix text)", "(p text)") for line in list_lines(any_walk)]
    lost = [line for line in before if line not in after]
    ours = (
        "AS $$SELECT",
        "CONSTRAINT long CHECK",
        "CREATE INDEX inv_no",
        "CREATE TRIGGER watch",
        "GENERATED ALWAYS AS",
        "CREATE FUNCTION app.next_no",
    )
    assert [] == [line for line in lost if not any(word in line for word in ours)]
    any_walk.trip.downgrade("-1")
    assert before == list_lines(any_walk)


SMALL = """
thing = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("n", {}), schema="app")
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT {} FROM app.thing"))
register_function(metadata, FunctionDefinition(
    schema="app", name="f", arguments="{} integer", returns="integer", language="sql", body="SELECT 1", volatility="immutable"))
"""
THEIRS = """
CREATE ROLE dba; CREATE ROLE boss; GRANT USAGE, CREATE ON SCHEMA app TO dba;
CREATE VIEW app.w AS SELECT n FROM app.v; GRANT SELECT ON app.v, app.w TO boss; COMMENT ON VIEW app.w IS 'w';
"""


SAID = "PGC406: what others made cannot be put back: "


@pytest.fixture
def owned_walk(any_walk: Walk) -> Iterator[Walk]:
    """A project that a plain owner of the database deploys."""
    database = any_walk.database
    database.run(f"CREATE ROLE plain LOGIN CREATEROLE; GRANT ALL ON DATABASE {database.name} TO plain")
    owned = replace(database, url=replace_user(database.url, "plain"))
    project = replace(
        any_walk.trip.project, environment=any_walk.trip.project.environment | {"DATABASE_URL": owned.url}
    )
    database.run("GRANT ALL ON SCHEMA public TO plain")
    yield Walk(RoundTrip(project, database))
    database.run("DROP OWNED BY plain CASCADE; DROP ROLE plain")


def prepare(walk: Walk) -> list[str]:
    """Migrate, let a DBA work, and have the next revision."""
    walk.trip.project.write("models.py", HEAD + SMALL.format("Integer", "n, id", "one"))
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.trip.project.write("models.py", HEAD + SMALL.format("BigInteger", "id, n", "two"))
    walk.trip.autogenerate()
    walk.database.run(THEIRS)
    return [line for line in list_lines(walk) if "app.w" in line or "boss" in line]


def test_a_plain_owner_puts_back_what_it_may(owned_walk: Walk) -> None:
    """Who is no superuser may bring back privileges, and views of roles that it is a member of."""
    before = prepare(owned_walk)
    owned_walk.database.run("ALTER VIEW app.w OWNER TO plain")
    before = [line for line in list_lines(owned_walk) if "app.w" in line or "boss" in line]
    owned_walk.trip.upgrade()
    assert before == [line for line in list_lines(owned_walk) if "app.w" in line or "boss" in line]


def test_what_cannot_be_given_back_is_not_taken(owned_walk: Walk) -> None:
    """A view of a role that the deployer is no member of would have become the deployer's."""
    prepare(owned_walk)
    owned_walk.database.run("ALTER VIEW app.w OWNER TO dba")
    before = list_lines(owned_walk)
    with pytest.raises(
        DBAPIError, match=rf'{SAID}.*(?i:role) "dba"\s+DETAIL: +ALTER TABLE app\.w OWNER TO dba\s+HINT: '
    ):
        owned_walk.trip.upgrade()
    assert before == list_lines(owned_walk)


NEVER_LOST = {
    "GRANT SELECT ON app.v TO dba WITH GRANT OPTION; SET ROLE dba; GRANT SELECT ON app.v TO boss; RESET ROLE": (
        rf'{SAID}permission denied to set role "dba"\s+DETAIL: +GRANT SELECT ON TABLE app.v TO boss'
    ),
    "CREATE TABLE public.h (n int); ALTER TABLE public.h OWNER TO dba;"
    "CREATE POLICY p ON public.h USING (n IN (SELECT n FROM app.v))": "must be owner of relation h",
    "CREATE FUNCTION app.g(app.v) RETURNS int LANGUAGE sql AS 'SELECT 1' LEAKPROOF": f"{SAID}only superuser",
    "SET allow_system_table_mods = on;"
    "INSERT INTO pg_seclabel VALUES ('app.v'::regclass, 'pg_class'::regclass, 2, 'someone', 'secret')": (
        rf"""{SAID}security label provider "someone" is not loaded\s+DETAIL: +SECURITY LABEL FOR someone ON COLUMN app.v.id IS"""
    ),
    "CREATE TABLE public.h (r app.v)": "column r of table h depends on type app.v",
    "CREATE FUNCTION app.g(int, app.v) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "CREATE AGGREGATE app.ag(app.v) (SFUNC = app.g, STYPE = int)": rf"{SAID}function app.ag\(app.v\) on app.g",
    "CREATE OPERATOR app.### (FUNCTION = app.f, RIGHTARG = int)": rf"{SAID}operator app.###\(NONE,integer\) on app.f",
    "CREATE TABLE public.h (n int, g int GENERATED ALWAYS AS (app.f(n)) STORED)": (
        rf"{SAID}default value for column g of table public.h on app.f"
    ),
}


def test_whatever_cannot_be_given_back_stops_the_revision(owned_walk: Walk) -> None:
    """What a grantee had granted came from the owner afterwards, without a word."""
    prepare(owned_walk)
    owned_walk.database.run("ALTER VIEW app.w OWNER TO plain")
    for sql, said in NEVER_LOST.items():
        owned_walk.database.run(sql)
        before = list_lines(owned_walk)
        with pytest.raises(DBAPIError, match=said):
            owned_walk.trip.upgrade()
        assert before == list_lines(owned_walk)
        owned_walk.database.run(
            "SET allow_system_table_mods = on; DELETE FROM pg_seclabel; DROP TABLE IF EXISTS public.h; DROP AGGREGATE IF EXISTS app.ag(app.v);"
            "DROP OPERATOR IF EXISTS app.### (NONE, int); REVOKE ALL ON app.v FROM dba CASCADE;"
            "DROP FUNCTION IF EXISTS app.g(app.v); DROP FUNCTION IF EXISTS app.g(int, app.v); GRANT SELECT ON app.v TO boss"
        )


def test_a_file_of_sql_puts_back_all_the_same(any_walk: Walk) -> None:
    """What runs by psql had no one to ask the database."""
    before = prepare(any_walk)
    head = any_walk.database.value("SELECT version_num FROM alembic_version")
    any_walk.database.psql(any_walk.trip.render_upgrade(f"{head}:head"))
    after = [line for line in list_lines(any_walk) if "app.w" in line or "boss" in line]
    assert before == after


def test_what_does_not_fit_any_more_stops_the_revision(any_walk: Walk) -> None:
    """A view of others that reads a column which is gone cannot come back, so nothing goes."""
    prepare(any_walk)
    any_walk.database.run("CREATE VIEW app.x AS SELECT id + n AS s FROM app.v")
    any_walk.trip.project.write("models.py", HEAD + SMALL.format("BigInteger", "id", "two"))
    any_walk.trip.upgrade()
    any_walk.trip.autogenerate()
    before = list_lines(any_walk)
    with pytest.raises(DBAPIError, match=r'column .*n"? does not exist'):
        any_walk.trip.upgrade()
    assert before == list_lines(any_walk)


def test_a_role_may_be_declared_beside(any_walk: Walk) -> None:
    """The block asked for a role before the revision made it."""
    any_walk.step(SMALL.format("Integer", "n, id", "one"))
    role = 'register_role(metadata, RoleDefinition(name="New Role"))\n'
    any_walk.step(SMALL.format("BigInteger", "id, n", "two") + role)
