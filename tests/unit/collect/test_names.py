"""Names that the models leave to PostgreSQL: those with an index share the names of tables and indexes."""

from collections.abc import Callable

import pytest
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.schema import Constraint

from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect

NAMELESS: dict[str, tuple[Callable[[], Constraint], str]] = {
    "primary key": (lambda: PrimaryKeyConstraint("a"), "t_pkey"),
    "unique": (lambda: UniqueConstraint("a"), "t_a_key"),
    "exclude": (lambda: ExcludeConstraint(("a", "=")), "t_a_excl"),
    "check": (lambda: CheckConstraint("a > 0"), "t_a_check"),
}


@pytest.mark.parametrize("type_", NAMELESS)
def test_a_constraint_with_an_index_steps_aside_for_relations(type_: str) -> None:
    make, name = NAMELESS[type_]
    for taken, expected in ((False, name), (True, name if type_ == "check" else f"{name}1")):
        metadata = MetaData()
        Table("t", metadata, Column("a", Integer), make(), schema="app")
        if taken:
            Table(name, metadata, Column("x", Integer), schema="app")
        assert [expected] == [item.id.name for item in collect(metadata).of_kind(Kind.CONSTRAINT)]


def test_two_nameless_constraints_are_told_apart() -> None:
    metadata = MetaData()
    items = (UniqueConstraint("a"), UniqueConstraint("a", postgresql_nulls_not_distinct=True))
    Table("t", metadata, Column("a", Integer), *items, Index("i", "a"), schema="app")
    names = {item.id.name for item in collect(metadata).of_kind(Kind.CONSTRAINT)}
    assert {"t_a_key", "t_a_key1"} == names


@pytest.mark.parametrize(
    ("constraint", "names"),
    [
        (UniqueConstraint, {"a_b_c_key", "a_b_c_key1"}),
        (lambda name: ExcludeConstraint((name, "=")), {"a_b_c_excl", "a_b_c_excl1"}),
        (lambda name: CheckConstraint(f"{name} > 0"), {"a_b_c_check"}),
    ],
)
def test_nameless_constraints_of_two_tables_are_told_apart_where_they_have_an_index(
    constraint: Callable[[str], Constraint], names: set[str]
) -> None:
    metadata = MetaData()
    for table, column in (("a_b", "c"), ("a", "b_c")):
        Table(table, metadata, Column(column, Integer), constraint(column), schema="app")
    assert names == {item.id.name for item in collect(metadata).of_kind(Kind.CONSTRAINT)}


def test_a_nameless_constraint_steps_aside_for_one_that_is_named() -> None:
    metadata = MetaData()
    items = (CheckConstraint("a > 0"), CheckConstraint("a > 1", name="t_a_check"))
    Table("t", metadata, Column("a", Integer), *items, schema="app")
    assert ["t_a_check", "t_a_check1"] == [item.id.name for item in collect(metadata).of_kind(Kind.CONSTRAINT)]


def test_names_of_indexes_count_only_in_their_schema() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer), UniqueConstraint("a"), Index("other_key", "a"), schema="app")
    Table("u", metadata, Column("a", Integer), Index("t_a_key", "a"), schema="other")
    Table("v", metadata, Column("a", Integer), Index("v_a_key", "a"), UniqueConstraint("a"), schema="app")
    assert ["t_a_key", "v_a_key1"] == [item.id.name for item in collect(metadata).of_kind(Kind.CONSTRAINT)]
