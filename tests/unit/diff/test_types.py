"""A column's change of type: which values fit, and what is said of those that may not."""

from itertools import product

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.diff.hazards import (
    hazards_of_added_column,
    hazards_of_drop,
    hazards_of_index,
    hazards_of_not_null,
    hazards_of_removed_values,
    hazards_of_type_change,
    hazards_of_validation,
)
from pgcraft.diff.superset import holds_all
from pgcraft.render.statement import Hazard, HazardType

FAMILIES = (
    ("text", "character varying(64)", "character varying(32)"),
    ("character varying", "character varying(64)", "character varying(32)"),
    ("character varying(64)", "character(64)", "character(32)"),
    ("bit varying", "bit varying(8)", "bit(8)"),
    ("numeric", "numeric(12,2)", "numeric(10,2)", "numeric(8,0)"),
    ("numeric(21,2)", "bigint", "integer", "smallint"),
    ("numeric(19,0)", "bigint"),
    ("numeric(10,0)", "integer"),
    ("numeric(5,0)", "smallint"),
    ("double precision", "real", "smallint"),
    ("double precision", "integer"),
    ("timestamp without time zone", "timestamp(3) without time zone", "timestamp(0) without time zone"),
    ("timestamp without time zone", "date"),
    ("time without time zone", "time(3) without time zone"),
    ("interval", "interval(3)"),
    ("timestamp with time zone", "timestamp(3) with time zone"),
    ("text", "app.state"),
    ("character varying", "integer"),
    ("text", "integer[]"),
    ("integer[]", "integer"),
    ("bigint[]", "integer[]"),
    ("json", "jsonb"),
    ("inet", "cidr"),
    ("macaddr8", "macaddr"),
    ("integer", "boolean"),
)
"""From the type that holds all on the left down to the one that holds least on the right."""

APART = (
    ("bytea", "text"),
    ("integer", "real"),
    ("bigint", "double precision"),
    ("bit(4)", "bit(8)"),
    ("numeric(5,4)", "smallint"),
    ("bigint", "numeric(18,0)"),
    ("integer", "numeric(9,0)"),
    ("numeric(10,2)", "numeric(11,4)"),
    ("timestamp without time zone", "timestamp with time zone"),
    ("date", "timestamp with time zone"),
    ("uuid", "integer"),
    ("integer", "bigint[]"),
    ("text[]", "integer[]"),
    ("character varying(3)", "text[]"),
    ("double precision", "numeric"),
    ("real", "numeric"),
    ("integer[]", "character varying(9)"),
    ("jsonb", "character varying(9)"),
    ("interval year", "interval month"),
)
"""Types neither of which is known to hold the other, or the one on the right not the one on the left."""


@pytest.mark.parametrize("family", FAMILIES, ids="-".join)
def test_a_type_holds_those_to_its_right_and_none_to_its_left(family: tuple[str, ...]) -> None:
    """varchar to varchar(32) was told as harmless."""
    for (new_at, new), (old_at, old) in product(enumerate(family), repeat=2):
        assert (old_at >= new_at) is holds_all(old, new), (old, new)


@pytest.mark.parametrize(("old", "new"), APART)
def test_what_is_not_known_to_fit_may_not(old: str, new: str) -> None:
    assert not holds_all(old, new)


LOCK = Hazard(HazardType.HEAVY_LOCK, "no one reads or writes the table while it runs; no row is touched")
STILL = (
    ("character varying(32)", "character varying(64)"),
    ("character varying(32)", "character varying"),
    ("character varying", "text"),
    ("varchar(3)", "text"),
)
REWRITTEN = (
    ("integer", "bigint"),
    ("character(3)", "character varying(3)"),
    ("text", "character varying"),
    ("character varying[]", "text[]"),
    ("character varying", "character varying[]"),
)
CUT = (
    ("character varying", "character varying(32)"),
    ("text", "character varying(32)"),
    ("character varying(64)", "character varying(32)"),
    ("bigint", "integer"),
)


@pytest.mark.parametrize(("old", "new"), STILL)
def test_a_longer_text_touches_no_row(old: str, new: str) -> None:
    assert (LOCK,) == hazards_of_type_change(old_type=old, new_type=new)


