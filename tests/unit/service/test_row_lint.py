"""Lint tells where rows are open to everyone, to writes or to leaks, and which policies filter not at all or slowly."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, select

from pgcraft.catalog.definitions import Table as TableFacts
from pgcraft.catalog.objects import Catalog, Kind, make_catalog
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftSimple
from pgcraft.models import FunctionDefinition, PolicyDefinition, register_function, register_policy
from pgcraft.service.findings import LintChoice
from pgcraft.service.lint import lint
from pgcraft.views import PGCraftMaterializedView, PGCraftView
from tests.unit.service.linting import Declare, load

OWN = "name = current_user"


def api(*, policy: str = "", grants: Any = ("select",), filtered: bool = False, **options: Any) -> Declare:
    """Declare a resource with a view of the API, which may filter rows."""

    def declare(metadata: MetaData, config: PGCraftConfig) -> PGCraftSimple:
        docs = PGCraftSimple("docs", "app", metadata, [Column("name", String)], config=config)
        if policy:
            register_policy(metadata, PolicyDefinition(schema="app", table="docs", name="own", using=policy))
        if filtered:
            options["query"] = lambda q, t: q.where(t.c.name != "x")
        PostgRESTView(docs, grants=list(grants), **options)
        return docs

    return declare


def idle(metadata: MetaData, config: PGCraftConfig) -> None:
    docs = api()(metadata, config)
    PGCraftView("idle", "api", metadata, docs.table.select())


def kept(metadata: MetaData, config: PGCraftConfig) -> None:
    docs = PGCraftSimple("docs", "app", metadata, [Column("name", String)], config=config)
    register_policy(metadata, PolicyDefinition(schema="app", table="docs", name="own", using=OWN))
    view = PGCraftView("v", "app", metadata, select(docs.table.c.name))
    PGCraftMaterializedView("m", "app", metadata, select(view.table.c.name), bypass_row_security=True)


def policies(*given: dict[str, Any]) -> Declare:
    """Declare a table with policies, an index on one of its columns, and a function of each volatility."""

    def declare(metadata: MetaData, _config: PGCraftConfig) -> None:
        Table(
            "t",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("owner", String, index=True),
            Column("tenant", String),
            Column("is_open", Boolean),
            schema="s",
        )
        for volatility in ("volatile", "stable", "immutable"):
            made = FunctionDefinition(
                schema="s", name=volatility, returns="text", language="sql", body="SELECT 'x'", volatility=volatility
            )
            register_function(metadata, made)
        for at, options in enumerate(given):
            register_policy(metadata, PolicyDefinition(schema="s", table="t", name=f"p{at}", **options))

    return declare


def behind(metadata: MetaData, config: PGCraftConfig) -> None:
    PGCraftAppendOnly("docs", "app", metadata, [Column("name", String)], config=config)
    register_policy(metadata, PolicyDefinition(schema="app", table="docs", name="own", using=OWN))


CASES: dict[str, tuple[str, Declare, list[str]]] = {
    "unreachable": ("PGL301", idle, ["view api.idle is in an API schema, and nobody may use it"]),
    "reachable": ("PGL301", api(), []),
    "no policy": ("PGL302", api(), []),
    "asks its caller": ("PGL302", api(policy=OWN), []),
    "asks its owner": ("PGL302", api(policy=OWN, bypass_row_security=True), ["view api.docs shows or writes the rows"]),
    "keeps rows": (
        "PGL302",
        kept,
        ["materialized view app.m shows or writes the rows of everyone, past the policies of"],
    ),
    "takes any": (
        "PGL303",
        api(grants=("select", "insert", "update"), filtered=True),
        ["view api.docs filters rows, and an insert or update may make one"],
    ),
    "takes none": ("PGL303", api(grants=("select", "delete"), filtered=True), []),
    "checks": ("PGL303", api(grants=("select", "insert"), filtered=True, check_option=True), []),
    "leaks": ("PGL304", api(filtered=True), ["view api.docs filters rows, and a function in a reader's condition"]),
    "barrier": ("PGL304", api(filtered=True, security_barrier=True), []),
    "no filter": ("PGL304", api(grants=("select", "insert")), []),
    "anyone changes": (
        "PGL305",
        api(grants=("select", "update", "delete")),
        ["view api.docs lets whoever has not logged in update and delete every row of table app.docs"],
    ),
    "anyone adds": ("PGL305", api(grants=("select", "insert")), []),
    "guarded": ("PGL305", api(policy=OWN, grants=("select", "update")), []),
    "anyone sees": ("PGL306", api(), ["view api.docs gives anon every row of table app.docs: no row security there"]),
    "filtered": ("PGL306", api(policy=OWN), []),
    "writes all": ("PGL313", policies({"using": "(true)"}), ["policy p0 on s.t lets everyone write every row"]),
    "adds all": (
        "PGL313",
        policies({"command": "insert", "check": "true", "roles": ("w",)}),
        ["policy p0 on s.t lets w"],
    ),
    "sees all": ("PGL313", policies({"command": "select", "using": "true"}), []),
    "checked": ("PGL313", policies({"using": "true", "check": "owner = current_user"}), []),
    "of pgcraft's own": ("PGL313", behind, []),
    "takes away": ("PGL313", policies({"using": "true", "permissive": False}), []),
    "asked each time": (
        "PGL314",
        policies({"using": "tenant = current_setting('app.tenant', true) AND owner = s.stable()"}),
        ["policy p0 on s.t calls current_setting for every row", "policy p0 on s.t calls s.stable for every row"],
    ),
    "asked once": (
        "PGL314",
        policies({"using": "tenant = (SELECT nullif(current_setting('app.tenant'), '')) AND owner = s.immutable()"}),
        [],
    ),
    "of the row": ("PGL314", policies({"using": "pg_has_role(owner, 'MEMBER')"}), []),
    "in the check": (
        "PGL314",
        policies({"command": "insert", "check": "owner = s.volatile()"}),
        ["policy p0 on s.t calls"],
    ),
    "in a string": ("PGL314", policies({"using": "owner = 'current_setting(1)'"}), []),
    "no index": (
        "PGL204",
        policies({"using": "tenant = current_user OR is_open = true"}, {"using": "'x' = tenant", "command": "select"}),
        ["policy p0 on s.t compares tenant, which no index begins with"],
    ),
    "an index": ("PGL204", policies({"using": "(owner)::text = current_user"}), []),
    "of another table": ("PGL204", policies({"using": "id IN (SELECT 1 FROM x WHERE tenant = current_user)"}), []),
    "of new rows": ("PGL204", policies({"command": "insert", "check": "tenant = current_user"}), []),
    "several": (
        "PGL315",
        policies({"using": "id > 1", "roles": ("a",)}, {"using": "id > 2", "command": "select"}),
        ["table s.t has several permissive policies for SELECT of one role: p0, p1"],
    ),
    "of several roles": (
        "PGL315",
        policies({"using": "id > 1", "roles": ("a",)}, {"using": "id > 2", "roles": ("b",)}),
        [],
    ),
    "of several commands": (
        "PGL315",
        policies({"using": "id > 1", "command": "delete"}, {"using": "id > 2", "command": "select"}),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_open_or_slow_is_told_and_nothing_else(case: str) -> None:
    code, declare, expected = CASES[case]
    found = lint(load(declare), LintChoice(select=(code,)))
    told = [finding.message for finding in found]
    assert [len(expected), expected] == [
        len(told),
        [text[: len(want)] for want, text in zip(expected, told, strict=False)],
    ], told
    assert all(finding.remedy for finding in found)


def switch(catalog: Catalog, **facts: Any) -> Catalog:
    """Return a catalog whose tables have other facts, as somebody's database may."""
    items = (
        replace(item, definition=replace(item.defined_as(TableFacts), **facts)) if item.id.kind is Kind.TABLE else item
        for item in catalog.objects
    )
    return make_catalog(items)


@pytest.mark.parametrize(
    ("code", "given", "row_security"),
    [("PGL311", ({"using": "id > 1"},), False), ("PGL312", (), True)],
)
def test_policies_and_row_security_go_together(
    code: str, given: tuple[dict[str, Any], ...], row_security: bool
) -> None:
    loaded = load(policies(*given))
    (found,) = lint(replace(loaded, catalog=switch(loaded.catalog, row_security=row_security)), LintChoice((code,)))
    assert found.target is not None
    assert not lint(loaded, LintChoice((code,)))
