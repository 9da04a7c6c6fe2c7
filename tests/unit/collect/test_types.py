"""Enumerated types of columns."""

import pytest
from sqlalchemy import Column, Enum, MetaData, Table
from sqlalchemy.types import ARRAY, TypeDecorator

from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError


def test_an_enum_behind_a_decorator_or_an_array_is_made() -> None:
    class Decorated(TypeDecorator[str]):
        impl = Enum("a", name="inner", schema="app")
        cache_ok = True

    made = MetaData()
    Table("t", made, Column("a", Decorated), Column("b", ARRAY(Enum("b", name="listed", schema="app"))), schema="app")
    assert ["enum app.inner", "enum app.listed"] == [str(item.id) for item in collect(made).of_kind(Kind.ENUM)]


def test_one_enum_name_cannot_stand_for_two_sets_of_values() -> None:
    metadata = MetaData()
    columns = [Column(value, Enum(value, name="status")) for value in ("a", "b")]
    Table("t", metadata, *columns)
    with pytest.raises(
        PGCraftValidationError, match=r"PGC154: enum public\.status is declared with two sets .* a; and b"
    ):
        collect(metadata)
