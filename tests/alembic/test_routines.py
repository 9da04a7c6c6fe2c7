"""Procedures, aggregate functions, SQL bodies and what is said of calls, on their way; what a DBA said of them stays."""

import pytest

from tests.alembic.conftest import Walk

AGGREGATES = """
register_function(metadata, FunctionDefinition(
    schema="app", name="add", arguments="a {type}, b {type}", returns="{type}", language="sql", body="SELECT a + b"))
register_aggregate(metadata, AggregateDefinition(
    schema="app", name='to"tal', arguments="n {type}", options={{"sfunc": "app.add", "stype": "{type}", **{more}}}{facts}))
register_view(metadata, ViewDefinition(schema="app", name="sums", query='SELECT app."to""tal"(x) FROM (VALUES (1::{type})) v (x)'))
"""


def aggregates(type_: str = "integer", more: dict[str, str] | None = None, facts: str = "") -> str:
    return AGGREGATES.format(type=type_, more=more or {}, facts=facts)


@pytest.mark.each_server
def test_an_aggregate_function_is_replaced_or_made_again_under_its_views(any_walk: Walk) -> None:
    any_walk.step(aggregates())
    any_walk.database.run("""COMMENT ON AGGREGATE app."to""tal"(integer) IS 'theirs'""")
    assert any_walk.trip.pending() == ""
    replaced = any_walk.step(aggregates(more={"initcond": "1"}, facts=', parallel="safe", revoke_public=True'))
    assert 'CREATE OR REPLACE AGGREGATE app."to""tal"' in replaced
    assert "DROP VIEW" not in replaced
    assert any_walk.database.value("SELECT obj_description(oid) FROM pg_proc WHERE proname = 'to\"tal'") == "theirs"
    other = any_walk.step(aggregates("bigint", facts=', comment="of ours"'))
    assert 'DROP AGGREGATE app."to""tal"(integer)' in other
    any_walk.finish()


ROUTINES = """
Table("thing", metadata, Column("id", Integer, primary_key=True), Column("n", Integer){columns}, schema="app")
register_function(metadata, FunctionDefinition(schema="app", name="names", returns="SETOF integer", language="sql",
    is_atomic=True, body="BEGIN ATOMIC SELECT t.{read} FROM app.thing t WHERE t.id > {least}; END"{facts}))
register_function(metadata, FunctionDefinition(schema="app", name="do it", arguments="a integer", is_procedure=True,
    body="BEGIN PERFORM {least}; END"))
register_role(metadata, RoleDefinition(name="reader"))
register_grant(metadata, GrantDefinition(privileges=("execute",), to="reader", on="function", schema="app", name="do it",
    arguments="integer"))
"""


def routines(facts: str = "", *, least: int = 1, read: str = "n", columns: str = "") -> str:
    return ROUTINES.format(facts=facts, least=least, read=read, columns=columns)


@pytest.mark.each_server
def test_a_body_of_sql_and_a_procedure_settle_and_change(any_walk: Walk) -> None:
    """A body that is SQL is kept in PostgreSQL's words, and stands on the columns that it reads."""
    any_walk.step(routines())
    changed = any_walk.step(routines(least=2))
    assert 'CREATE OR REPLACE PROCEDURE app."do it"(a integer)' in changed
    any_walk.step(routines(read="m", columns=', Column("m", Integer)'))
    any_walk.step(routines(read="m", columns=', Column("m", BigInteger)').replace("SETOF integer", "SETOF bigint"))
    any_walk.step(routines())
    any_walk.finish()


FACTS = """
SELECT procost::float, prorows::float, proparallel::text, proleakproof, prosupport::text FROM pg_proc WHERE proname = 'names'
"""
TUNED = "ALTER FUNCTION app.names() COST 7 ROWS 9 PARALLEL SAFE LEAKPROOF SUPPORT generate_series_int4_support"


@pytest.mark.each_server
def test_what_a_dba_said_of_calls_stays_until_the_models_say_something(any_walk: Walk) -> None:
    """PARALLEL and LEAKPROOF of a DBA were taken off, though no model could say them."""
    any_walk.step(routines())
    any_walk.database.run(TUNED)
    assert any_walk.trip.pending() == ""
    tuned = (7.0, 9.0, "s", True, "generate_series_int4_support")
    any_walk.step(routines(least=2))
    any_walk.step(routines(least=2).replace("SETOF integer", "SETOF bigint").replace("t.n", "t.n::bigint"))
    assert [tuned] == any_walk.database.rows(FACTS)
    any_walk.step(routines(", parallel='unsafe', cost=5"))
    assert [(5.0, *tuned[1:2], "u", *tuned[3:])] == any_walk.database.rows(FACTS)
    any_walk.step(routines(", parallel='restricted', rows=3, leakproof=True"))
    assert [(100.0, 3.0, "r", True, tuned[4])] == any_walk.database.rows(FACTS)
    any_walk.step(routines())
    assert [(100.0, 1000.0, "u", False, tuned[4])] == any_walk.database.rows(FACTS)
