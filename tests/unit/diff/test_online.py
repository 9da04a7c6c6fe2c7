"""Which changes become steps that let others work, and which stay as they are."""

from collections.abc import Mapping

import pytest

from pgcraft.catalog.definitions import Column, Constraint, Definition, Index, Table, Trigger
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action
from pgcraft.diff.online import go_online
from pgcraft.render.statement import HazardType
from tests.unit.diff.catalogs import make, plan_inside

BASE: Mapping[str, Definition] = {"table app.t": Table(), "column app.t.a": Column(1, "integer")}
PARTED = {**BASE, "table app.t": Table(partition_by="RANGE (a)")}
CHECK = {"constraint c on app.t": Constraint("check", ("a",), "CHECK (a > 0)")}
LATE = {"constraint c on app.t": Constraint("check", ("a",), "CHECK (a > 0) NOT VALID")}
EXCLUDE = {"constraint x on app.t": Constraint("exclude", ("a",), "EXCLUDE USING gist (a WITH =)")}
OVERLAP = {"constraint k on app.t": Constraint("primary key", ("a", "p"), "PRIMARY KEY (a, p WITHOUT OVERLAPS)")}
INDEX = {"index i on app.t": Index(("a",), ("a",))}
RANDOM = {"column app.t.r": Column(2, "uuid", nullable=False, default="gen_random_uuid()")}
COUNTED = {"column app.t.r": Column(2, "integer", nullable=False, is_serial=True)}
MADE = {"column app.t.r": Column(2, "integer", generated="a + 1")}
TOUCHED = {**BASE, "trigger w on app.t": Trigger("before", ("update",), ("app", "f"))}
FORCED = {**BASE, "table app.t": Table(force_row_security=True)}


def online(before: Mapping[str, Definition], after: Mapping[str, Definition], *, rewrites: bool = True) -> list[Action]:
    actions = plan_inside(before, after)
    return list(go_online(actions, make(before), make(after), lambda _: rewrites))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {**BASE, **CHECK, **INDEX}),
        (PARTED, {**PARTED, **CHECK, **INDEX}),
        (BASE, {**BASE, **LATE}),
        (BASE, {**BASE, **EXCLUDE}),
        (BASE, {**BASE, **OVERLAP}),
        (BASE, {**BASE, **COUNTED}),
        (BASE, {**BASE, **MADE}),
        (TOUCHED, {**TOUCHED, **RANDOM}),
        (FORCED, {**FORCED, **RANDOM}),
        (BASE, {**BASE, "column app.t.a": Column(1, "bigint", nullable=False)}),
    ],
)
def test_what_cannot_be_done_in_steps_stays_as_it_is(
    before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> None:
    assert list(plan_inside(before, after)) == online(before, after)


def test_a_column_that_writes_no_row_anew_comes_at_once() -> None:
    after = {**BASE, **RANDOM}
    assert list(plan_inside(BASE, after)) == online(BASE, after, rewrites=False)


def test_what_is_done_in_steps_says_no_more_that_it_locks() -> None:
    (action,) = online(BASE, {**BASE, **CHECK})
    assert [HazardType.MAY_FAIL] == [hazard.type for hazard in action.hazards]
    assert (True, False) == (action.is_alone, action.is_undone_alone)
    assert (
        "ALTER TABLE app.t DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        "ALTER TABLE app.t VALIDATE CONSTRAINT c",
    ) == action.up


def test_the_way_back_goes_in_steps_where_it_makes_something_again() -> None:
    (action,) = online({**BASE, **CHECK}, BASE)
    assert ("ALTER TABLE app.t DROP CONSTRAINT c",) == action.up
    assert (False, True) == (action.is_alone, action.is_undone_alone)
    (action,) = online({**BASE, **INDEX}, BASE)
    assert ("DROP INDEX CONCURRENTLY IF EXISTS app.i",) == action.up
    assert ("DROP INDEX CONCURRENTLY IF EXISTS app.i", "CREATE INDEX CONCURRENTLY i ON app.t (a)") == action.down
    (action,) = online(BASE, {**BASE, "column app.t.a": Column(1, "integer", nullable=False)})
    assert ("ALTER TABLE app.t ALTER COLUMN a DROP NOT NULL",) == action.down
    assert 4 == len(action.up)


def test_a_key_with_all_that_an_index_can_say_is_built_beside_the_writers() -> None:
    text = "UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) DEFERRABLE INITIALLY DEFERRED"
    after = {**BASE, "constraint u on app.t": Constraint("unique", ("a",), text)}
    (action,) = online(BASE, after)
    assert parse_id("constraint u on app.t") == action.id
    assert (
        "CREATE UNIQUE INDEX CONCURRENTLY u ON app.t (a) INCLUDE (b) NULLS NOT DISTINCT",
        "ALTER TABLE app.t ADD CONSTRAINT u UNIQUE USING INDEX u DEFERRABLE INITIALLY DEFERRED",
    ) == action.up[2:]
