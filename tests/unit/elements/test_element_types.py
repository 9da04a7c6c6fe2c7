"""Types of a catalog as SQLAlchemy's: the same text comes out of them, or there is none."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from pgcraft.catalog.definitions import Column, Domain, Enum, Table
from pgcraft.catalog.ids import parse_id
from pgcraft.elements.declared import copy_column
from pgcraft.elements.types import make_type
from tests.unit.diff.catalogs import make

CATALOG = make(
    {
        "enum app.e": Enum(("a", "b")),
        "enum plain": Enum(("a",)),
        'enum app."Ä.b"': Enum(("a",)),
        "domain app.d": Domain("integer"),
        "domain app.odd": Domain("app.unknown"),
    }
)

TEXTS = {
    "integer": "INTEGER()",
    "bigint": "BIGINT()",
    "smallint": "SMALLINT()",
    "boolean": "BOOLEAN()",
    "text": "TEXT()",
    "character varying": "VARCHAR()",
    "character varying(5)": "VARCHAR(length=5)",
    "character(3)": "CHAR(length=3)",
    "numeric": "NUMERIC()",
    "numeric(10,2)": "NUMERIC(precision=10, scale=2)",
    "double precision": "DOUBLE_PRECISION(precision=53)",
    "real": "REAL()",
    "timestamp without time zone": "TIMESTAMP()",
    "timestamp(3) with time zone": "TIMESTAMP(timezone=True, precision=3)",
    "time(0) without time zone": "TIME(precision=0)",
    "interval": "INTERVAL()",
    "interval(3)": "INTERVAL(precision=3)",
    "interval day to second(3)": "INTERVAL(precision=3, fields='day to second')",
    "bit(4)": "BIT(length=4)",
    "bit varying": "BIT(varying=True)",
    "bit varying(7)": "BIT(length=7, varying=True)",
    "integer[]": "ARRAY(INTEGER())",
    "uuid": "UUID()",
    "jsonb": "JSONB(astext_type=Text())",
    "inet": "INET()",
    "daterange": "DATERANGE()",
    "int4multirange": "INT4MULTIRANGE()",
    "tsvector": "TSVECTOR()",
    "oid": "OID()",
    "app.e": "ENUM('a', 'b', name='e', schema='app')",
    "app.e[]": "ARRAY(ENUM('a', 'b', name='e', schema='app'))",
    'app."Ä.b"': "ENUM('a', name='Ä.b', schema='app')",
    "app.d": "DOMAIN('d', INTEGER())",
}


def spell(type_: Any) -> str:
    return repr(type_).replace(", create_type=False", "").replace(", zero_indexes=False", "")


@pytest.mark.parametrize("text", TEXTS)
def test_a_type_is_found_by_its_text(text: str) -> None:
    found = make_type(text, CATALOG)
    assert TEXTS[text] == spell(found)
    assert found is not None
    element: Any = getattr(found, "item_type", found)
    assert getattr(element, "create_type", False) is False
    assert getattr(element, "schema", None) == (text.partition(".")[0] if "." in text else None)


@pytest.mark.parametrize(
    "text", ["geometry(Point,4326)", "app.unknown", "app.odd", "xml", "a.b.c", "public.citext", 'numeric(1,"x")', ""]
)
def test_a_type_that_sqlalchemy_cannot_say_has_none(text: str) -> None:
    assert make_type(text, CATALOG) is None


ENUM = sa.Enum("a", "b", name="e", schema="app")
DOMAIN = postgresql.DOMAIN("d", sa.Interval(second_precision=3), schema="app")


class Money(sa.types.TypeDecorator[Any]):
    """A type of the user's."""

    impl = sa.Numeric(10, 2)
    cache_ok = True


DECLARED: dict[str, tuple[TypeEngine[Any], str, str]] = {
    "plain": (sa.String(5), "character varying(5)", "String(length=5)"),
    "an enum": (ENUM, "app.e", "ENUM('a', 'b', name='e', schema='app')"),
    "an enum as text": (
        sa.Enum("a", name="e", native_enum=False),
        "character varying(1)",
        "Enum('a', name='e', native_enum=False)",
    ),
    "a domain": (DOMAIN, "app.d", "DOMAIN('d', INTERVAL(precision=3))"),
    "an interval": (sa.Interval(second_precision=3), "interval(3)", "INTERVAL(precision=3)"),
    "an interval as a time": (sa.Interval(native=False), "timestamp without time zone", "DateTime()"),
    "an array": (
        postgresql.ARRAY(ENUM, dimensions=2),
        "app.e[]",
        "ARRAY(ENUM('a', 'b', name='e', schema='app'), dimensions=2)",
    ),
    "an array of intervals": (sa.ARRAY(sa.Interval()), "interval[]", "ARRAY(INTERVAL())"),
    "an array of domains": (postgresql.ARRAY(DOMAIN), "app.d[]", "ARRAY(DOMAIN('d', INTERVAL(precision=3)))"),
    "an array of numbers": (sa.ARRAY(sa.Integer()), "integer[]", "ARRAY(Integer())"),
    "a user's": (Money(), "numeric(10,2)", "Numeric(precision=10, scale=2)"),
    "an array of a user's": (sa.ARRAY(Money()), "numeric(10,2)[]", "ARRAY(Numeric(precision=10, scale=2))"),
}


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_type_is_made_by_nobody_on_the_way(name: str) -> None:
    """Enums and domains are objects of their own, and a revision outlives the user's classes."""
    given, text, spelled = DECLARED[name]
    declared = sa.Column("c", given)
    sa.Table("t", sa.MetaData(), declared, schema="app")
    catalog = make({"table app.t": Table(), "column app.t.c": Column(1, text)})
    copy = copy_column(declared, catalog.by_id[parse_id("column app.t.c")])
    assert copy is not None
    assert (spelled, "app.t") == (spell(copy.type), copy.table.fullname)
    assert given is declared.type
    assert copy_column(declared, make({"column app.t.c": Column(1, "xml")}).objects[0]) is None
