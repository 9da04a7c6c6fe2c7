"""Names that change places, or move on in a ring, in one revision."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CheckConstraint, Column, Enum, Index, Integer, Sequence, Table, Text

from pgcraft.models import (
    CompositeDefinition,
    PGCraftNamedType,
    RangeDefinition,
    RenameDefinition,
    SchemaDefinition,
    register_composite,
    register_range,
    register_rename,
    register_schema,
    renamed_from,
)
from tests.changes.cases import Case, Models

Names = Mapping[str, str]
"""What each is called."""


def _info(name: str, new: str) -> dict[str, Any]:
    return {} if name == new else {"info": renamed_from(name)}


def _was(name: str, new: str) -> dict[str, Any]:
    return {} if name == new else {"renamed_from": name}


def _tables(m: Models, n: Names) -> None:
    """Declare three tables and their columns, which are told apart by nothing but their rows and what reads them."""
    a, b, c = n["a"], n["b"], n["c"]
    for name in "abc":
        m.table(
            Column(a, Integer, index=name == "a", **_info("a", a)),
            Column(b, Integer, **_info("b", b)),
            Column(c, Integer, **_info("c", c)),
            CheckConstraint(f"{a} > 0", name="ck"),
            name=n[name],
            comment=f"was {name}",
            **_info(name, n[name]),
        )
        m.view(f"SELECT id, {a} AS a, {b} AS b, {c} AS c FROM {{s}}.{n[name]}", name=f"of {name}")
    m.grant(m.role("reader"), "select", name=n["a"])
    m.function(f"SELECT max({a}) FROM {{s}}.{n['a']}")


def _code(m: Models, n: Names) -> None:
    """Declare two of each kind of which one revision can rename both."""
    m.table(
        Column("x", Integer),
        CheckConstraint("x > 0", name=n["a"], **_info("a", n["a"])),
        CheckConstraint("x > 1", name=n["b"], **_info("b", n["b"])),
        Index(f"i{n['a']}", "x", **_info("ia", f"i{n['a']}")),
        Index(f"i{n['b']}", m.text("(x + 1)"), **_info("ib", f"i{n['b']}")),
    )
    for number, name in enumerate("ab"):
        new = n[name]
        m.view(f"SELECT id + {number} AS id FROM {{t}}", name=f"v{new}", **_was(f"v{name}", f"v{new}"))
        m.function(f"SELECT {number}", name=f"f{new}", **_was(f"f{name}", f"f{new}"))
        m.trigger_function(name=f"t{new}", **_was(f"t{name}", f"t{new}"))
        m.trigger(new, function=(m.schema, f"t{new}"), when=f"NEW.x > {number}", **_was(name, new))
        m.policy(new, using=f"x > {number}", **_was(name, new))
        Sequence(f"s{new}", metadata=m.metadata, schema=m.schema, start=number + 5)
        if new != name:
            register_rename(
                m.metadata,
                RenameDefinition(kind="sequence", schema=m.schema, name=f"s{new}", renamed_from=f"s{name}"),
            )
    m.view(f"SELECT id, {{s}}.f{n['a']}() AS f FROM {{s}}.v{n['a']}", name="above")


def _types(m: Models, n: Names) -> None:
    """Declare types that change places, and values and attributes inside."""
    glad, sad = ("glad", "sad") if n["a"] == "a" else ("sad", "glad")
    moods = [Enum(glad, sad, str(number), name=f"e{n[name]}", schema=m.schema) for number, name in enumerate("ab")]
    for name in "ab":
        register_composite(
            m.metadata,
            CompositeDefinition(schema=m.schema, name=f"c{n[name]}", attributes={n["a"]: "text", n["b"]: "integer"},
                                **_was(f"c{name}", f"c{n[name]}")),
        )  # fmt: skip
        register_range(
            m.metadata,
            RangeDefinition(schema=m.schema, name=f"r{n[name]}", subtype="integer", multirange=f"m{n[name]}",
                            **_was(f"r{name}", f"r{n[name]}")),
        )  # fmt: skip
        if n["a"] != "a":
            said: dict[str, Any] = {"kind": "enum", "schema": m.schema, "renamed_from": f"e{name}"}
            inside = {"glad": "sad", "sad": "glad"}
            register_rename(m.metadata, RenameDefinition(name=f"e{n[name]}", inside=inside, **said))
            inside = {n["a"]: "a", n["b"]: "b"}
            said = {"kind": "composite", "schema": m.schema, "name": f"c{n[name]}"}
            register_rename(m.metadata, RenameDefinition(inside=inside, **said))
    m.table(
        Column("e", moods[0], server_default=glad),
        Column("c", PGCraftNamedType(f"c{n['b']}", schema=m.schema)),
        Column("r", PGCraftNamedType(f"r{n['a']}", schema=m.schema)),
        CheckConstraint(m.text(f"e <> '{sad}' OR (c).{n['b']} > 0"), name="ck"),
    )
    Table("second", m.metadata, Column("e", moods[1], server_default="1"), schema=m.schema)
    m.function("SELECT 1", arguments=f"n {{s}}.e{n['a']}")


def _schemas(m: Models, *, is_after: bool) -> None:
    """Declare tables of one name in two schemas, and one that stays where one of them passes."""
    other = f"{m.schema} b"
    register_schema(m.metadata, SchemaDefinition(name=other))
    here, there = (other, m.schema) if is_after else (m.schema, other)

    def was(name: str, schema: str) -> dict[str, Any]:
        return {"info": renamed_from(name, schema=schema)} if is_after else {}

    Table("t", m.metadata, Column("a", Integer, index=True), schema=here, **was("t", there))
    Table("t", m.metadata, Column("b", Text), schema=there, **was("t", here))
    Table("goes" if is_after else "u", m.metadata, Column("c", Integer), schema=here, **was("u", there))
    Table("u", m.metadata, Column("d", Integer), schema=other)
    Table("goes", m.metadata, Column("d", Integer), schema=m.schema)


PLAIN = {name: name for name in "abc"}
SWAPPED = {"a": "b", "b": "a", "c": "c"}
TURNED = {"a": "b", "b": "c", "c": "a"}

SWAPS = (
    Case("two tables and two columns change places", lambda m: _tables(m, PLAIN), lambda m: _tables(m, SWAPPED)),
    Case("names move on in a ring", lambda m: _tables(m, PLAIN), lambda m: _tables(m, TURNED)),
    Case(
        "code and constraints change places",
        lambda m: _code(m, PLAIN),
        lambda m: _code(m, SWAPPED),
        counts_anew=True,
    ),
    Case("types, values and attributes change places", lambda m: _types(m, PLAIN), lambda m: _types(m, SWAPPED)),
    Case(
        "tables change places across schemas",
        lambda m: _schemas(m, is_after=False),
        lambda m: _schemas(m, is_after=True),
    ),
)
