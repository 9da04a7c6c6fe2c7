"""Foreign keys."""

from typing import Any

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, String, Table
from sqlalchemy.schema import CreateTable

from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import PGCraftError, PGCraftValidationError
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.models.foreign_keys import parse_target
from pgcraft.sqltext.dialect import DIALECT
from tests.unit.declare.building import new_metadata


def make(metadata: MetaData, name: str, *items: Any, schema: str = "app") -> Table:
    return PGCraftSimple(name, schema, metadata, [Column("name", String), *items]).table


def orders(metadata: MetaData, target: str, *, schema: str = "app", **options: Any) -> Table:
    fk = PGCraftFK(references={"{customer_id}": target}, name="fk", **options)
    return make(metadata, "orders", Column("customer_id", Integer), fk, schema=schema)


def target_of(table: Table) -> str:
    (constraint,) = [item for item in table.constraints if isinstance(item, ForeignKeyConstraint)]
    return constraint.elements[0].column.table.fullname


def error_of(metadata: MetaData) -> PGCraftError:
    """What both the configuration and an unconfigured collection say."""
    with pytest.raises(PGCraftValidationError) as unconfigured:
        collect(metadata)
    with pytest.raises(PGCraftValidationError) as caught:
        pgcraft_configure_metadata(metadata)
    assert unconfigured.value.code == caught.value.code
    return caught.value


@pytest.mark.parametrize("target", ["customers.id", "app.customers.id", '"customers"."id"'])
def test_a_dimension_is_found_with_and_without_its_schema(target: str) -> None:
    """Both forms of the seed."""
    metadata = new_metadata()
    make(metadata, "customers")
    assert "app.customers" == target_of(orders(metadata, target))


def test_a_part_of_a_target_in_quotes_may_hold_dots_and_quotes() -> None:
    assert ("my.app", 'say "so"', "id") == parse_target('"my.app"."say ""so""".id')


def test_the_options_reach_sqlalchemy() -> None:
    """A cascade that gets lost loses rows later, or keeps them."""
    metadata = new_metadata()
    make(metadata, "customers")
    made = orders(metadata, "customers.id", ondelete="CASCADE", onupdate="RESTRICT")
    (constraint,) = made.foreign_key_constraints
    assert ("fk", "CASCADE", "RESTRICT") == (constraint.name, constraint.ondelete, constraint.onupdate)


def test_a_target_may_be_declared_later() -> None:
    """Models import each other in any order."""
    metadata = new_metadata()
    made = orders(metadata, "customers.id")
    assert not made.foreign_key_constraints
    make(metadata, "customers")
    assert "app.customers" == target_of(made)
    assert ["customers", "orders"] == [table.name for table in metadata.sorted_tables]


def test_a_target_is_waited_for_while_others_of_its_name_come() -> None:
    metadata = new_metadata()
    made = orders(metadata, "sales.customers.id")
    make(metadata, "customers")
    make(metadata, "customers", schema="crm")
    assert not made.foreign_key_constraints
    make(metadata, "customers", schema="sales")
    assert "sales.customers" == target_of(made)


def test_a_table_may_point_to_itself() -> None:
    """Trees."""
    metadata = new_metadata()
    fk = PGCraftFK(references={"{parent_id}": "nodes.id"})
    assert "app.nodes" == target_of(make(metadata, "nodes", Column("parent_id", Integer), fk))


def test_a_name_in_two_schemas_is_an_error_that_lists_both() -> None:
    """The first one found would depend on the order of imports."""
    metadata = new_metadata()
    make(metadata, "customers")
    make(metadata, "customers", schema="crm")
    with pytest.raises(PGCraftValidationError) as caught:
        orders(metadata, "customers.id")
    assert "PGC106" == caught.value.code
    assert "app.customers and crm.customers" in caught.value.what
    assert "app.orders" not in metadata.tables
    assert "crm.customers" == target_of(orders(metadata, "crm.customers.id"))


def test_a_name_that_becomes_ambiguous_later_is_an_error_too() -> None:
    """The same models in another order must not mean something else."""
    metadata = new_metadata()
    make(metadata, "customers")
    orders(metadata, "customers.id")
    make(metadata, "customers", schema="crm")
    assert "PGC106" == error_of(metadata).code


def test_a_target_that_never_comes_is_named_with_the_nearest() -> None:
    """The place is that of the foreign key, not of the call that found out."""
    metadata = new_metadata()
    make(metadata, "customers")
    orders(metadata, "custommers.id")
    error = error_of(metadata)
    assert "PGC105" == error.code
    assert 'foreign key "fk" of app.orders names dimension custommers' in error.what
    assert 'did you mean "app.customers"' in error.remedy
    assert error.place is not None
    assert 'PGCraftFK in PGCraftSimple("orders")' == error.place.subject


