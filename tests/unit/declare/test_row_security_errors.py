"""What cannot hold a policy says so, with the place in the user's file; and a word of the user passes it by."""

from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, func, select

from pgcraft.catalog.definitions import Function, Table, View
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple
from pgcraft.ledger.events import LedgerEvent
from pgcraft.models import (
    FunctionDefinition,
    PolicyDefinition,
    ViewDefinition,
    register_function,
    register_policy,
    register_view,
)
from pgcraft.plugins.ledger import DoubleEntryPlugin, DoubleEntryTriggerPlugin, LedgerBalanceCheckPlugin
from pgcraft.views import BalanceView, LedgerActions, PGCraftMaterializedView, PGCraftView

FACTORIES = (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger)


def declare(factory: Any = PGCraftSimple, *, force: bool = False, **options: Any) -> Any:
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    metadata = MetaData()
    made = factory("docs", "app", metadata, [Column("tenant", String)], config=config, **options)
    policy = PolicyDefinition(schema="app", table="docs", name="own", using="tenant = current_user", force=force)
    register_policy(metadata, policy)
    return made


def refusal(metadata: MetaData) -> PGCraftValidationError:
    with pytest.raises(PGCraftValidationError) as caught:
        collect(metadata)
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_row_security_errors.py")
    return caught.value


def options_of(metadata: MetaData, schema: str, name: str) -> tuple[tuple[str, str], ...]:
    found = next(
        item for item in collect(metadata).of_kind(Kind.VIEW) if (item.id.schema, item.id.name) == (schema, name)
    )
    return found.defined_as(View).options


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_materialized_view_over_a_secured_resource_is_refused(factory: Any) -> None:
    docs = declare(factory)
    PGCraftMaterializedView("kept", "app", docs.ctx.metadata, select(docs.table.c.tenant))
    error = refusal(docs.ctx.metadata)
    assert error.code == "PGC161"
    assert 'policy "own" of app.docs' in error.what
    assert "materialized view app.kept" in error.what
    assert "bypass_row_security=True" in error.remedy


def test_a_materialized_view_behind_other_views_is_refused() -> None:
    docs = declare()
    inner = PGCraftView("inner", "app", docs.ctx.metadata, select(docs.table.c.tenant))
    PGCraftMaterializedView("kept", "app", docs.ctx.metadata, select(func.count().label("n")).select_from(inner.table))
    assert "app.kept" in refusal(docs.ctx.metadata).what


def test_the_users_word_lets_it_pass() -> None:
    docs = declare()
    metadata = docs.ctx.metadata
    PGCraftMaterializedView("kept", "app", metadata, select(docs.table.c.tenant), bypass_row_security=True)
    PGCraftView("seen", "app", metadata, select(docs.table.c.tenant), bypass_row_security=True)
    PostgRESTView(docs, grants=["select", "insert"], bypass_row_security=True)
    assert options_of(metadata, "app", "seen") == options_of(metadata, "api", "docs") == ()
    functions = [item.defined_as(Function) for item in collect(metadata).of_kind(Kind.FUNCTION)]
    assert [function.security_definer for function in functions] == [True]


@pytest.mark.parametrize("query", ["SELECT tenant FROM app.docs", "SELECT d.tenant FROM ONLY app.docs d"])
def test_a_view_in_text_asks_as_its_reader(query: str) -> None:
    metadata = declare().ctx.metadata
    register_view(metadata, ViewDefinition(schema="app", name="texts", query=query))
    PGCraftView("outer", "app", metadata, "SELECT * FROM app.texts")
    assert (
        options_of(metadata, "app", "texts") == options_of(metadata, "app", "outer") == (("security_invoker", "true"),)
    )


def test_a_view_that_is_told_to_ask_as_its_owner_is_refused() -> None:
    metadata = declare().ctx.metadata
    options = (("security_invoker", "false"),)
    register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT 1 FROM app.docs", options=options))
    assert refusal(metadata).code == "PGC161"


@pytest.mark.parametrize(
    ("body", "settings"),
    [
        ("BEGIN RETURN (SELECT count(*) FROM app.docs); END", ()),
        ("BEGIN RETURN (SELECT count(*) FROM docs); END", (("search_path", "app, pg_temp"),)),
        ("DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM app.docs' INTO n; RETURN n; END", ()),
        ('DECLARE n bigint; BEGIN EXECUTE format($q$ SELECT %s FROM "app".docs $q$, 1) INTO n; RETURN n; END', ()),
    ],
)
def test_a_definer_function_that_names_the_table_is_refused(body: str, settings: tuple[tuple[str, str], ...]) -> None:
    metadata = declare().ctx.metadata
    given = {"schema": "app", "name": "f", "returns": "bigint", "body": body, "settings": settings}
    register_function(metadata, FunctionDefinition(**given, security_definer=True))
    error = refusal(metadata)
    assert error.code == "PGC161"
    assert "function app.f()" in error.what


