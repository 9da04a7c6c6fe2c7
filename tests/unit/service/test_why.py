"""Whose an object is, what it is there for, what needs it, and which declarations give rights on it."""

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table, select

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftSimple
from pgcraft.models import (
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    ViewDefinition,
    register_grant,
    register_policy,
    register_role,
    register_view,
)
from pgcraft.service.why.explain import UNKNOWN, explain
from pgcraft.service.why.types import WhyAnswer
from pgcraft.service.why.words import describe_holder, describe_origins, describe_reason
from tests.unit.service.linting import load


def declare(metadata: MetaData, config: PGCraftConfig) -> None:
    docs = PGCraftSimple("docs", "app", metadata, [Column("name", String), Column("size", Integer)], config=config)
    PostgRESTView(docs, grants=["select", "update"])
    PGCraftAppendOnly("prices", "app", metadata, [Column("amount", Integer)], config=config)
    parts = Table(
        "parts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("doc", ForeignKey("app.docs.id", name="doc_key")),
        Column("owner", String),
        Column("count", Integer),
        CheckConstraint("count > 0", name="counted"),
        Index("by_owner", "owner"),
        schema="app",
    )
    register_policy(metadata, PolicyDefinition(schema="app", table="parts", name="own", using="owner = current_user"))
    view = ViewDefinition(
        schema="app", name="counts", query=select(parts.c.count), options=(("security_invoker", "true"),)
    )
    register_view(metadata, view)
    register_role(metadata, RoleDefinition(name="readers"))
    register_role(metadata, RoleDefinition(name="clerk", member_of=("readers",)))
    grant = GrantDefinition(privileges=("select",), to="readers", schema="app", name="parts", columns=("id", "owner"))
    register_grant(metadata, grant)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(declare).catalog


def ask(catalog: Catalog, text: str) -> WhyAnswer:
    return explain(catalog, parse_id(text))


def test_a_helper_leads_to_the_view_that_it_is_there_for(catalog: Catalog) -> None:
    answer = ask(catalog, "function app.app_docs_is_own(xid)")
    assert [
        "function api.api_docs_update() calls it",
        "trigger api_docs_update on api.docs calls it",
        "view api.docs has it",
    ] == [describe_reason(each) for each in answer.reasons]
    assert all(
        describe_origins(each.origins).startswith('PostgRESTView("docs") · extension') for each in answer.reasons
    )
    assert ["function api.api_docs_update()"] == [str(each) for each in answer.used_by]


def test_what_stands_for_itself_needs_no_reason_and_a_part_has_its_relation(catalog: Catalog) -> None:
    assert () == ask(catalog, "table app.docs").reasons
    assert ["table app.docs has it"] == [describe_reason(each) for each in ask(catalog, "column app.docs.name").reasons]
    grant = ask(catalog, "grant on view api.docs to anon")
    assert ["view api.docs is what it is on"] == [describe_reason(each) for each in grant.reasons]
    assert ["anon"] == [each.role for each in grant.holders]


def test_a_table_behind_a_resource_says_what_it_is_to_it(catalog: Catalog) -> None:
    roles = {item.role for item in catalog.objects if item.role}
    answers = [explain(catalog, item.id) for item in catalog.objects if item.role]
    assert roles == {answer.role for answer in answers}
    assert any("app.prices" in role for role in roles)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("app.parts.doc", ["constraint doc_key on app.parts"]),
        ("app.parts.owner", ["index by_owner on app.parts", "policy own on app.parts"]),
        ("app.parts.count", ["constraint counted on app.parts", "view app.counts"]),
        ("app.docs.size", ["function api.api_docs_update()", "view api.docs"]),
    ],
)
def test_what_names_a_column_uses_it(catalog: Catalog, column: str, expected: list[str]) -> None:
    assert expected == [str(each) for each in ask(catalog, f"column {column}").used_by]


def test_a_key_that_points_to_a_column_uses_it(catalog: Catalog) -> None:
    assert "constraint doc_key on app.parts" in map(str, ask(catalog, "column app.docs.id").used_by)


def test_rights_are_told_with_their_ways_their_rows_and_who_declared_them(catalog: Catalog) -> None:
    answer = ask(catalog, "table app.parts")
    assert ["clerk", "readers"] == [each.role for each in answer.holders]
    clerk = "\n".join(describe_holder(answer.holders[0]))
    assert "select (id, owner): granted to readers" in clerk
    assert "using owner = current_user" in clerk
    assert "by grant on table app.parts to readers: " in clerk


def test_of_a_column_the_rights_on_it_alone_are_told(catalog: Catalog) -> None:
    owner, count = ask(catalog, "column app.parts.owner"), ask(catalog, "column app.parts.count")
    assert [("owner",), ("owner",)] == [right.columns for each in owner.holders for right in each.reached.rights]
    assert "table app.parts" == str(owner.holds)
    assert () == count.holders


def test_what_nobody_claims_says_so(catalog: Catalog) -> None:
    assert (UNKNOWN,) == ask(catalog, "column app.parts.count").notes
    assert () == ask(catalog, "table app.docs").notes
