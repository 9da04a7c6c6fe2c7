"""What comes with a parent is done once; parents come when a table has their columns."""

from pgcraft.catalog.definitions import Column, Constraint, Definition, Table
from pgcraft.diff.order import order_steps
from pgcraft.diff.plan import make_step
from tests.unit.diff.catalogs import plan_inside

A, HANDED = Column(1, "integer"), Column(1, "integer", is_inherited=True)
CHECK, HANDED_CHECK = (Constraint("check", ("a",), "CHECK (a > 0)", is_inherited=each) for each in (False, True))
UNDER = Table(inherits=(("app", "p"),))
PARENT: dict[str, Definition] = {"table app.p": Table(), "column app.p.a": A}
CHILD: dict[str, Definition] = {**PARENT, "table app.t": UNDER, "column app.t.a": HANDED}


def run(before: dict[str, Definition], after: dict[str, Definition]) -> list[str]:
    actions = plan_inside(before, after)
    return [sql for action in order_steps([make_step(each, each) for each in actions]) for sql in action.up]


def test_a_table_is_made_with_its_parents_and_without_what_they_bring() -> None:
    more = {"column app.t.b": Column(2, "text"), "constraint c on app.p": CHECK, "constraint c on app.t": HANDED_CHECK}
    parent, child = run({}, CHILD | more)
    assert "CREATE TABLE app.p (\n    a integer,\n    CONSTRAINT c CHECK (a > 0)\n)" == parent
    assert "CREATE TABLE app.t (\n    b text\n)\nINHERITS (app.p)" == child


def test_a_table_gets_a_parent_when_it_has_its_columns() -> None:
    before = {**PARENT, "table app.t": Table(), "column app.t.b": Column(1, "text")}
    after = {**CHILD, "column app.t.b": Column(2, "text")}
    assert ["ALTER TABLE app.t ADD COLUMN a integer", "ALTER TABLE app.t INHERIT app.p"] == run(before, after)


def test_a_table_loses_a_parent_before_its_columns() -> None:
    before, after = {**CHILD, "column app.t.b": Column(2, "text")}, {**PARENT, "table app.t": Table()}
    after |= {"column app.t.b": Column(1, "text")}
    assert ["ALTER TABLE app.t NO INHERIT app.p", "ALTER TABLE app.t DROP COLUMN a"] == run(before, after)


def test_what_a_parent_gets_and_loses_its_child_gets_and_loses() -> None:
    old = {**CHILD, "column app.p.x": A, "column app.t.x": HANDED}
    new = {**CHILD, "column app.p.y": A, "column app.t.y": HANDED}
    lines = ["ALTER TABLE app.p DROP COLUMN x", "ALTER TABLE app.p ADD COLUMN y integer"]
    assert sorted(lines) == sorted(run(old, new))


def test_a_column_that_comes_with_a_parent_has_a_comment_of_its_own() -> None:
    changed = Column(1, "bigint", is_inherited=True, comment="x")
    after = {**CHILD, "column app.p.a": Column(1, "bigint"), "column app.t.a": changed}
    assert ["ALTER TABLE app.p ALTER COLUMN a TYPE bigint USING a::bigint", "COMMENT ON COLUMN app.t.a IS 'x'"] == run(
        CHILD, after
    )