def test_a_column_that_is_not_there_is_named() -> None:
    """At once when the dimension is known, when the metadata is configured else."""
    metadata = new_metadata()
    make(metadata, "customers")
    with pytest.raises(PGCraftValidationError, match="PGC107"):
        orders(metadata, "customers.idd")
    later = new_metadata()
    orders(later, "customers.idd")
    make(later, "customers")
    assert "PGC107" == error_of(later).code


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"references": {"{a}": "t.id"}, "raw_references": {"{a}": "s.t.id"}},
        {"references": {}},
    ],
)
def test_exactly_one_kind_of_reference_is_given(arguments: dict[str, Any]) -> None:
    """Both would contradict each other."""
    with pytest.raises(PGCraftValidationError, match="PGC108"):
        PGCraftFK(**arguments)


@pytest.mark.parametrize("references", [{"{a}": "id"}, {"{a}": "a.b.c.d"}, {"{a}": "x.id", "{name}": "y.id"}])
def test_a_reference_that_cannot_be_read_is_refused(references: dict[str, str]) -> None:
    """A foreign key points to one table."""
    with pytest.raises(PGCraftValidationError, match="PGC108"):
        make(MetaData(), "t", Column("a", Integer), PGCraftFK(references=references))


def test_a_foreign_key_of_several_columns() -> None:
    """Composite keys."""
    metadata = new_metadata()
    key = [Column("x", Integer, primary_key=True), Column("y", Integer, primary_key=True)]
    make(metadata, "pairs", *key)
    fk = PGCraftFK(references={"{a}": "pairs.x", "{b}": "pairs.y"})
    made = make(metadata, "users", Column("a", Integer), Column("b", Integer), fk)
    (constraint,) = made.foreign_key_constraints
    assert [("a", "x"), ("b", "y")] == [(fk.parent.name, fk.column.name) for fk in constraint.elements]


def test_a_raw_reference_to_a_table_of_the_models_is_checked() -> None:
    """A misspelt column would fail on the server only."""
    metadata = new_metadata()
    Table("organizations", metadata, Column("id", Integer, primary_key=True), schema="public")
    make(
        metadata,
        "orders",
        Column("org_id", Integer),
        PGCraftFK(raw_references={"{org_id}": "public.organizations.key"}),
    )
    with pytest.raises(PGCraftValidationError, match="PGC109"):
        pgcraft_configure_metadata(metadata)


@pytest.mark.parametrize("schema", [None, "crm"])
def test_a_table_that_only_the_database_has_is_known_to_sqlalchemy_and_stays_out_of_the_models(
    schema: str | None,
) -> None:
    metadata = new_metadata()
    prefix = f"{schema}." if schema else ""
    for name in ("orders", "offers"):
        raw = PGCraftFK(raw_references={"{a}": f"{prefix}orgs.id", "{b}": f"{prefix}orgs.code"})
        make(metadata, name, Column("a", Integer), Column("b", String), raw)
    pgcraft_configure_metadata(metadata)
    assert ["app.orders", "app.offers"] == list(metadata.tables)
    for table in metadata.tables.values():
        (constraint,) = table.foreign_key_constraints
        found = [(element.column.table.fullname, element.column.name) for element in constraint.elements]
        assert [(f"{prefix}orgs", "id"), (f"{prefix}orgs", "code")] == found
        types = [type(element.column.type) for element in constraint.elements]
        assert [Integer, String] == types


def test_the_references_of_a_factory_that_failed_are_forgotten() -> None:
    """They would be attached to a table that is not there, or asked for in vain."""
    metadata = new_metadata()
    with pytest.raises(PGCraftValidationError):
        make(
            metadata,
            "t",
            Column("a", Integer),
            PGCraftFK(references={"{a}": "later.id"}),
            PGCraftFK(references={"{b}": "x.id"}),
        )
    make(metadata, "later")
    pgcraft_configure_metadata(metadata)
    assert ["app.later"] == list(metadata.tables)


def test_columns_with_keys_of_their_own_can_be_named_either_way() -> None:
    """`key != name` on both ends."""
    metadata = new_metadata()
    make(metadata, "customers", Column("Customer No", Integer, key="number", unique=True))
    for target in ("customers.number", 'customers."Customer No"'):
        fk = PGCraftFK(references={"{buyer}": target})
        made = make(metadata, f"o{len(metadata.tables)}", Column("Buyer No", Integer, key="buyer"), fk)
        assert 'FOREIGN KEY("Buyer No") REFERENCES app.customers ("Customer No")' in str(
            CreateTable(made).compile(dialect=DIALECT)
        )
