"""Renames that meet: of what stands on each other, along chains and in rings, under strangers, in other schemas."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)

from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    FunctionDefinition,
    PGCraftNamedType,
    RangeDefinition,
    RenameDefinition,
    SchemaDefinition,
    ViewDefinition,
    register_composite,
    register_domain,
    register_function,
    register_range,
    register_rename,
    register_schema,
    register_view,
    renamed_from,
)
from tests.changes.cases import Case, Models


def _from(name: str, new: str) -> dict[str, Any]:
    return {} if name == new else {"info": renamed_from(name)}


def _was(name: str, new: str) -> dict[str, Any]:
    return {} if name == new else {"renamed_from": name}


def _all_at_once(m: Models, table: str, column: str, view: str) -> None:
    m.table(Column(column, Integer, **_from("a", column)), name=table, **_from("t", table))
    m.view(f"SELECT id, {column} AS a FROM {{s}}.{table}", name=view, **_was("v", view))
    m.view(f"SELECT v.a, t.{column} AS b FROM {{s}}.{view} v JOIN {{s}}.{table} t USING (id)", name="above")
    m.trigger_function(name="instead")
    m.trigger(relation=view, function=(m.schema, "instead"), timing="instead of", events=("insert",))
    m.grant(m.role("reader"), "select", name=view)


def _value(m: Models, value: str) -> None:
    """Declare what can have a value of an enumerated type in its text."""
    mood = Enum(value, "sad", name="mood", schema=m.schema)
    if value != "happy":
        register_rename(
            m.metadata, RenameDefinition(kind="enum", schema=m.schema, name="mood", inside={value: "happy"})
        )
    is_it = f"mood = {quote_literal(value)}"
    m.table(
        Column("mood", mood, server_default=value),
        Column("g", Integer, Computed(m.text(f"CASE WHEN {is_it} THEN 1 END"), persisted=True)),
        Column("said", Text, server_default=m.text("'happy'")),
        CheckConstraint(m.text(f"{is_it} OR id > 0"), name="ck"),
        Index("partial", "id", postgresql_where=m.text(is_it)),
        Index("expressed", m.text(f"({is_it})")),
    )
    m.policy(using=is_it)
    m.view(f"SELECT id FROM {{t}} WHERE {is_it} AND said <> 'happy'")
    m.trigger_function()
    m.trigger(when=f"NEW.{is_it}")
    m.function(f"RETURN (SELECT count(*) FROM {{t}} WHERE {is_it})", name="counted", returns="bigint", is_atomic=True)
    register_domain(
        m.metadata,
        DomainDefinition(
            schema=m.schema, name="d", type=m.sql("{s}.mood"), checks=(("c", f"VALUE <> {quote_literal(value)}"),)
        ),
    )


def _function(m: Models, name: str) -> None:
    call = f"{{s}}.{name}"
    m.function("SELECT n", name=name, arguments="n integer", volatility="immutable", **_was("f", name))
    m.table(
        Column("a", Integer, server_default=m.text(f"{call}(1)")),
        Column("g", Integer, Computed(m.text(f"{call}(id)"), persisted=True)),
        CheckConstraint(m.text(f"{call}(a) > 0"), name="ck"),
        Index("ix", m.text(f"({call}(a))")),
    )
    m.policy(using=f"{call}(a) > 1")
    m.view(f"SELECT {call}(a) AS n FROM {{t}}")
    m.trigger_function(name=f"t{name}", **_was("tf", f"t{name}"))
    m.trigger(function=(m.schema, f"t{name}"), when=m.sql(f"{call}(NEW.a) > 1"))
    m.aggregate({"sfunc": f"{{s}}.{name}s", "stype": "integer"})
    m.function("SELECT a + b", name=f"{name}s", arguments="a integer, b integer", **_was("fs", f"{name}s"))


def _type(m: Models, name: str) -> None:
    """Declare a composite type with attributes of types that are renamed, and an enumerated one in arrays and domains."""
    enum = Enum("x", name=name, schema=m.schema)
    said = {} if name == "kind" else {"renamed_from": "kind"}
    if said:
        register_rename(m.metadata, RenameDefinition(kind="enum", schema=m.schema, name=name, renamed_from="kind"))
    span = "span" if name == "kind" else "reach"
    register_range(m.metadata, RangeDefinition(schema=m.schema, name=span, subtype="integer", **_was("span", span)))
    register_composite(
        m.metadata,
        CompositeDefinition(
            schema=m.schema, name="pair", attributes={"k": m.sql(f"{{s}}.{name}"), "s": m.sql(f"{{s}}.{span}[]")}
        ),
    )
    register_domain(m.metadata, DomainDefinition(schema=m.schema, name="only", type=m.sql(f"{{s}}.{name}")))
    m.table(
        Column("k", enum, server_default="x"),
        Column("p", PGCraftNamedType("pair", schema=m.schema)),
        Column("s", PGCraftNamedType(span, schema=m.schema), server_default=m.text(f"{{s}}.{span}(1, 2)")),
        CheckConstraint(m.text(f"(p).k <> 'x'::{{s}}.{name}"), name="ck"),
    )
    m.view(f"SELECT {{s}}.{span}(1, id) AS made, (p).k FROM {{t}}")
    m.function("SELECT k", name="f", arguments=f"k {{s}}.{name}", returns=f"SETOF {{s}}.{name}")


def _key(m: Models, prefix: str) -> None:
    def named(name: str) -> dict[str, Any]:
        return {"name": prefix + name} | ({"info": renamed_from(f"old{name}")} if prefix == "new" else {})

    parent = m.table(Column("code", Text), UniqueConstraint("code", **named("key")), name="parent")
    m.table(Column("p", Text, ForeignKey(parent.c.code, **named("fk"))))
    m.function(
        "BEGIN ATOMIC INSERT INTO {s}.parent (id, code) VALUES (1, 'a') "
        f"ON CONFLICT ON CONSTRAINT {prefix}key DO NOTHING; END",
        name="put", returns="", is_procedure=True, is_atomic=True,
    )  # fmt: skip


def _schemas(m: Models, name: str, column: str) -> None:
    """Declare the same names in two schemas, with what reads both."""
    api = f"{m.schema} api"
    register_schema(m.metadata, SchemaDefinition(name=api))
    m.table(Column(column, Integer, **_from("a", column)), name=name, **_from("t", name))
    register_view(
        m.metadata,
        ViewDefinition(schema=api, name=name, query=m.sql(f"SELECT id, {column} FROM {{s}}.{name}"), **_was("t", name)),
    )
    both = f"SELECT t.{column} FROM {{s}}.{name} t JOIN {quote_name(api)}.{name} v USING (id)"
    register_view(m.metadata, ViewDefinition(schema=api, name="both", query=m.sql(both)))
    register_function(
        m.metadata,
        FunctionDefinition(
            schema=api, name="f", arguments=f"t {quote_name(api)}.{name}", returns="integer", language="sql",
            body="SELECT 1",
        ),
    )  # fmt: skip
    m.view(f"SELECT {quote_name(api)}.f(v) AS n FROM {quote_name(api)}.{name} v", name="calling")


def _family(m: Models, name: str, column: str) -> None:
    """Declare tables that inherit, and a partitioned one, with what stands on their columns."""
    m.table(Column(column, Integer, **_from("a", column)), CheckConstraint(f"{column} > 0", name="ck"), name=name, key=False,
            **_from("above", name))  # fmt: skip
    m.table(Column("n", Integer), name="below", key=False, postgresql_inherits=name)
    m.view(f"SELECT {column} AS x, n FROM {{s}}.below")
    divided = f"{name}_divided"
    m.table(Column(column, Integer, **_from("a", column)), name=divided, key=False, **_from("above_divided", divided),
            postgresql_partition_by=f"RANGE ({column})")  # fmt: skip
    m.partition("first", "FROM (1) TO (10)", of=(m.schema, divided))


def _called_like_a_schema(m: Models, name: str) -> None:
    """Declare a relation that a query calls like the schema, with a column called like the table."""
    m.table(name=name, **_from("t", name))
    m.table(Column("t", Integer), name="other")
    alias = quote_name(m.schema)
    m.view(f"SELECT {alias}.t, u.id FROM {{s}}.other {alias}, {{s}}.{name} u WHERE {alias}.t > u.id")


LONG = ("x" * 62, "é" * 31 + "e")

MEETING = (
    Case(
        "a table, its column and the view on it are renamed at once",
        lambda m: _all_at_once(m, "t", "a", "v"),
        lambda m: _all_at_once(m, "u", "b", "w"),
    ),
    Case("a value in all that can have it", lambda m: _value(m, "happy"), lambda m: _value(m, "it's \\ %")),
    Case("a function in all that can call it", lambda m: _function(m, "f"), lambda m: _function(m, "g")),
    Case("a type in all that can be of it", lambda m: _type(m, "kind"), lambda m: _type(m, "sort")),
    Case("a key under a foreign key", lambda m: _key(m, "old"), lambda m: _key(m, "new")),
    Case("one name in two schemas", lambda m: _schemas(m, "t", "a"), lambda m: _schemas(m, "u", "b")),
    Case(
        "a relation that is called like a schema",
        lambda m: _called_like_a_schema(m, "t"),
        lambda m: _called_like_a_schema(m, "u"),
    ),
    Case(
        "a table under others, and one in partitions",
        lambda m: _family(m, "above", "a"),
        lambda m: _family(m, "top", "b"),
    ),
    Case(
        "names as long as they can be",
        lambda m: m.table(Column(LONG[0] + "1", Integer, Identity(), CheckConstraint("id > 0")), name=LONG[1]),
        lambda m: m.table(
            Column(LONG[0] + "2", Integer, Identity(), CheckConstraint("id > 0"), info=renamed_from(LONG[0] + "1")),
            name=LONG[1][::-1],
            info=renamed_from(LONG[1]),
        ),
    ),
    Case(
        "under a stranger's view",
        lambda m: m.table(Column("a", Integer), name="old"),
        lambda m: m.table(Column("b", Integer, info=renamed_from("a")), name="new", info=renamed_from("old")),
        rows="INSERT INTO {s}.old VALUES (1, 2)",
        by_hand="DO $by$ BEGIN IF to_regclass('{s}.old') IS NOT NULL THEN CREATE VIEW {s}.theirs AS SELECT id, a FROM {s}.old; "
        "ELSE CREATE VIEW {s}.theirs AS SELECT id, b AS a FROM {s}.new; END IF; END $by$",
    ),
)
