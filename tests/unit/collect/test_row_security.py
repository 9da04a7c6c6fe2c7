"""What reads or writes a table under row security asks as its caller, and nothing else does."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from pgcraft.catalog.definitions import Function, View
from pgcraft.catalog.definitions import Table as TableDefinition
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.models import (
    FunctionDefinition,
    GeneratedFunction,
    Need,
    PolicyDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_policy,
    register_trigger,
    register_view,
)

INVOKER = ("security_invoker", "true")
DOCS, LOG = ("app", "docs"), ("app", "log")


@pytest.fixture
def metadata() -> MetaData:
    """Of three tables, two are under row security."""
    made = MetaData()
    for schema, name in (DOCS, LOG, ("public", "notes")):
        Table(name, made, Column("body", Text), schema=schema)
    for schema, name in (DOCS, ("public", "notes")):
        register_policy(made, PolicyDefinition(schema=schema, table=name, name="own", using="true"))
    return made


def add_view(metadata: MetaData, name: str, query: str, **facts: object) -> None:
    register_view(metadata, ViewDefinition(schema="api", name=name, query=query, **facts))  # type: ignore[arg-type]


def add_function(metadata: MetaData, name: str, body: str = "BEGIN END", **facts: object) -> None:
    given = {"schema": "app", "name": name, "returns": "trigger", "body": body, "security_definer": True} | facts
    register_function(metadata, FunctionDefinition(**given))  # type: ignore[arg-type]


def add_trigger(metadata: MetaData, view: str, function: str, timing: str = "instead of", schema: str = "api") -> None:
    facts = {"schema": schema, "relation": view, "name": function, "timing": timing, "events": "insert"}
    register_trigger(metadata, TriggerDefinition(**facts, function=("app", function)))  # type: ignore[arg-type]


def asking(metadata: MetaData) -> set[str]:
    """Give the names of the views that ask as their reader, and of the functions that run as their caller."""
    catalog = collect(metadata)
    views = {item.id.name for item in catalog.of_kind(Kind.VIEW) if INVOKER in item.defined_as(View).options}
    functions = catalog.of_kind(Kind.FUNCTION)
    return views | {item.id.name for item in functions if not item.defined_as(Function).security_definer}


def test_tables_are_guarded_where_they_have_a_policy_and_forced_where_one_says_so(metadata: MetaData) -> None:
    policy = PolicyDefinition(schema="app", table="docs", name="more", using="true", force=True)
    register_policy(metadata, policy)
    found = {item.id.name: item.defined_as(TableDefinition) for item in collect(metadata).of_kind(Kind.TABLE)}
    assert {"docs": (True, True), "log": (False, False), "notes": (True, False)} == {
        name: (table.row_security, table.force_row_security) for name, table in found.items()
    }


def test_views_ask_as_their_reader_however_deep_and_whatever_their_order(metadata: MetaData) -> None:
    for name, query in {
        "a_outermost": "TABLE api.m_outer",
        "m_outer": "TABLE api.z_inner",
        "z_inner": "SELECT body FROM app.docs",
        "bare": "SELECT body FROM notes",
        "other": "SELECT body FROM app.log",
    }.items():
        add_view(metadata, name, query)
    add_view(metadata, "told", "SELECT 1", depends_on=(DOCS,))
    assert {"a_outermost", "m_outer", "z_inner", "bare", "told"} == asking(metadata)


@pytest.mark.parametrize("value", ["true", "on", "1"])
def test_a_view_keeps_its_other_options(metadata: MetaData, value: str) -> None:
    options = {"security_invoker": value, "security_barrier": "true", "check_option": "local"}
    add_view(metadata, "docs", "SELECT body FROM app.docs", options=options)
    (item,) = collect(metadata).of_kind(Kind.VIEW)
    assert (("check_option", "local"), ("security_barrier", "true"), INVOKER) == item.defined_as(View).options


def test_a_function_that_says_what_it_needs_runs_as_its_caller(metadata: MetaData) -> None:
    add_view(metadata, "docs", "SELECT body FROM app.docs")
    for name, relation in {"table": DOCS, "view": ("api", "docs"), "other": LOG}.items():
        add_function(metadata, name, needs=(Need("insert", relation),))
    add_function(metadata, "on_purpose", needs=(Need("insert", DOCS),), bypass_row_security=True)
    assert {"docs", "table", "view"} == asking(metadata)


def test_what_reads_the_written_row_back_from_a_view_runs_as_its_caller(metadata: MetaData) -> None:
    add_view(metadata, "docs", "SELECT body FROM app.docs")
    for name in ("writes", "looks"):
        add_function(metadata, name, needs=(Need("insert", LOG),))
    add_trigger(metadata, "docs", "writes")
    add_trigger(metadata, "docs", "looks", timing="before", schema="app")
    assert {"docs", "writes"} == asking(metadata)


def test_what_says_that_it_bypasses_stays_as_its_owner(metadata: MetaData) -> None:
    facts = {"bypass_row_security": True}
    add_view(metadata, "docs", "SELECT body FROM app.docs", **facts)
    add_view(metadata, "over", "SELECT body FROM api.docs")
    add_function(metadata, "reads", "BEGIN PERFORM body FROM app.docs; END", **facts)
    register_function(
        metadata,
        GeneratedFunction(
            schema="app", name="made", body="BEGIN END", security_definer=True, depends_on=(DOCS,), **facts
        ),
    )
    assert set() == asking(metadata)


def test_what_calls_a_function_that_reads_as_its_caller_is_fine_where_it_does_so_too(metadata: MetaData) -> None:
    add_function(metadata, "inner", "BEGIN PERFORM body FROM app.docs; END", security_definer=False)
    add_function(metadata, "outer", "BEGIN PERFORM app.inner(); END", security_definer=False)
    add_view(metadata, "called", "SELECT app.outer() AS n")
    add_function(metadata, "far", "BEGIN PERFORM app.other(); END")
    assert {"inner", "outer"} == asking(metadata)


def test_names_on_the_path_of_a_function_count_only_where_its_path_has_their_schema(metadata: MetaData) -> None:
    for name, path in {"elsewhere": "lib, pg_temp", "pinned": "pg_catalog"}.items():
        add_function(metadata, name, "BEGIN PERFORM body FROM docs; END", settings={"search_path": path})
    add_function(metadata, "no_such", "BEGIN PERFORM docs2; END", settings={"search_path": '"app", pg_temp'})
    assert set() == asking(metadata)
