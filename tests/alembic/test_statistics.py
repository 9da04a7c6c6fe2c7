"""Statistics objects on their way: under columns that change, and beside those of others."""

import pytest

from tests.alembic.conftest import Walk

MODELS = """
Table("thing", metadata, Column("id", Integer, primary_key=True), Column("a", {type}), Column("b", Text){columns}, schema="app")
register_statistics(metadata, StatisticsDefinition(schema="app", table="thing", name="a, b", {facts}))
"""
PLAIN = 'columns=("a", "b"), expressions=("a + 1",)'


def models(facts: str = PLAIN, *, type_: str = "Integer", columns: str = "") -> str:
    return MODELS.format(facts=facts, type=type_, columns=columns)


@pytest.mark.each_server
def test_statistics_change_where_they_stand_or_are_made_again(any_walk: Walk) -> None:
    any_walk.step(models())
    changed = any_walk.step(models(PLAIN + ', target=9, comment="x"'))
    assert 'ALTER STATISTICS app."a, b" SET STATISTICS 9' in changed
    assert "DROP STATISTICS" not in changed
    any_walk.step(models('columns=("a", "b", "c"), kinds="mcv"', columns=', Column("c", Integer)'))
    any_walk.step(models('expressions=("lower(b)",), target=0'))
    any_walk.step(models())
    any_walk.finish()


@pytest.mark.each_server
def test_a_column_that_changes_takes_its_statistics_along(any_walk: Walk) -> None:
    any_walk.step(models())
    any_walk.database.run("""
        ALTER STATISTICS app."a, b" SET STATISTICS 77; COMMENT ON STATISTICS app."a, b" IS 'theirs';
        CREATE STATISTICS app.theirs ON a, id FROM app.thing; ALTER STATISTICS app.theirs SET STATISTICS 5;
    """)
    assert any_walk.trip.pending() == ""
    expected = [("a, b", 77, "theirs"), ("theirs", 5, None)]
    for column in ("BigInteger", 'Integer, Computed("id + 1")', "Numeric"):
        any_walk.step(models(type_=column))
        assert expected == any_walk.database.rows(
            "SELECT stxname::text, stxstattarget::int, obj_description(oid) FROM pg_statistic_ext ORDER BY 1"
        )


def test_statistics_go_with_their_columns(walk: Walk) -> None:
    walk.step(models(columns=', Column("c", Integer)'))
    walk.step(models('columns=("c", "b")', columns=', Column("c", Integer)'))
    walk.step('Table("thing", metadata, Column("id", Integer, primary_key=True), schema="app")')
    walk.finish()
