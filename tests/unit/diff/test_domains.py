"""Domains: what changes where they stand, what is made again, and what that endangers."""

from dataclasses import replace

import pytest

from pgcraft.catalog.definitions import Column, Definition, Domain, Table
from pgcraft.diff.actions import Action
from pgcraft.render.statement import HazardType
from tests.unit.diff.catalogs import down, plan_change, up

CODE = "domain app.code"
PLAIN = Domain("text")
FULL = Domain(
    "text", "'x'::text", nullable=False, checks=(("a b", "VALUE <> ''"), ("low", "VALUE < 'z'")), comment="it's"
)


def plan_domain(before: Domain, after: Domain, others: dict[str, Definition] | None = None) -> tuple[Action, ...]:
    more = others or {}
    return plan_change({CODE: before, **more}, {CODE: after, **more})


def test_facts_come_and_go_where_the_domain_stands() -> None:
    actions = plan_domain(PLAIN, FULL)
    forth = [
        "ALTER DOMAIN app.code SET DEFAULT 'x'::text",
        "ALTER DOMAIN app.code SET NOT NULL",
        "ALTER DOMAIN app.code ADD CONSTRAINT \"a b\" CHECK (VALUE <> '')",
        "ALTER DOMAIN app.code ADD CONSTRAINT low CHECK (VALUE < 'z')",
        "COMMENT ON DOMAIN app.code IS 'it''s'",
    ]
    back = [
        'ALTER DOMAIN app.code DROP CONSTRAINT "a b"',
        "ALTER DOMAIN app.code DROP CONSTRAINT low",
        "ALTER DOMAIN app.code DROP DEFAULT",
        "ALTER DOMAIN app.code DROP NOT NULL",
        "COMMENT ON DOMAIN app.code IS NULL",
    ]
    assert forth == up(actions)
    assert back == down(actions)
    assert (back, forth) == (up(plan_domain(FULL, PLAIN)), down(plan_domain(FULL, PLAIN)))


def test_only_the_check_that_differs_is_made_again() -> None:
    actions = plan_domain(FULL, replace(FULL, checks=(("a b", "VALUE <> ''"), ("low", "VALUE < 'y'"))))
    assert [
        "ALTER DOMAIN app.code DROP CONSTRAINT low",
        "ALTER DOMAIN app.code ADD CONSTRAINT low CHECK (VALUE < 'y')",
    ] == up(actions)
    assert [HazardType.TABLE_SCAN, HazardType.MAY_FAIL] == [hazard.type for hazard in actions[0].hazards]
    assert "check low of domain app.code" in actions[0].hazards[0].message


@pytest.mark.parametrize(
    ("before", "after", "hazards"),
    [
        (FULL, PLAIN, []),
        (PLAIN, replace(PLAIN, default="'x'"), []),
        (PLAIN, replace(PLAIN, nullable=False), [HazardType.TABLE_SCAN, HazardType.MAY_FAIL]),
        (PLAIN, Domain("integer"), [HazardType.DATA_LOSS, HazardType.TABLE_REWRITE, HazardType.MAY_FAIL]),
        (Domain("integer"), Domain("bigint"), [HazardType.TABLE_REWRITE]),
        (PLAIN, replace(PLAIN, collation='"C"'), [HazardType.TABLE_REWRITE]),
    ],
)
def test_a_change_says_what_it_endangers(before: Domain, after: Domain, hazards: list[HazardType]) -> None:
    (action,) = plan_domain(before, after)
    assert hazards == [hazard.type for hazard in action.hazards]


def columns(type_: str) -> dict[str, Definition]:
    return {"table app.t": Table(), "column app.t.c": Column(1, type_)}


def test_another_base_makes_the_domain_again_under_its_columns() -> None:
    actions = plan_domain(PLAIN, Domain("integer"), columns("app.code"))
    assert [
        "ALTER TYPE app.code RENAME TO code__old",
        "CREATE DOMAIN app.code AS integer",
        "ALTER TABLE app.t ALTER COLUMN c TYPE app.code USING c::text::app.code",
        "DROP TYPE app.code__old",
    ] == up(actions)


def test_rows_are_not_tested_where_a_column_holds_arrays_but_the_domain_is_made_again() -> None:
    tested = replace(PLAIN, checks=(("some", "VALUE <> ''"),))
    assert "ALTER TYPE app.code RENAME TO code__old" == up(plan_domain(PLAIN, tested, columns("app.code[]")))[0]
    assert ["ALTER DOMAIN app.code SET DEFAULT 'x'"] == up(
        plan_domain(PLAIN, replace(PLAIN, default="'x'"), columns("app.code[]"))
    )
