"""Owners and comments that are declared apart from what they are of."""

from typing import Any

import pytest
from sqlalchemy import Column, Enum, Integer, MetaData, Sequence, Table

from pgcraft.catalog import definitions
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    CommentDefinition,
    OwnerDefinition,
    RoleDefinition,
    ViewDefinition,
    register_comment,
    register_owner,
    register_role,
    register_view,
)


def models() -> MetaData:
    metadata = MetaData()
    Table(
        "t", metadata, Column("a", Integer, index=True), Column("e", Enum("x", name="mood", schema="app")), schema="app"
    )
    Sequence("s", schema="app", metadata=metadata)
    register_role(metadata, RoleDefinition(name="keeper"))
    register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT a FROM app.t"))
    return metadata


@pytest.mark.parametrize(
    ("on", "line"), [("table", "table app.t"), ("sequence", "sequence app.s"), ("type", "enum app.mood")]
)
def test_an_owner_is_given_and_there_before(on: str, line: str) -> None:
    metadata = models()
    name = parse_id(line).name
    register_owner(metadata, OwnerDefinition(on=on, schema="app", name=name, owner="keeper"))
    found = collect(metadata).by_id[parse_id(line)]
    assert "keeper" == getattr(found.definition, "owner", None)
    assert parse_id("role keeper") in found.depends_on


COMMENTED = {
    "index ix_app_t_a on app.t": {"on": "index", "relation": "t"},
    "sequence app.s": {"on": "sequence"},
    "enum app.mood": {"on": "type"},
}


@pytest.mark.parametrize("line", COMMENTED)
def test_a_comment_is_given(line: str) -> None:
    metadata = models()
    facts: dict[str, Any] = COMMENTED[line]
    register_comment(metadata, CommentDefinition(schema="app", name=parse_id(line).name, comment="it's", **facts))
    assert "it's" == getattr(collect(metadata).by_id[parse_id(line)].definition, "comment", None)


def test_a_column_of_a_view_is_commented() -> None:
    metadata = models()
    register_comment(metadata, CommentDefinition(on="column", schema="app", relation="v", name="a", comment="x"))
    (view,) = collect(metadata).of_kind(Kind.VIEW)
    assert (("a", "x"),) == view.defined_as(definitions.View).column_comments


@pytest.mark.parametrize("on", ["table", "sequence", "type", "index", "column"])
def test_what_the_models_do_not_declare_is_no_target(on: str) -> None:
    metadata = models()
    relation = {"relation": "t"} if on in ("index", "column") else {}
    if on == "table":
        register_owner(metadata, OwnerDefinition(schema="app", name="nothing", owner="keeper"))
    else:
        register_comment(metadata, CommentDefinition(on=on, schema="app", name="nothing", comment="x", **relation))
    with pytest.raises(PGCraftValidationError) as raised:
        collect(metadata)
    assert "PGC165" == raised.value.code
    assert f"is about {on} app.nothing, which the models do not declare" in raised.value.what
    assert raised.value.place is not None
    assert raised.value.place.file.endswith("test_beside.py")


@pytest.mark.parametrize(("on", "relation"), [("index", None), ("sequence", "t")])
def test_a_part_is_named_with_its_relation_and_nothing_else_is(on: str, relation: str | None) -> None:
    with pytest.raises(PGCraftValidationError, match="PGC156"):
        CommentDefinition(on=on, schema="app", name="x", comment="x", relation=relation)
