"""Cases of names that one thing leaves and another takes in the same revision, also those of indexes and sequences unasked for."""

from sqlalchemy import CheckConstraint, Column, Identity, Index, Integer, Sequence, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.schema import SchemaItem

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    RangeDefinition,
    register_composite,
    register_domain,
    register_range,
)
from tests.changes.cases import Case, Models


def _unique(m: Models, name: str = "x", *items: SchemaItem) -> None:
    m.table(Column("a", Integer), *items, name=name)


def _key(m: Models, *, counts: bool) -> None:
    m.table(Column("id", Integer, primary_key=True, autoincrement=counts), name="x", key=False)


def _composite(m: Models, name: str) -> None:
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name=name, attributes={"a": "text"}))


def _beside_range(m: Models) -> None:
    register_domain(m.metadata, DomainDefinition(schema=m.schema, name="r_multirange", type="text"))
    m.function("SELECT 1", "r", arguments="a integer, b integer")
    m.function("SELECT 1", "r_multirange")


CASES = (
    Case(
        "a table takes the name of the sequence of a table that goes",
        lambda m: m.table(name="x"),
        lambda m: m.table(name="x_id_seq"),
    ),
    Case(
        "a view takes the name of the sequence of a column that goes",
        lambda m: m.table(Column("i", Integer, Identity())),
        lambda m: (m.table(), m.view("SELECT id FROM {t}", f"{m.name}_i_seq")),
    ),
    Case(
        "a sequence takes the name of that of a column that no longer counts",
        lambda m: _key(m, counts=True),
        lambda m: (_key(m, counts=False), Sequence("x_id_seq", schema=m.schema, metadata=m.metadata)),
    ),
    Case(
        "a table takes the name of a key that goes",
        lambda m: m.table(name="x"),
        lambda m: m.table(name="x_pkey"),
    ),
    Case(
        "an index and a key take the names of composite types that go",
        lambda m: (_unique(m), *(_composite(m, name) for name in "uv")),
        lambda m: _unique(m, "x", Index("u", "a"), UniqueConstraint("a", name="v")),
    ),
    Case(
        "a domain and a function take the names of what came with a range type that goes",
        lambda m: register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="integer")),
        lambda m: _beside_range(m),
    ),
    Case(
        "a domain takes the name of a multirange type that gets another",
        lambda m: register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="text")),
        lambda m: (
            register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="text", multirange="s")),
            register_domain(m.metadata, DomainDefinition(schema=m.schema, name="r_multirange", type="text")),
        ),
    ),
    Case(
        "a unique constraint and an exclusion constraint become checks of their names",
        lambda m: _unique(
            m, "x", UniqueConstraint("a", name="u"), ExcludeConstraint(("a", "="), name="e", using="btree")
        ),
        lambda m: _unique(m, "x", CheckConstraint("a > 0", name="u"), CheckConstraint("a < 99", name="e")),
    ),
    Case(
        "a unique constraint becomes an index of its name",
        lambda m: _unique(m, "x", UniqueConstraint("a", name="u")),
        lambda m: _unique(m, "x", Index("u", "a", unique=True)),
    ),
    Case(
        "a unique index becomes a constraint of its name",
        lambda m: _unique(m, "x", Index("u", "a", unique=True)),
        lambda m: _unique(m, "x", UniqueConstraint("a", name="u")),
    ),
    Case(
        "a table comes with the name of a constraint of a table that goes",
        lambda m: _unique(m, "x", UniqueConstraint("a", name="u")),
        lambda m: _unique(m, "y", UniqueConstraint("a", name="u")),
    ),
    Case(
        "a constraint changes its table",
        lambda m: (_unique(m, "x", UniqueConstraint("a", name="u")), _unique(m, "y")),
        lambda m: (_unique(m, "x"), _unique(m, "y", UniqueConstraint("a", name="u"))),
    ),
    Case(
        "a column comes whose sequence is named as that of one that goes",
        lambda m: m.table(Column("b_c", Integer, Identity()), name="a"),
        lambda m: (m.table(name="a"), m.table(Column("c", Integer, Identity()), name="a_b")),
    ),
)
