"""Indexes of materialized views: they come, change and go with their view, and without it."""

from pgcraft.catalog.definitions import Column, Definition, Index, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.render.statement import Hazard, HazardType
from tests.unit.diff.catalogs import down, plan_change, titles, up, without

TABLE: dict[str, Definition] = {"table app.t": Table(), "column app.t.a": Column(1, "integer")}
VIEW = "materialized view app.m"
INDEX = "index by_a on app.m"
ALL: dict[str, Definition] = {
    **TABLE,
    VIEW: View("SELECT a FROM app.t", ("a",), ("integer",)),
    INDEX: Index(("a",), ("a",), unique=True),
}
CREATE = "CREATE UNIQUE INDEX by_a ON app.m (a)"


def test_an_index_is_made_behind_its_view_and_dropped_before_it() -> None:
    actions = plan_change(TABLE, ALL)
    assert [f"create {VIEW}", f"create {INDEX}"] == titles(actions)
    assert CREATE == up(actions)[-1]
    assert ["DROP INDEX app.by_a", "DROP MATERIALIZED VIEW app.m"] == down(actions)
    actions = plan_change(ALL, TABLE)
    assert ["DROP INDEX app.by_a", "DROP MATERIALIZED VIEW app.m"] == up(actions)
    assert CREATE == down(actions)[-1]


def test_an_index_comes_and_goes_by_itself() -> None:
    (action,) = plan_change(without(ALL, INDEX), ALL)
    assert ((CREATE,), ("DROP INDEX app.by_a",)) == (action.up, action.down)
    assert (
        Hazard(HazardType.HEAVY_LOCK, "no one writes to the table while it is built; CONCURRENTLY would let them"),
        Hazard(HazardType.MAY_FAIL, "fails when two rows hold the same values"),
    ) == action.hazards
    (action,) = plan_change(ALL, without(ALL, INDEX))
    assert (("DROP INDEX app.by_a",), (CREATE,)) == (action.up, action.down)


def test_an_index_that_changes_is_made_again() -> None:
    actions = plan_change(ALL, {**ALL, INDEX: Index(("a",), ("a",))})
    assert ["DROP INDEX app.by_a", "CREATE INDEX by_a ON app.m (a)"] == up(actions)
    assert ["DROP INDEX app.by_a", CREATE] == down(actions)


def test_an_index_goes_with_a_view_that_is_made_again() -> None:
    """DROP MATERIALIZED VIEW takes it along, and its rows are new: nothing waits for the index."""
    actions = plan_change(ALL, {**ALL, VIEW: View("SELECT a + 1 AS a FROM app.t", ("a",), ("integer",))})
    assert [
        "DROP MATERIALIZED VIEW app.m",
        "CREATE MATERIALIZED VIEW app.m AS\nSELECT a + 1 AS a FROM app.t",
        CREATE,
    ] == up(actions)
    assert [
        "DROP MATERIALIZED VIEW app.m",
        "CREATE MATERIALIZED VIEW app.m AS\nSELECT a FROM app.t",
        CREATE,
    ] == down(actions)
    assert () == next(action for action in actions if action.id == parse_id(INDEX) and action.up).hazards


def test_an_index_of_a_table_is_left_to_alembic() -> None:
    index: dict[str, Definition] = {"index by_a on app.t": Index(("a",), ("a",))}
    assert () == plan_change(TABLE, {**TABLE, **index})
    assert () == plan_change({**TABLE, **index}, TABLE)
