"""Names that pgcraft makes."""

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    func,
)

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.models.declarations import get_declarations
from pgcraft.models.naming import build_name, limit_name


def make_table(name: str = "orders", *items: object, **options: object) -> Table:
    metadata = MetaData(naming_convention=pgcraft_build_naming_conventions(**options))  # type: ignore[arg-type]
    Table("customers", metadata, Column("id", Integer, primary_key=True))
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, ForeignKey("customers.id")),
        Column("b", String),
        *items,  # type: ignore[arg-type]
    )


def names(table: Table) -> list[str]:
    return sorted(str(item.name) for item in (*table.constraints, *table.indexes))


def test_a_name_says_kind_table_and_columns() -> None:
    """Names are what a reader of an error message has."""
    table = make_table("orders", UniqueConstraint("a", "b"), Index(None, "b"))
    assert ["fk__orders__a__customers", "ix__orders__b", "pk__orders__id", "uq__orders__a_b"] == names(table)


def test_two_unnamed_checks_on_one_table_get_two_names() -> None:
    """PostgreSQL would refuse the second one."""
    table = make_table("orders", CheckConstraint("a > 0"), CheckConstraint("a < 9"))
    checks = [name for name in names(table) if name.startswith("ck__")]
    assert 2 == len(set(checks))
    assert all(name.startswith("ck__orders__a_") for name in checks)


def test_names_stay_as_they_are_from_version_to_version() -> None:
    """A name that is made otherwise is a constraint dropped and made anew in everyone's next revision."""
    table = make_table("orders", CheckConstraint("a > 0 AND b <> 'id'"), CheckConstraint("1 < 2"))
    Index(None, func.lower(table.c.b))
    Index(None, table.c.b, func.upper(table.c.b), postgresql_where=table.c.a > 0)
    assert [
        "ck__orders__65c35dd5",
        "ck__orders__id_a_b_5b8fbd46",
        "fk__orders__a__customers",
        "ix__orders__b_5da4e46b",
        "ix__orders__b_b1a263f1",
        "pk__orders__id",
    ] == names(table)


def test_an_explicit_name_is_kept() -> None:
    """A convention must not rename what the user named."""
    assert "mine" in names(make_table("orders", CheckConstraint("a > 0", name="mine")))


def test_unnamed_indexes_on_one_column_are_told_apart() -> None:
    """An expression, a condition and the plain column would share a name."""
    table = make_table("orders", Index(None, "b"))
    Index(None, func.lower(table.c.b))
    Index(None, table.c.b, postgresql_where=table.c.a > 0)
    assert 3 == len({index.name for index in table.indexes})


@pytest.mark.parametrize("name", ["ü" * 40, "x" * 63, "漢" * 21, "o" * 55])
def test_a_long_name_is_cut_by_bytes_and_stays_distinct(name: str) -> None:
    """PostgreSQL cuts bytes, and two cut names would be one."""
    table, other = make_table(name), make_table(f"{name}2"[-63:])
    found = names(table)
    assert all(len(each.encode()) <= 63 for each in found)
    assert not set(found) & set(names(other))
    assert found == names(make_table(name))


def test_a_shorter_limit_holds() -> None:
    """The argument is for databases that keep less."""
    assert all(len(each) <= 20 for each in names(make_table("orders_of_customers", max_length=20)))
    assert all(len(each.encode()) <= 10 for each in names(make_table("orders_of_customers", max_length=10)))
    with pytest.raises(PGCraftValidationError, match="PGC119"):
        pgcraft_build_naming_conventions(9)


def test_a_copy_of_a_table_has_the_same_names() -> None:
    """Alembic copies tables before it compares them."""
    table = make_table("orders", CheckConstraint("a > 0"), UniqueConstraint("b"), Index(None, "b"))
    bare = MetaData()
    table.metadata.tables["customers"].to_metadata(bare)
    assert names(table) == names(table.to_metadata(bare))
    conventional = MetaData(naming_convention=pgcraft_build_naming_conventions())
    table.metadata.tables["customers"].to_metadata(conventional)
    assert names(table) == names(table.to_metadata(conventional))


def test_a_constraint_of_the_key_is_named_by_its_columns() -> None:
    """Composite keys list all of theirs."""
    metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
    table = Table("t", metadata, Column("x", Integer), Column("y", Integer), PrimaryKeyConstraint("x", "y"))
    assert "pk__t__x_y" == table.primary_key.name


def test_limit_name_ends_in_eight_digits_of_a_hash() -> None:
    """The form that the documentation promises."""
    cut = limit_name("x" * 70)
    assert 63 == len(cut)
    assert "_" == cut[-9]
    assert "x" * 63 == limit_name("x" * 63)


def test_the_metadata_overrides_generated_names() -> None:
    """Projects with a convention of their own keep it."""
    convention = {"simple_function": "fn_%(table_name)s_%(op)s", "simple_trigger": "trg_%(op)s"}
    metadata = MetaData(naming_convention=convention)
    things = PGCraftSimple("things", "app", metadata, [Column("name", String)])
    PostgRESTView(things, grants=["select", "insert"])
    declarations = get_declarations(metadata)
    assert ["fn_things_insert"] == [item.definition.name for item in declarations.functions.all()]
    assert ["trg_insert"] == [item.definition.name for item in declarations.triggers.all()]


def test_a_template_that_cannot_be_filled_is_named() -> None:
    """A KeyError from the depth would not say whose it is."""
    metadata = MetaData(naming_convention={"simple_function": "%(tabel)s"})
    with pytest.raises(PGCraftValidationError, match="'simple_function'") as caught:
        build_name(metadata, "simple_function", schema="api", table_name="t", op="insert")
    assert "PGC119" == caught.value.code


def test_defaults_of_check_and_protect_names_begin_with_their_kind() -> None:
    """They live beside the simple ones and must not collide with them."""
    metadata = MetaData()
    assert "_check_s_t_o" == build_name(metadata, "check_function", schema="s", table_name="t", op="o")
    assert "_protect_s_t_o" == build_name(metadata, "protect_trigger", schema="s", table_name="t", op="o")
    assert "s_t_" == build_name(metadata, "simple_function", schema="s", table_name="t")
    assert "t_root" == build_name(metadata, "append_only_root", schema="s", table_name="t")
