"""Schemas, and several changes at once: whatever stands on whatever, in one revision."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy import Enum as SAEnum

from pgcraft.models import (
    DefaultPrivilegesDefinition,
    PublicationDefinition,
    PublishedTable,
    RangeDefinition,
    SchemaDefinition,
    StatisticsDefinition,
    register_default_privileges,
    register_publication,
    register_range,
    register_schema,
    register_statistics,
)
from tests.changes import name_cases, spelling_cases
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def _schema(m: Models, comment: str | None = None) -> None:
    register_schema(m.metadata, SchemaDefinition(name=m.schema, comment=comment))


def _shop_before(m: Models) -> None:
    customers = m.table(Column("email", Text, unique=True), Column("name", Text), name="customers")
    m.table(
        Column("customer", ForeignKey(customers.c.id), index=True),
        Column("state", SAEnum("open", "paid", "lost", name="state", schema=m.schema), server_default="open"),
        Column("total", Integer, CheckConstraint("total >= 0", name="positive")),
        Column("twice", Integer, Computed("total * 2", persisted=True)),
        name="orders",
    )
    m.function("SELECT count(*)::integer FROM {s}.orders WHERE customer = $1", name="n", arguments="c integer")
    m.view("SELECT c.id, c.email, {s}.n(c.id) AS orders FROM {s}.customers AS c", name="summary")
    m.view("SELECT * FROM {s}.summary WHERE orders > 5", name="best")
    m.trigger_function()
    m.trigger(relation="orders", when="NEW.state = 'paid'", timing="before")
    reader = m.role("reader")
    m.grant(reader, "select", name="summary")
    m.grant(reader, "select", name="customers", columns=("id", "email"))
    m.policy(table="customers", using="email <> ''")


def _shop_after(m: Models) -> None:
    customers = m.table(
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("email", Text, nullable=False, server_default=""),
        Column("phone", Text),
        UniqueConstraint("email", "phone", name="reach"),
        key=False,
        name="customers",
        comment=HOSTILE_COMMENT,
    )
    m.table(
        Column("customer", ForeignKey(customers.c.id, ondelete="CASCADE"), index=True),
        Column("state", SAEnum("open", "paid", name="state", schema=m.schema), server_default="paid"),
        Column("total", BigInteger, CheckConstraint("total > 0", name="positive")),
        Column("twice", BigInteger, Computed("total * 3", persisted=True)),
        Index("by_state", "state", postgresql_where=text("state <> 'paid'")),
        name="orders",
    )
    m.function("SELECT count(*) FROM {s}.orders WHERE customer = $1", "n", "bigint", arguments="c bigint")
    m.view("SELECT c.id, c.phone, {s}.n(c.id) AS orders FROM {s}.customers AS c", name="summary")
    m.view("SELECT * FROM {s}.summary WHERE orders > 7", name="best")
    m.trigger_function("BEGIN NEW.total := 7; RETURN NEW; END")
    m.trigger(relation="orders", when="NEW.state <> 'paid'", timing="before")
    reader = m.role("reader", login=True)
    m.grant(reader, "select", "insert", name="best")
    m.grant(reader, "select", name="customers", columns=("id", "phone"))
    m.policy(table="customers", using="phone <> ''", roles=(reader,))


def _uuids(m: Models, type_: object) -> None:
    other = m.table(Column("k", type_, primary_key=True), key=False, name="other")  # type: ignore[arg-type]
    m.table(Column("o", type_, ForeignKey(other.c.k)))  # type: ignore[arg-type]


def _counted(m: Models) -> None:
    facts: dict[str, Any] = {"expressions": ('("a b")', "id + 1")}
    register_statistics(m.metadata, StatisticsDefinition(schema=m.schema, name="st", table=m.name, **facts))


CASES = (
    Case("a schema comes", nothing, _schema),
    Case("a schema goes", _schema, nothing),
    Case("a schema gets a comment", _schema, lambda m: _schema(m, HOSTILE_COMMENT)),
    Case("a schema loses its comment", lambda m: _schema(m, HOSTILE_COMMENT), _schema),
    Case(
        "statistics of an expression that is a column come",
        lambda m: m.table(Column("a b", Integer)),
        lambda m: (m.table(Column("a b", Integer)), _counted(m)),
    ),
    Case("a schema goes with all that stands in it", _shop_before, nothing),
    Case("a schema comes with all that stands in it", nothing, _shop_before),
    Case(
        "everything of a shop changes at once",
        _shop_before,
        _shop_after,
        rows="INSERT INTO {s}.customers (email, name) VALUES ('a@b', 'n');"
        " INSERT INTO {s}.orders (customer, state, total) VALUES (1, 'open', 5), (1, 'paid', 6)",
        reorders=True,
    ),
    Case("everything of a shop changes back", _shop_after, _shop_before, reorders=True, is_filled=False),
    Case(
        "keys and what points to them become uuids",
        lambda m: _uuids(m, Text),
        lambda m: _uuids(m, Uuid),
        is_filled=False,
    ),
    Case(
        "a function takes the name of a table that goes",
        lambda m: m.table(name="x"),
        lambda m: m.function("SELECT 1", name="x"),
    ),
    Case(
        "an enum takes the name of a table that goes",
        lambda m: (m.table(name="x"), m.table(Column("a", Text), name="y")),
        lambda m: m.table(Column("a", SAEnum("x", name="x", schema=m.schema)), name="y"),
        is_filled=False,
    ),
    Case(
        "a table takes the name of an enum that goes",
        lambda m: m.table(Column("a", SAEnum("x", name="x", schema=m.schema)), name="y"),
        lambda m: (m.table(name="x"), m.table(Column("a", Text), name="y")),
    ),
    Case(
        "two tables take each other's columns and names",
        lambda m: (m.table(Column("a", Integer), name="one"), m.table(Column("b", Text), name="two")),
        lambda m: (m.table(Column("b", Text), name="one"), m.table(Column("a", Integer), name="two")),
    ),
    Case(
        "a trigger, its function, its table and a view over it come in one",
        nothing,
        lambda m: (
            m.view("SELECT id FROM {t} WHERE {s}.f(id)"),
            m.trigger(),
            m.trigger_function(),
            m.function("SELECT $1 > 5", returns="boolean", arguments="n integer"),
            m.table(),
        ),
    ),
    Case(
        "a chain of foreign keys turns round",
        lambda m: _chain(m, ("a", "b"), ("b", "c")),
        lambda m: _chain(m, ("c", "b"), ("b", "a")),
        is_filled=False,
    ),
    Case(
        "a column becomes generated of one that becomes a uuid",
        lambda m: m.table(Column("a", Text), Column("g", Text)),
        lambda m: m.table(Column("a", Uuid), Column("g", Integer, Computed("length(a::text)", persisted=True))),
        is_filled=False,
    ),
    Case(
        "a policy, a trigger and views come onto a column that gets another type",
        lambda m: _watched(m, BigInteger(), is_after=False),
        lambda m: _watched(m, Integer(), is_after=True),
        rows="INSERT INTO {t} VALUES (1, 1)",
    ),
    Case(
        "a policy, a trigger, statistics and a view turn to a column that gets another type",
        lambda m: _turning(m, BigInteger(), "b"),
        lambda m: _turning(m, Integer(), "a"),
        rows="INSERT INTO {t} VALUES (1, 1)",
    ),
    Case(
        "a view and a range type change while an heir has what is made",
        lambda m: _inherited(m, "SELECT id FROM {t}", "integer", "tables"),
        lambda m: _inherited(m, "SELECT id, id AS twice FROM {t}", None, "functions"),
    ),
    Case(
        "a range type goes as an heir of functions comes",
        lambda m: _inherited(m, "SELECT id FROM {t}", "integer", None),
        lambda m: _inherited(m, "SELECT id FROM {t}", None, "functions"),
    ),
    Case(
        "a published column gets another type as its rows are chosen by it",
        lambda m: _published(m, BigInteger(), None),
        lambda m: _published(m, Integer(), "a > 1"),
        rows="INSERT INTO {t} VALUES (1, 1)",
    ),
    Case(
        "a check, an index and a default call one function that changes its arguments",
        lambda m: _calling(m, "n integer"),
        lambda m: _calling(m, "n integer, more integer DEFAULT 1"),
    ),
    *name_cases.CASES,
    *spelling_cases.CASES,
)


def _chain(m: Models, *pairs: tuple[str, str]) -> None:
    tables = {name: m.table(Column("n", Integer), name=name) for name in ("a", "b", "c")}
    for source, target in pairs:
        tables[source].append_constraint(ForeignKeyConstraint(["n"], [tables[target].c.id], name="points"))


def _watched(m: Models, type_: BigInteger | Integer, *, is_after: bool) -> None:
    reader = m.role("reader")
    m.table(Column("a", type_))
    m.function(f"SELECT {2 if is_after else 1}")
    if not is_after:
        m.grant(reader, "select", "update", columns=("a",))
        return
    m.policy(using="a > {s}.f()", roles=(reader,))
    m.trigger_function()
    m.trigger(when="NEW.a > 1", update_columns=("a",))
    m.view("SELECT a FROM {t}", bypass_row_security=True)
    m.view("SELECT a FROM {s}.v", "w", bypass_row_security=True, is_materialized=True)


def _turning(m: Models, type_: BigInteger | Integer, to: str) -> None:
    m.table(Column("a", type_), Column("b", Integer))
    m.grant(m.role("reader"), "select", "update", columns=("b" if to == "a" else "a",))
    m.policy(using=f"{to} > 1")
    m.trigger_function()
    m.trigger(when=f"NEW.{to} > 1", update_columns=(to,))
    m.view(f"SELECT id{', a' if to == 'a' else ''} FROM {{t}}", bypass_row_security=True)
    register_statistics(m.metadata, StatisticsDefinition(schema=m.schema, name="st", table=m.name, columns=("id", to)))


def _inherited(m: Models, query: str, subtype: str | None, on: str | None) -> None:
    m.table()
    m.view(query, owner=m.role("owner"))
    m.view("SELECT id FROM {s}.v", "w")
    if subtype:
        register_range(m.metadata, RangeDefinition(schema=m.schema, name="span", subtype=subtype))
    if on:
        privileges = ("execute",) if on == "functions" else ("select", "insert")
        register_default_privileges(
            m.metadata, DefaultPrivilegesDefinition(on=on, privileges=privileges, to=m.role("heir"), schema=m.schema)
        )


def _published(m: Models, type_: BigInteger | Integer, where: str | None) -> None:
    m.table(Column("a", type_))
    m.view("SELECT a FROM {t}")
    table = PublishedTable(schema=m.schema, name=m.name, where=where)
    register_publication(m.metadata, PublicationDefinition(name=m.tag, tables=(table,)))


def _calling(m: Models, arguments: str) -> None:
    m.function("SELECT $1 + 1", arguments=arguments, volatility="immutable")
    table = m.table(
        Column("a", Integer, server_default=m.text("{s}.f(1)")), CheckConstraint(m.text("{s}.f(a) <> 0"), name="c")
    )
    Index("i", m.text("({s}.f(a))"), _table=table)


@each_of(CASES)
def test_together(case: Case, changes: Changes) -> None:
    changes.check(case)