def test_what_reads_the_table_by_a_call_runs_as_the_owner_of_the_caller() -> None:
    """A function with its caller's rights, called by one with its owner's, reads as that owner; through a view, too."""
    for call in (
        sql_function("api", "f", "SELECT app.seen()", security_definer=True),
        sql_function("api", "f", "SELECT n FROM app.one", security_definer=True),
        ViewDefinition(schema="app", name="kept", query="SELECT app.seen() AS n", is_materialized=True),
        ViewDefinition(schema="app", name="kept", query="SELECT n FROM app.one", is_materialized=True),
    ):
        metadata = declare().ctx.metadata
        register_function(metadata, sql_function("app", "inner", "SELECT count(*) FROM app.docs"))
        register_function(metadata, sql_function("app", "seen", "SELECT app.inner()"))
        register_view(metadata, ViewDefinition(schema="app", name="one", query="SELECT app.seen() AS n"))
        collect(metadata)
        if isinstance(call, ViewDefinition):
            register_view(metadata, call)
        else:
            register_function(metadata, call)
        assert refusal(metadata).code == "PGC161"


def sql_function(schema: str, name: str, body: str, *, security_definer: bool = False) -> FunctionDefinition:
    return FunctionDefinition(
        schema=schema, name=name, returns="bigint", body=body, language="sql", security_definer=security_definer
    )


def test_a_function_with_its_callers_rights_is_fine() -> None:
    metadata = declare().ctx.metadata
    body = "BEGIN RETURN (SELECT count(*) FROM app.docs); END"
    register_function(metadata, FunctionDefinition(schema="app", name="f", returns="bigint", body=body))
    collect(metadata)


@pytest.mark.parametrize(
    ("table", "told"),
    [("seen", "is a view"), ("dosc", "neither a table nor a resource"), ("docs_history", "is a view")],
)
def test_a_policy_for_what_is_no_resource_is_refused(table: str, told: str) -> None:
    docs = declare(PGCraftAppendOnly)
    PGCraftView("seen", "app", docs.ctx.metadata, select(docs.table.c.tenant))
    register_policy(docs.ctx.metadata, PolicyDefinition(schema="app", table=table, name="p", using="true"))
    error = refusal(docs.ctx.metadata)
    assert error.code == "PGC160"
    assert told in error.what


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"command": "read", "using": "true"}, 'command "read"'),
        ({"command": "insert", "using": "true"}, "insert and has using"),
        ({"command": "delete", "using": "true", "check": "true"}, "delete and has check"),
    ],
)
@pytest.mark.parametrize("factory", FACTORIES)
def test_a_policy_that_postgresql_would_refuse_is_refused(factory: Any, given: dict[str, Any], told: str) -> None:
    docs = declare(factory)
    register_policy(docs.ctx.metadata, PolicyDefinition(schema="app", table="docs", name="wrong", **given))
    error = refusal(docs.ctx.metadata)
    assert error.code == "PGC164"
    assert told in error.what


@pytest.mark.parametrize(
    "plugins", [[LedgerBalanceCheckPlugin(["tenant"])], [DoubleEntryPlugin(), DoubleEntryTriggerPlugin()]]
)
def test_a_forced_policy_and_a_check_that_must_see_every_row_are_refused(plugins: list[Any]) -> None:
    ledger = declare(PGCraftLedger, force=True, extra_plugins=plugins)
    error = refusal(ledger.ctx.metadata)
    assert error.code == "PGC162"
    assert "force=True" in error.what
    collect(declare(PGCraftLedger, extra_plugins=plugins).ctx.metadata)


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_forced_policy_alone_is_fine(factory: Any) -> None:
    catalog = collect(declare(factory, force=True).ctx.metadata)
    assert any(item.defined_as(Table).force_row_security for item in catalog.of_kind(Kind.TABLE))


def test_events_and_balances_of_a_ledger_ask_as_their_caller() -> None:
    ledger = declare(PGCraftLedger)
    metadata = ledger.ctx.metadata
    BalanceView(ledger, ["tenant"])
    event = LedgerEvent("add", lambda p: select(p("tenant", String), func.length("x").label("value")))
    LedgerActions(ledger, [event])
    assert options_of(metadata, "app", "docs_balances") == (("security_invoker", "true"),)
    found = {item.id.name: item.defined_as(Function) for item in collect(metadata).of_kind(Kind.FUNCTION)}
    assert not found["app_docs_add"].security_definer


def test_without_a_policy_everything_is_as_it_was() -> None:
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    metadata = MetaData()
    docs = PGCraftSimple("docs", "app", metadata, [Column("tenant", String)], config=config)
    PostgRESTView(docs, grants=["select", "insert"])
    PGCraftMaterializedView("kept", "app", metadata, select(docs.table.c.tenant))
    assert options_of(metadata, "api", "docs") == ()
    functions = [item.defined_as(Function) for item in collect(metadata).of_kind(Kind.FUNCTION)]
    assert [function.security_definer for function in functions] == [True]
