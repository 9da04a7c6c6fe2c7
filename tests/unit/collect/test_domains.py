"""Domains as types of columns and apart from them."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, TEXT

from pgcraft.catalog.definitions import Column as ColumnDefinition
from pgcraft.catalog.definitions import Domain
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import DomainDefinition, FunctionDefinition, register_domain, register_function


def _collect_domains(*types: DOMAIN, registered: tuple[DomainDefinition, ...] = ()) -> tuple[Domain, ...]:
    metadata = MetaData()
    for definition in registered:
        register_domain(metadata, definition)
    Table("t", metadata, *(Column(f"c{at}", type_) for at, type_ in enumerate(types)))
    return tuple(item.defined_as(Domain) for item in collect(metadata).of_kind(Kind.DOMAIN))


CODE = Domain("character varying(9)", "'x'::text", checks=(("code_check", "VALUE <> ''"),), nullable=False)


def test_a_domain_is_declared_by_the_type_of_a_column() -> None:
    code = DOMAIN("code", String(9), default=text("'x'::text"), check="VALUE <> ''", not_null=True)
    assert (CODE,) == _collect_domains(code, code)
    assert (CODE,) == _collect_domains(code, DOMAIN("code", String(9)))  # which names it alone
    assert () == _collect_domains(DOMAIN("code", String(9), create_type=False))


def test_a_domain_is_registered_apart_from_columns() -> None:
    checks = {"code_check": "(VALUE <> '')"}
    given = DomainDefinition(
        schema="public", name="code", type="varchar(9)", default="'x'::text", nullable=False, checks=checks
    )
    assert (CODE,) == _collect_domains(registered=(given,))
    assert (CODE,) == _collect_domains(DOMAIN("code", String(9)), registered=(given,))
    with pytest.raises(
        PGCraftValidationError, match=r"PGC154: domain public\.code is declared twice, and the two differ"
    ):
        _collect_domains(DOMAIN("code", String(9), check="VALUE > ''"), registered=(given,))


def test_a_column_needs_its_domain_and_a_domain_what_it_calls() -> None:
    metadata = MetaData()
    fine = FunctionDefinition(schema="app", name="fine", arguments="a text", returns="boolean", body="SELECT true")
    register_function(metadata, fine)
    code = DOMAIN("code", TEXT(), schema="app", check="app.fine(VALUE)")
    Table("t", metadata, Column("c", ARRAY(code)), Column("d", DOMAIN("few", code, schema="app")))
    catalog = collect(metadata)
    table = ObjectId(Kind.TABLE, "public", "t")
    domains = [ObjectId(Kind.DOMAIN, "app", name) for name in ("code", "few")]
    assert domains[0] in catalog.by_id[table.column("c")].depends_on
    assert domains[1] in catalog.by_id[table.column("d")].depends_on
    assert parse_id("function app.fine(text)") in catalog.by_id[domains[0]].depends_on


def test_the_collation_of_a_domain_is_not_that_of_its_columns() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("n", DOMAIN("name", TEXT(), collation="C", schema="app")))
    column = collect(metadata).by_id[ObjectId(Kind.TABLE, "public", "t").column("n")].defined_as(ColumnDefinition)
    assert ("app.name", None) == (column.type, column.collation)
