"""Models of which something is made again between before and after, one a kind."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Enum as SAEnum

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    PGCraftNamedType,
    PublicationDefinition,
    PublishedTable,
    RangeDefinition,
    StatisticsDefinition,
    register_composite,
    register_domain,
    register_publication,
    register_range,
    register_statistics,
)
from tests.changes.cases import Models


def view(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("b", Integer))
    m.view("SELECT id, a FROM {t}" if after else "SELECT id, a, b FROM {t}")
    m.view("SELECT id AS i, a AS j FROM {s}.v WHERE a > 1", "w")


def materialized(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.view(f"SELECT id, a + {int(after)} AS a FROM {{t}}", "m", is_materialized=True)


def function(m: Models, after: bool) -> None:
    m.function(
        "SELECT $1 + 1" if not after else "SELECT ($1 + 1)::bigint",
        returns="bigint" if after else "integer",
        arguments="n integer",
    )


def procedure(m: Models, after: bool) -> None:
    m.function("SELECT 1", arguments="m integer" if after else "n integer", is_procedure=True, returns="")


def trigger(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.trigger_function()
    m.trigger(timing="before" if after else "after")
    m.trigger(
        "again", when="NEW.a > 1", update_columns=("a",), events=("update",), is_constraint=True, deferrable=after
    )


def policy(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.policy(using="a > 1", command="update" if after else "all")


def enum(m: Models, after: bool) -> None:
    m.table(
        Column("a", SAEnum(*(("x", "y") if after else ("x", "y", "z")), name="e", schema=m.schema), server_default="x")
    )


def domain(m: Models, after: bool) -> None:
    register_domain(m.metadata, DomainDefinition(schema=m.schema, name="d", type="bigint" if after else "integer"))
    m.table(Column("a", PGCraftNamedType("d", schema=m.schema)))


def composite(m: Models, after: bool) -> None:
    attributes = (("a", "bigint" if after else "integer"), ("b", "text"))
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name="c", attributes=attributes))
    m.table(Column("a", PGCraftNamedType("c", schema=m.schema)))


def range_type(m: Models, after: bool) -> None:
    register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="bigint" if after else "integer"))
    m.table(Column("a", PGCraftNamedType("r", schema=m.schema)))


def column(m: Models, after: bool) -> None:
    m.table(
        Column("a", BigInteger() if after else Integer()),
        Column("t", Text),
        UniqueConstraint("a", name="u"),
        CheckConstraint("a > 0", name="c"),
    )


def alone(m: Models, after: bool) -> None:
    m.table(Column("a", Text() if after else String(9)), Column("b", Numeric() if after else Numeric(9)))
    m.table(Column("c", BigInteger() if after else Integer()), name="other")


def generated(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("g", Integer, Computed(f"a + {1 + after}", persisted=True)))


def index(m: Models, after: bool) -> None:
    table = m.table(Column("a", Integer, nullable=False), Column("b", Integer, nullable=False))
    Index("i", table.c.a, *([table.c.b] if after else []), unique=True)
    Index("x", m.text("(a + 1)"), *([table.c.b] if after else []), _table=table)


def key(m: Models, after: bool) -> None:
    m.table(
        Column("a", Integer, nullable=False),
        Column("b", Integer),
        UniqueConstraint("a", name="u", postgresql_include=["b"] if after else []),
        CheckConstraint("a >= 0" if after else "a > 0", name="c"),
    )


def foreign(m: Models, after: bool) -> None:
    one = m.table(name="one")
    m.table(
        Column("a", Integer), ForeignKeyConstraint(["a"], [one.c.id], name="f", ondelete="CASCADE" if after else None)
    )


def counting(m: Models, after: bool) -> None:
    m.table(Column("id", Integer, *([Identity()] if after else []), primary_key=True), key=False, name="q")


def statistics(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("b", Integer))
    facts: Any = {"kinds": ("ndistinct",)} if after else {}
    register_statistics(
        m.metadata, StatisticsDefinition(schema=m.schema, name="st", table=m.name, columns=("a", "b"), **facts)
    )


def publication(m: Models, after: bool) -> None:
    m.table()
    tables = () if after else (PublishedTable(schema=m.schema, name=m.name),)
    register_publication(m.metadata, PublicationDefinition(name=f"{m.tag} p", tables=tables, all_tables=after))
