"""Cases of types that become types of another kind, and of what types state although it is the default."""

from sqlalchemy import ARRAY, Column, Index, Text
from sqlalchemy import Enum as SAEnum
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    PGCraftNamedType,
    RangeDefinition,
    register_composite,
    register_domain,
    register_range,
)
from tests.changes.cases import Case, Models, nothing
from tests.changes.test_columns import HOSTILE_COMMENT

NAME = 'k "%s" :x'
_SQL = '{s}."k ""%s"" :x"'


def _enum(m: Models) -> SAEnum:
    return SAEnum("x", "it's", name=NAME, schema=m.schema)


def _domain(m: Models) -> DOMAIN[str]:
    return DOMAIN(NAME, Text, schema=m.schema, check="VALUE <> ''")


def _used(m: Models, type_: SAEnum | DOMAIN[str]) -> None:
    table = m.table(
        Column("a", type_, server_default="x"), Column("l", ARRAY(type_), server_default="{x}", comment=HOSTILE_COMMENT)
    )
    Index("i", m.text(f"(a IN ('x'::{_SQL}))"), _table=table)
    m.view("SELECT a, l FROM {t}")
    m.grant(m.role("reader"), "select", name="v")
    m.function("SELECT $1", arguments=f"v {_SQL}", returns=_SQL)


def _inside(m: Models, *, is_enum: bool) -> None:
    if is_enum:
        m.table(Column("unused", _enum(m)), name="other")
    else:
        register_domain(m.metadata, DomainDefinition(schema=m.schema, name=NAME, type="text"))
    register_composite(
        m.metadata, CompositeDefinition(schema=m.schema, name="pair", attributes=(("a", m.sql(_SQL)), ("b", "integer")))
    )
    m.table(Column("p", PGCraftNamedType("pair", schema=m.schema)))


def _span(m: Models, multirange: str) -> None:
    register_range(m.metadata, RangeDefinition(schema=m.schema, name="span", subtype="integer", multirange=multirange))
    m.table(
        Column("a", PGCraftNamedType(multirange, schema=m.schema)),
        Column("b", PGCraftNamedType("span", schema=m.schema)),
    )


def _range_or_domain(m: Models, *, is_range: bool) -> None:
    if is_range:
        register_range(m.metadata, RangeDefinition(schema=m.schema, name="span", subtype="integer"))
    else:
        register_domain(m.metadata, DomainDefinition(schema=m.schema, name="span", type="text"))
    m.table(Column("a", PGCraftNamedType("span", schema=m.schema)))


def _turned(m: Models, *, is_after: bool) -> None:
    if not is_after:
        register_domain(m.metadata, DomainDefinition(schema=m.schema, name=NAME, type="text"))
    m.table(Column("a", _enum(m) if is_after else Text), Column("b", Text if is_after else _domain(m)))


def _going(m: Models, values: str, columns: str) -> None:
    type_ = SAEnum(*values, name=NAME, schema=m.schema)
    m.table(*(Column(name, type_) for name in columns))
    if "b" in columns:
        m.table(Column("l", ARRAY(type_)), name="other")


def _cast(m: Models, *types: str) -> None:
    for name, type_ in zip("pqr", types, strict=True):
        register_domain(m.metadata, DomainDefinition(schema=m.schema, name=name, type=type_))
    attributes = tuple(zip("pqr", types, strict=True))
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name="c", attributes=attributes))
    p, q, r, c = (PGCraftNamedType(name, schema=m.schema) for name in "pqrc")
    to, of = ("p", "q") if types[0] == "boolean" else ("q", "p")  # columns that come to be of another domain
    m.table(
        Column("p", p),
        Column("q", q),
        Column("r", ARRAY(r)),
        Column("c", c),
        Column("other", PGCraftNamedType(to, schema=m.schema)),
        Column("others", ARRAY(PGCraftNamedType(of, schema=m.schema))),
    )


_ROWS = "INSERT INTO {t} (a, l) VALUES ('it''s', '{it''s}'), ('x', '{}')"
CASES = (
    Case("an enum becomes a domain", lambda m: _used(m, _enum(m)), lambda m: _used(m, _domain(m)), rows=_ROWS),
    Case("a domain becomes an enum", lambda m: _used(m, _domain(m)), lambda m: _used(m, _enum(m)), rows=_ROWS),
    Case(
        "an enum in a composite type becomes a domain",
        lambda m: _inside(m, is_enum=True),
        lambda m: _inside(m, is_enum=False),
        rows="INSERT INTO {t} VALUES (1, '(x,1)')",
    ),
    Case(
        "a range type becomes a domain",
        lambda m: _range_or_domain(m, is_range=True),
        lambda m: _range_or_domain(m, is_range=False),
        rows="INSERT INTO {t} VALUES (1, '[1,5)')",
    ),
    Case(
        "a multirange type gets another name under a column",
        lambda m: _span(m, "many"),
        lambda m: _span(m, NAME),
        rows="INSERT INTO {t} VALUES (1, '{[1,5)}', '[2,3)')",
    ),
    Case(
        "a column comes to be of an enum that takes the name of a domain",
        lambda m: _turned(m, is_after=False),
        lambda m: _turned(m, is_after=True),
        rows="INSERT INTO {t} VALUES (1, 'x', 'x')",
    ),
    Case(
        "domains and the attributes of a composite type go the way that values of their types go",
        lambda m: _cast(m, "boolean", "smallint", "bit(4)"),
        lambda m: _cast(m, "smallint", "boolean", "bit(6)"),
        rows="INSERT INTO {t} VALUES (1, true, 1, ARRAY[B'1010'], ROW(true, 1, B'1010')::{s}.c, true, ARRAY[1,0])",
    ),
    Case(
        "an enum loses a value as a column and a table of it go",
        lambda m: _going(m, "xyz", "ab"),
        lambda m: _going(m, "xy", "a"),
        rows="INSERT INTO {t} VALUES (1, 'x', 'y')",
    ),
    Case(
        "an enum gets a value as a column and a table of it go",
        lambda m: _going(m, "xy", "ab"),
        lambda m: _going(m, "xyz", "a"),
        rows="INSERT INTO {t} VALUES (1, 'x', 'y')",
    ),
    Case("a column states the default collation", nothing, lambda m: m.table(Column("a", Text(collation="default")))),
    Case(
        "a domain states the default collation",
        nothing,
        lambda m: register_domain(
            m.metadata, DomainDefinition(schema=m.schema, name=NAME, type="text", collation='"default"')
        ),
    ),
    Case(
        "a composite type states the default collation",
        nothing,
        lambda m: register_composite(
            m.metadata,
            CompositeDefinition(
                schema=m.schema, name=NAME, attributes=(("a", "text"),), collations=(("a", '"default"'),)
            ),
        ),
    ),
    Case(
        "a range type states the default operator class and collation",
        nothing,
        lambda m: register_range(
            m.metadata,
            RangeDefinition(
                schema=m.schema, name=NAME, subtype="text", operator_class="text_ops", collation='"default"'
            ),
        ),
    ),
)
