"""Publications on their way: what they send, of which tables, and beside those of others."""

import pytest

from tests.alembic.conftest import Walk

MODELS = """
Table("thing", metadata, Column("id", {type}, primary_key=True), Column("n", {type}){column}, schema="app")
Table("other", metadata, Column("id", Integer, primary_key=True), schema="app")
register_publication(metadata, PublicationDefinition(name="ne ws", {facts}))
"""
SOME = 'tables=[PublishedTable(schema="app", name="thing", columns=("id", "n"), where="id > {} AND n IN (1, 2)")]'


def models(facts: str, *, type_: str = "Integer", column: str = "") -> str:
    return MODELS.format(facts=facts, type=type_, column=column)


@pytest.mark.each_server
def test_a_publication_changes_where_it_stands(any_walk: Walk) -> None:
    any_walk.step(models(SOME.format(1)))
    any_walk.database.run("CREATE PUBLICATION theirs FOR TABLE app.other")
    assert any_walk.trip.pending() == ""
    changed = any_walk.step(models(SOME.format(2) + ', publish=("insert",), comment="x"'))
    assert 'ALTER PUBLICATION "ne ws" DROP TABLE ONLY app.thing' in changed
    assert 'ALTER PUBLICATION "ne ws" SET (publish = ' in changed
    assert "DROP PUBLICATION" not in changed.partition("def downgrade")[0]
    any_walk.step(models('tables=[("app", "other")], schemas="app", via_root=True'))
    any_walk.step(models("all_tables=True"))
    any_walk.step(models('tables=[("app", "other"), ("app", "thing")]'))
    any_walk.database.run("DROP PUBLICATION theirs")
    any_walk.finish()


@pytest.mark.each_server
def test_columns_that_change_stay_published(any_walk: Walk) -> None:
    some = SOME.format(1)
    any_walk.step(models(some))
    any_walk.step(models(some, type_="BigInteger"))
    any_walk.step(models(some.replace('"n")', '"c")').replace("n IN", "c IN"), column=', Column("c", Integer)'))
    any_walk.step('Table("other", metadata, Column("id", Integer, primary_key=True), schema="app")')
    any_walk.finish()