@pytest.mark.parametrize(("old", "new"), REWRITTEN)
def test_a_type_of_another_form_writes_every_row(old: str, new: str) -> None:
    (hazard,) = hazards_of_type_change(old_type=old, new_type=new)
    expected = f"every row is written anew, and its indexes, from {old} to {new}"
    assert Hazard(HazardType.TABLE_REWRITE, expected) == hazard


@pytest.mark.parametrize(("old", "new"), CUT)
def test_a_type_that_holds_less_says_what_may_be_lost(old: str, new: str) -> None:
    assert (
        Hazard(HazardType.DATA_LOSS, f"{new} does not hold every {old}: values may be cut or rounded"),
        Hazard(HazardType.TABLE_REWRITE, f"every row is written anew, and its indexes, from {old} to {new}"),
        Hazard(HazardType.MAY_FAIL, f"fails on the first value that is no {new}"),
    ) == hazards_of_type_change(old_type=old, new_type=new)


DROPS = {
    "table app.t": ("data loss", "heavy lock"),
    "column app.t.a": ("data loss", "heavy lock"),
    "sequence app.s": ("data loss",),
    "materialized view app.m": ("data loss",),
    "view app.v": (),
    "function app.f()": (),
    "index i on app.t": (),
}


@pytest.mark.parametrize("line", DROPS)
def test_a_drop_says_what_is_lost(line: str) -> None:
    hazards = hazards_of_drop(parse_id(line))
    assert DROPS[line] == tuple(hazard.type.value for hazard in hazards)
    if "data loss" in DROPS[line]:
        assert f"what {line} holds is lost" == hazards[0].message
    if "heavy lock" in DROPS[line]:
        assert "no one reads or writes the table while it runs" == hazards[1].message


def test_a_drop_under_what_others_made_may_fail() -> None:
    others = (parse_id("view dba.a"), parse_id("view dba.b"))
    assert tuple(Hazard(HazardType.MAY_FAIL, f"{other} depends on it and is not pgcraft's") for other in others) == (
        hazards_of_drop(parse_id("view app.v"), foreign_dependents=others)
    )


ADDED = {
    (True, False, False): (),
    (True, True, False): (),
    (False, True, False): (),
    (False, False, False): (Hazard(HazardType.MAY_FAIL, "NOT NULL without a default fails when the table has rows"),),
    (False, False, True): (Hazard(HazardType.TABLE_REWRITE, "every row is written anew to hold the value"),),
    (True, False, True): (Hazard(HazardType.TABLE_REWRITE, "every row is written anew to hold the value"),),
}


@pytest.mark.parametrize(("nullable", "default", "computed"), ADDED)
def test_a_new_column_says_what_rows_it_meets(*, nullable: bool, default: bool, computed: bool) -> None:
    found = hazards_of_added_column(is_nullable=nullable, has_default=default, is_computed=computed)
    assert ADDED[nullable, default, computed] == found


def test_what_reads_all_rows_says_so() -> None:
    locked = "no one writes to the table while it is built; CONCURRENTLY would let them"
    lock, doubles = Hazard(HazardType.HEAVY_LOCK, locked), "fails when two rows hold the same values"
    assert (lock,) == hazards_of_index(is_unique=False)
    assert (lock, Hazard(HazardType.MAY_FAIL, doubles)) == hazards_of_index(is_unique=True)
    assert (
        Hazard(HazardType.TABLE_SCAN, "all rows are read while no one else reads or writes the table"),
        Hazard(HazardType.MAY_FAIL, "fails when a row holds NULL"),
    ) == hazards_of_not_null()
    assert (
        Hazard(HazardType.TABLE_SCAN, "all rows are tested against x while no one writes to the table"),
        Hazard(HazardType.MAY_FAIL, "fails when a row does not pass"),
    ) == hazards_of_validation("x")


def test_values_that_go_are_named() -> None:
    state = parse_id("enum app.state")
    assert () == hazards_of_removed_values(state, ())
    assert (
        Hazard(HazardType.DATA_LOSS, "enum app.state is without 'a', 'it''s'"),
        Hazard(HazardType.MAY_FAIL, "fails when a row holds 'a' or 'it''s'"),
    ) == hazards_of_removed_values(state, ("a", "it's"))
