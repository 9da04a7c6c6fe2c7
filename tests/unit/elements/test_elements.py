"""Tables of a catalog as SQLAlchemy's, and the user's as they are written: only where they say exactly the same."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from pgcraft.catalog.definitions import Column, Constraint, Definition, Identity, Index, Table
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import ObjectId
from pgcraft.collect import collect
from pgcraft.elements.declared import copy_table, find_declared
from pgcraft.elements.tables import Elements, collect_elements
from tests.unit.diff.catalogs import make

KEY = Constraint("primary key", ("id",), "PRIMARY KEY (id)")
POINTS = Constraint("foreign key", ("up",), "FOREIGN KEY (up) REFERENCES app.t(id)", ("app", "t"), ("id",))
BASE: dict[str, Definition] = {
    "table app.t": Table(comment="it's"),
    "column app.t.id": Column(1, "integer", nullable=False, is_serial=True),
    "column app.t.up": Column(2, "integer", default="7", comment=":a %s"),
    "constraint t_pkey on app.t": KEY,
}

PARTS: dict[str, Definition] = {
    "column app.t.plain": Column(3, "text", nullable=False, comment="c"),
    "column app.t.default": Column(3, "text", default="'a:b %'::text"),
    "column app.t.identity": Column(
        3,
        "integer",
        nullable=False,
        identity=Identity(always=True, start=5, increment=2, minimum=3, maximum=99, cycle=True),
    ),
    "column app.t.stored": Column(3, "integer", generated="up + 1"),
    "column app.t.virtual": Column(3, "integer", generated="up + 1", is_virtual=True),
    'column app.t."Ä b"': Column(3, "character varying(5)"),
    "constraint u on app.t": Constraint("unique", ("up",), "UNIQUE (up)"),
    "constraint n on app.t": Constraint("unique", ("up",), "UNIQUE NULLS NOT DISTINCT (up)", comment="c"),
    "constraint i on app.t": Constraint("unique", ("up",), "UNIQUE (up) INCLUDE (id)"),
    "constraint d on app.t": Constraint("unique", ("up",), "UNIQUE (up) DEFERRABLE INITIALLY DEFERRED"),
    "constraint c on app.t": Constraint("check", ("up",), "CHECK (up > 0)"),
    "constraint v on app.t": Constraint("check", ("up",), "CHECK (up > 0) NOT VALID"),
    "constraint f on app.t": POINTS,
    "constraint a on app.t": replace(POINTS, text=f"{POINTS.text} MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL"),
    "constraint e on app.t": replace(POINTS, text=f"{POINTS.text} DEFERRABLE"),
    "index plain on app.t": Index(("up",), ("up",)),
    "index all on app.t": Index(
        ("up", "lower('x:y')"), ("up",), unique=True, include=("id",), where="up > 0", nulls_not_distinct=True
    ),
    "index brin on app.t": Index(("up",), ("up",), method="brin", options=(("pages_per_range", "32"),)),
}


@pytest.mark.parametrize("line", PARTS)
def test_a_part_is_said_as_it_is(line: str) -> None:
    catalog = make({**BASE, line: PARTS[line]})
    item = catalog.by_id[parse_id(line)]
    made = Elements(catalog).make_part(item)
    assert made is not None
    table = made.table
    assert isinstance(table, sa.Table)
    said = next(each for each in collect_elements(table) if each.id == item.id)
    assert _without_place(item.definition) == _without_place(said.definition)


def _without_place(definition: Definition) -> Definition:
    return replace(definition, position=0) if isinstance(definition, Column) else definition


SILENT: dict[str, Definition] = {
    "column app.t.serial": Column(3, "bigint", nullable=False, is_serial=True),
    "column app.t.x": Column(3, "app.unknown"),
    "constraint x on app.t": Constraint("exclude", ("up",), "EXCLUDE USING gist (up WITH =)"),
    "constraint w on app.t": Constraint("unique", ("up",), "UNIQUE (up) WITH (fillfactor='70')"),
    "constraint k on app.t": Constraint("check", ("up",), "CHECK (up > 0) NO INHERIT"),
}


@pytest.mark.parametrize("line", SILENT)
def test_what_sqlalchemy_cannot_say_is_not_said(line: str) -> None:
    catalog = make({**BASE, line: SILENT[line]})
    item = catalog.by_id[parse_id(line)]
    assert Elements(catalog).make_part(item) is None
    table = catalog.by_id[parse_id("table app.t")]
    assert Elements(catalog).make_table(table) is None
    assert isinstance(Elements(catalog).make_anyway(table), sa.Table)


def test_a_table_is_said_with_what_is_inside() -> None:
    catalog = make({**BASE, "constraint own on app.t": POINTS, "index i on app.t": Index(("up",), ("up",))})
    item = catalog.by_id[parse_id("table app.t")]
    made = Elements(catalog).make_table(item)
    assert made is not None
    assert (["id", "up"], ["own", "t_pkey"], set(), "it's") == (
        [str(column.name) for column in made.columns],
        sorted(str(constraint.name) for constraint in made.constraints),
        made.indexes,
        made.comment,
    )
    without = Elements(catalog).make_table(item, frozenset({parse_id("constraint own on app.t")}))
    assert without is not None
    assert ["t_pkey"] == [str(constraint.name) for constraint in without.constraints]


def declare(*extra: sa.schema.SchemaItem) -> tuple[sa.Table, dict[ObjectId, object]]:
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, sa.CheckConstraint("id > 0"), primary_key=True, info={"x": 1}),
        sa.Column("up", sa.ForeignKey("app.t.id"), index=True),
        sa.Column("twice", sa.Integer, sa.Computed("id * 2")),
        *extra,
        schema="app",
        info={"y": 2},
    )
    return table, dict(find_declared([metadata]))


def test_what_the_user_declared_is_found_by_its_id() -> None:
    table, found = declare()
    assert table is found[parse_id("table app.t")]
    assert table.c.up is found[parse_id("column app.t.up")]
    assert table.indexes == {found[parse_id("index ix_app_t_up on app.t")]}
    assert 5 == len(found)


def test_a_table_is_copied_with_every_constraint_by_its_name() -> None:
    """The convention of the day is none that a revision may hang on."""
    table, _ = declare()
    wanted = collect(table.metadata)
    item = wanted.by_id[parse_id("table app.t")]
    copy = copy_table(table, item, wanted, frozenset(), {})
    assert copy is not None
    assert ["t_id_check", "t_pkey", "t_up_fkey"] == sorted(str(constraint.name) for constraint in copy.constraints)
    assert (set(), {}, True) == (copy.indexes, copy.info, copy.c.twice.computed.persisted)  # type: ignore[union-attr]
    assert table.c.id.constraints, "the user's table is as it was"
    without = copy_table(table, item, wanted, frozenset({parse_id("constraint t_up_fkey on app.t")}), {})
    assert without is not None
    assert ["t_id_check", "t_pkey"] == sorted(str(constraint.name) for constraint in without.constraints)


def test_a_table_that_says_in_a_revision_what_it_says_in_the_models_keeps_its_columns() -> None:
    """They cost most of the time of a first revision when they are copied."""
    metadata = sa.MetaData()
    columns = (sa.Column("id", sa.Integer, primary_key=True), sa.Column("up", sa.ForeignKey("app.t.id"), unique=True))
    table = sa.Table("t", metadata, *columns, sa.CheckConstraint("up > 0"), schema="app", info={"y": 2})
    wanted = collect(metadata)
    item = wanted.by_id[parse_id("table app.t")]
    for collected, is_shared in ((wanted.by_id, True), ({}, False)):
        copy = copy_table(table, item, wanted, frozenset(), collected)
        assert copy is not None
        names = ["t_pkey", "t_up_check", "t_up_fkey", "t_up_key"]
        assert (names, {}) == (sorted(str(each.name) for each in copy.constraints), copy.info)
        assert is_shared == (copy.c.up is table.c.up)
    assert ({None}, {"y": 2}) == ({each.name for each in table.constraints}, table.info), "the user's is as it was"


def test_a_table_that_says_something_else_is_not_copied() -> None:
    table, _ = declare()
    wanted = collect(table.metadata)
    item = wanted.by_id[parse_id("table app.t")]
    table.append_constraint(sa.CheckConstraint("up > 0", name="late"))
    assert copy_table(table, item, wanted, frozenset(), {}) is None


def test_an_exclusion_is_copied_as_it_was_declared() -> None:
    table, _ = declare(ExcludeConstraint((sa.column("up"), "="), name="x"))
    wanted = collect(table.metadata)
    copy = copy_table(table, wanted.by_id[parse_id("table app.t")], wanted, frozenset(), {})
    assert copy is not None
    assert "x" in {constraint.name for constraint in copy.constraints}
