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
