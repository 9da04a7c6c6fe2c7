"""What others set on our views and functions stays, and what the models set comes and goes with them."""

import pytest

from tests.alembic.conftest import HEAD, Walk

MODELS = """
thing = PGCraftSimple("thing", "app", metadata, config=config, schema_items=[Column("name", String), Column("n", Integer)])
PostgRESTView(source=thing, grants=["select", "insert"], exclude_columns={}{})
"""
DBA = """
ALTER VIEW api.thing SET (security_barrier = true);
ALTER VIEW api.thing ALTER COLUMN name SET DEFAULT 'x';
"""
STATE = """
SELECT array_to_string(reloptions, ' '), (SELECT string_agg(pg_get_expr(adbin, adrelid), ' ') FROM pg_attrdef WHERE adrelid = c.oid)
FROM pg_class c WHERE oid = 'api.thing'::regclass
"""
SET = [("security_barrier=true", "'x'::character varying")]


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen"])
def test_what_others_set_on_a_view_stays_when_its_query_is_replaced(any_walk: Walk, is_seen: bool) -> None:
    """CREATE OR REPLACE VIEW takes every option off, and autogenerate took a default of others back."""
    any_walk.step(MODELS.format('["n"]', ""))
    if is_seen:
        any_walk.database.run(DBA)
        assert any_walk.trip.pending() == ""
    any_walk.trip.project.write("models.py", HEAD + MODELS.format("[]", ""))
    revision = any_walk.trip.autogenerate()
    if not is_seen:
        any_walk.database.run(DBA)
    any_walk.trip.upgrade()
    assert "CREATE OR REPLACE VIEW" in revision.read_text(encoding="utf-8")
    assert any_walk.database.rows(STATE) == SET
    any_walk.trip.downgrade("-1")
    assert any_walk.database.rows(STATE) == SET
    any_walk.trip.upgrade()
    assert any_walk.trip.pending() == ""


def test_what_the_models_set_on_a_view_goes_with_them(any_walk: Walk) -> None:
    """An option that is ours comes, goes, and stands beside one of others."""
    any_walk.step(MODELS.format('["n"]', ", security_barrier=True"))
    any_walk.step(MODELS.format("[]", ", security_barrier=True"))
    assert any_walk.database.rows(STATE) == [("security_barrier=true", None)]
    any_walk.step(MODELS.format("[]", ""))
    assert any_walk.database.rows(STATE) == [(None, None)]


ROUTINES = """
register_function(metadata, FunctionDefinition(schema="app", name='F "x', returns="SETOF integer", language="sql",
    arguments="a integer", body="SELECT {body}", settings=({settings})))
register_function(metadata, FunctionDefinition(schema="app", name="touch", returns="trigger", language="plpgsql",
    body="BEGIN PERFORM {body}; RETURN NEW; END", settings=(("search_path", "app, pg_temp"),)))
"""
TUNED = """
ALTER FUNCTION app."F ""x"(integer) SET work_mem = '64MB'; ALTER FUNCTION app."F ""x"(integer) COST 7 ROWS 9;
ALTER FUNCTION app."F ""x"(integer) SET my.own TO 'it''s'; ALTER FUNCTION app.touch() SET temp_tablespaces = '';
"""
FACTS = "SELECT proname::text, proconfig::text[], procost::int, prorows::int FROM pg_proc WHERE pronamespace = 'app'::regnamespace ORDER BY 1"


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen"])
def test_what_others_set_on_a_function_stays_when_it_is_replaced(any_walk: Walk, is_seen: bool) -> None:
    """CREATE OR REPLACE FUNCTION takes every setting off, and cost and rows; autogenerate took them for a change."""
    any_walk.step(ROUTINES.format(body="1", settings='("jit", "off"),'))
    if is_seen:
        any_walk.database.run(TUNED)
        assert any_walk.trip.pending() == ""
    any_walk.trip.project.write("models.py", HEAD + ROUTINES.format(body="2", settings='("lock_timeout", "1s"),'))
    any_walk.trip.autogenerate()
    if not is_seen:
        any_walk.database.run(TUNED)
    others = {"work_mem=64MB", "my.own=it's"}
    (f, touch) = any_walk.database.rows(FACTS)
    assert ({"jit=off", *others}, 7, 9) == (set(f[1]), f[2], f[3])
    any_walk.trip.upgrade()
    (f, after) = any_walk.database.rows(FACTS)
    assert ({"lock_timeout=1s", *others}, 7, 9) == (set(f[1]), f[2], f[3])
    assert touch == after
    assert any_walk.trip.pending() == ""
    any_walk.trip.downgrade("-1")
    (f, after) = any_walk.database.rows(FACTS)
    assert ({"jit=off", *others}, 7, 9) == (set(f[1]), f[2], f[3])
    assert touch == after
