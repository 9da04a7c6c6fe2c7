"""Comments that somebody else wrote stay, and what changes in place keeps what stands on it."""

from tests.alembic.conftest import Walk

ALL = """
thing = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("n", Integer{column}),
              CheckConstraint("n > 0", name="plus"), Index("ix", "n"), schema="app"{table})
register_function(metadata, FunctionDefinition(schema="app", name="noop", returns="trigger", language="plpgsql",
                                               body="BEGIN RETURN NEW; END"{function}))
register_trigger(metadata, TriggerDefinition(schema="app", relation="thing", name="watch", function=("app", "noop"),
                                             timing="before", events=({events})))
register_policy(metadata, PolicyDefinition(schema="app", table="thing", name="own", using="n > {n}"))
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, n FROM app.thing{where}"{view}))
register_schema(metadata, SchemaDefinition(name="app"))
"""
PLAIN = {
    "column": "", "table": "", "function": "", "events": '"insert",', "n": "1", "where": "", "view": "",
}  # fmt: skip

COMMENTED = {
    "SCHEMA app": "obj_description('app'::regnamespace, 'pg_namespace')",
    "TABLE app.thing": "obj_description('app.thing'::regclass, 'pg_class')",
    "COLUMN app.thing.n": "col_description('app.thing'::regclass, 2)",
    "CONSTRAINT plus ON app.thing": "(SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'plus')",
    "INDEX app.ix": "obj_description('app.ix'::regclass, 'pg_class')",
    "FUNCTION app.noop()": "obj_description('app.noop()'::regprocedure, 'pg_proc')",
    "TRIGGER watch ON app.thing": "(SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'watch')",
    "POLICY own ON app.thing": "(SELECT obj_description(oid, 'pg_policy') FROM pg_policy WHERE polname = 'own')",
    "VIEW app.v": "obj_description('app.v'::regclass, 'pg_class')",
    "COLUMN app.v.n": "col_description('app.v'::regclass, 2)",
}


def test_comments_of_a_dba_stay(any_walk: Walk) -> None:
    """A comment that no model can say made a trigger be dropped, and others be taken off."""
    any_walk.step(ALL.format(**PLAIN))
    for target in COMMENTED:
        any_walk.database.run(f"COMMENT ON {target} IS 'by hand'")
    assert "" == any_walk.trip.pending()
    changed = {"events": '"insert", "update"', "n": "2", "where": " WHERE n > 5", "function": ', volatility="stable"'}
    any_walk.step(ALL.format(**PLAIN | changed))
    kept = {target: any_walk.database.value(f"SELECT {sql}") for target, sql in COMMENTED.items()}
    assert dict.fromkeys(COMMENTED, "by hand") == kept


def test_a_comment_of_ours_goes(any_walk: Walk) -> None:
    """What the models no longer say was left behind."""
    ours = {
        "column": ', comment="c"',
        "table": ', comment="t"',
        "function": ', comment="f"',
        "view": ', comment="v"',
    }
    any_walk.step(ALL.format(**PLAIN | ours))
    any_walk.step(ALL.format(**PLAIN))
    for target in ("TABLE app.thing", "COLUMN app.thing.n", "FUNCTION app.noop()", "VIEW app.v"):
        assert any_walk.database.value(f"SELECT {COMMENTED[target]}") is None


def test_what_changes_in_place_is_not_dropped(any_walk: Walk) -> None:
    """Made anew, an object loses what the file does not know of."""
    any_walk.step(ALL.format(**PLAIN))
    changed = {"events": '"insert", "update"', "n": "2", "view": ', options=(("security_barrier", "true"),)'}
    revision = any_walk.step(ALL.format(**PLAIN | changed))
    for named in ("TRIGGER watch", "POLICY own", "VIEW app.v"):
        assert f"DROP {named}" not in revision
    assert "CREATE OR REPLACE TRIGGER watch" in revision
    assert "ALTER POLICY own ON app.thing" in revision
    assert "ALTER VIEW app.v SET (security_barrier = true)" in revision
