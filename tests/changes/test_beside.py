"""Owners of tables, sequences and types, and comments of what has no word for one."""

from typing import Any

from sqlalchemy import Column, Enum, Index, Integer, Sequence, Text
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.models import (
    CompositeDefinition,
    RangeDefinition,
    SchemaDefinition,
    register_composite,
    register_range,
    register_schema,
)
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

OWNER = 'owner "%s" :x'
OWNED = (("table", None), ("sequence", 's "x"'), *(("type", name) for name in ("e", 'd "x"', "c", "r")))


def beside(name: str, before: Any, after: Any, **facts: Any) -> Case:
    """Return a case of what is said beside one of each kind."""

    def build(say: Any) -> Any:
        return lambda m: (_make(m), say(m))

    return Case(name, build(before), build(after), **facts)


def _make(m: Models, *values: str, text: Any = Text) -> None:
    m.role(OWNER)
    m.role("other")
    state = Enum(*(values or ("a", "b")), name="e", schema=m.schema)
    word = DOMAIN('d "x"', text, schema=m.schema)
    m.table(Column("a", Integer), Column("e", state), Column("w", word), Index('i "x"', "a"))
    Sequence('s "x"', schema=m.schema, metadata=m.metadata)
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name="c", attributes={"a": "text"}))
    register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="text"))
    m.view("SELECT id, a FROM {t}")
    m.view("SELECT id, a FROM {t}", name="k", is_materialized=True)


def _own(owner: str) -> Any:
    return lambda m: [m.owner(f"{m.tag} {owner}", name, on) for on, name in OWNED]


def _comment(text: str) -> Any:
    def say(m: Models) -> None:
        m.comment("index", 'i "x"', text, m.name)
        m.comment("sequence", 's "x"', text)
        m.comment("type", "e", text)
        m.comment("column", "a", text, "v")
        m.comment("column", "a", text, "k")

    return say


def _grant_to_owners(m: Models, owner: str) -> None:
    """Give everything to one of two roles that have grants on all of it."""
    roles = [m.role(name) for name in ("one", "two")]
    register_schema(m.metadata, SchemaDefinition(name=m.schema, owner=f"{m.tag} {owner}"))
    m.table(name="t")
    Sequence("s", schema=m.schema, metadata=m.metadata)
    m.view("SELECT id FROM {s}.t", owner=f"{m.tag} {owner}")
    m.function("SELECT 1", owner=f"{m.tag} {owner}", revoke_public=True)
    m.owner(f"{m.tag} {owner}", "t")
    m.owner(f"{m.tag} {owner}", "s", "sequence")
    for to in (*roles, "postgres"):
        m.grant(to, "usage", on="schema", name=None)
        m.grant(to, "usage", on="sequence", name="t_id_seq")
        m.grant(to, "usage", on="sequence", name="s")
        m.grant(to, "execute", on="function", name="f")
        m.grant(to, "select", name="v")
        m.grant(to, "insert", name="t")


def _grant_to_who_deploys(m: Models) -> None:
    m.table(name="t")
    m.grant("postgres", "select", name="t")


def _nothing(m: Models) -> None:
    """Say nothing."""


def _types(m: Models, comment: str | None, *values: str) -> None:
    m.table(
        Column("a", DOMAIN("a", Integer if comment else Text, schema=m.schema)),
        Column("b", Enum(*values, name="b", schema=m.schema)),
    )
    if comment:
        m.comment("type", "b", comment)


CASES = (
    beside("everything gets an owner", _nothing, _own(OWNER)),
    beside("everything gets another owner", _own(OWNER), _own("other")),
    Case(
        "things come with their owners",
        lambda m: (m.role(OWNER), m.role("other")),
        lambda m: (_make(m), _own(OWNER)(m)),
    ),
    Case(
        "things go with their owners",
        lambda m: (_make(m), _own(OWNER)(m)),
        lambda m: (m.role(OWNER), m.role("other")),
        is_filled=False,
    ),
    Case(
        "owners stay as an enumerated type loses a value, and a domain is made of another type",
        lambda m: (_make(m, "a", "b", "c"), _own(OWNER)(m)),
        lambda m: (_make(m, "a", "b", text=Integer), _own(OWNER)(m)),
        is_filled=False,
    ),
    Case(
        "owners change places with roles that something was granted to",
        lambda m: _grant_to_owners(m, "one"),
        lambda m: _grant_to_owners(m, "two"),
    ),
    Case(
        "who deploys is granted what it owns",
        _grant_to_who_deploys,
        lambda m: (_grant_to_who_deploys(m), m.function("SELECT 1")),
    ),
    beside(
        "somebody has given everything away, and commented it",
        _nothing,
        lambda m: m.function("SELECT 1"),
        by_hand="ALTER TABLE {t} OWNER TO pg_monitor; COMMENT ON TYPE {s}.e IS 'x';"
        ' ALTER SEQUENCE {s}."s ""x""" OWNER TO pg_monitor; ALTER TYPE {s}.c OWNER TO pg_monitor;'
        " COMMENT ON COLUMN {s}.k.a IS 'it''s'; COMMENT ON COLUMN {s}.v.id IS 'it''s'",
    ),
    beside("everything gets a comment", _nothing, _comment(HOSTILE_COMMENT)),
    beside("every comment changes", _comment("x"), _comment(HOSTILE_COMMENT)),
    beside("every comment goes", _comment(HOSTILE_COMMENT), _nothing),
    Case(
        "comments come with what they are of",
        lambda m: m.role("other"),
        lambda m: (_make(m), _comment("x")(m)),
    ),
    Case(
        "a comment changes as an enumerated type gets a value",
        lambda m: (_make(m, "a"), _comment("x")(m)),
        lambda m: (_make(m, "b", "a"), _comment("y")(m)),
    ),
    Case(
        "the comment of an enumerated type goes as that loses a value, after another type",
        lambda m: _types(m, "c", "a", "b"),
        lambda m: _types(m, None, "a"),
        is_filled=False,
    ),
    Case(
        "a comment stays as an enumerated type loses a value",
        lambda m: (_make(m, "a", "b"), _comment("x")(m)),
        lambda m: (_make(m, "a"), _comment("x")(m)),
        is_filled=False,
    ),
)


@each_of(CASES)
def test_beside(case: Case, changes: Changes) -> None:
    changes.check(case)
