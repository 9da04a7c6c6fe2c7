"""What a role gets beside a grant on a view that asks as its reader: what stands behind it, and no more."""

from collections.abc import Sequence

import pytest
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, text
from sqlalchemy import Sequence as SASequence

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    Need,
    PolicyDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_policy,
    register_trigger,
    register_view,
)

DOCS = ("app", "docs")


def declare(using: str = "tenant = 'x'", *, schema: str = "app") -> MetaData:
    """A table under row security, and a view over it that asks as its reader."""
    metadata = MetaData()
    Table(
        "docs",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("tenant", Text),
        Column("body", Text),
        schema=schema,
    )
    register_policy(metadata, PolicyDefinition(schema=schema, table="docs", name="own", using=using))
    add_view(metadata, "docs", f"SELECT id, body FROM {schema}.docs")
    return metadata


def add_view(metadata: MetaData, name: str, query: str, **facts: object) -> None:
    register_view(metadata, ViewDefinition(schema="api", name=name, query=query, **facts))  # type: ignore[arg-type]


def add_function(metadata: MetaData, name: str, body: str = "BEGIN END", **facts: object) -> None:
    given = {"schema": "app", "name": name, "returns": "integer", "body": body} | facts
    register_function(metadata, FunctionDefinition(**given))  # type: ignore[arg-type]


def derived(metadata: MetaData, *privileges: str, to: str = "anon", **facts: object) -> dict[str, str]:
    """Give what a grant on the view brings with it, by what each right is on."""
    given = {"privileges": privileges, "to": to, "schema": "api", "name": "docs"} | facts
    register_grant(metadata, GrantDefinition(**given))  # type: ignore[arg-type]
    found = {}
    for item in collect(metadata).of_kind(Kind.GRANT):
        grant = item.defined_as(Grant)
        columns = (f"{privilege} {column}" for privilege, column in grant.columns)
        if item.role:
            assert item.role == f"needed for {given['schema']}.{given['name']}"
            found[str(item.id).removeprefix("grant on ")] = ", ".join((*grant.privileges, *columns))
    return found


def on_docs(rights: str, **others: str) -> dict[str, str]:
    return {"schema app to anon": "usage", "table app.docs to anon": rights} | others


READS = "select body, select id"
SEQUENCE = {"sequence app.docs_id_seq to anon": "usage"}


@pytest.mark.parametrize(
    ("privileges", "expected"),
    [
        (("select",), on_docs(READS)),
        (("insert",), on_docs("insert body, insert id") | SEQUENCE),
        (("update",), on_docs(f"{READS}, update body, update id")),
        (("delete",), on_docs(f"delete, {READS}")),
        (("SELECT", "Insert"), on_docs(f"insert body, insert id, {READS}") | SEQUENCE),
        (("trigger",), on_docs(READS)),
    ],
)
def test_whoever_may_use_a_view_may_do_the_same_behind_it(privileges: Sequence[str], expected: dict[str, str]) -> None:
    assert expected == derived(declare(), *privileges)


def test_nothing_is_needed_behind_what_asks_as_its_owner() -> None:
    metadata = declare()
    facts = {"bypass_row_security": True}
    add_view(metadata, "open", "SELECT body FROM app.docs", **facts)
    add_view(metadata, "kept", "SELECT body FROM app.docs", is_materialized=True, **facts)
    add_view(metadata, "other", "SELECT 1 AS one")
    for name in ("open", "kept", "other"):
        assert {} == derived(metadata, "select", name=name)
    assert {} == derived(metadata, "usage", on="schema", name=None)
    assert {} == derived(metadata, "select", schema="app")


def test_everyone_is_told_in_one_way() -> None:
    expected = {"schema app to PUBLIC": "usage", "table app.docs to PUBLIC": READS}
    assert expected == derived(declare(), "select", to="public")


def test_the_schema_public_is_open_anyway() -> None:
    assert {"table public.docs to anon": READS} == derived(declare(schema="public"), "select")


@pytest.mark.parametrize("known", [False, True])
def test_a_view_over_a_view_needs_what_both_read(*, known: bool) -> None:
    """All of the view between, where its columns are not known."""
    metadata = declare()
    add_view(metadata, "between", "SELECT tenant, id FROM app.docs", columns=(Column("tenant"), Column("id")) * known)
    add_view(metadata, "ids", "SELECT id FROM api.between")
    behind = {"schema api to anon": "usage", "view api.between to anon": "select id" if known else "select"}
    assert on_docs("select id, select tenant") | behind == derived(metadata, "select", name="ids")


def test_a_view_over_two_relations_is_written_by_its_triggers_alone() -> None:
    metadata = declare()
    Table("notes", metadata, Column("note", Text), schema="other")
    add_view(metadata, "both", "SELECT body, note FROM app.docs, other.notes")
    reads = {"schema other to anon": "usage", "table other.notes to anon": "select note"}
    assert {} == derived(metadata, "insert", name="both")
    assert on_docs("select body") | reads == derived(metadata, "delete", name="both")


def test_behind_a_view_that_asks_as_its_owner_nothing_more_is_needed() -> None:
    metadata = declare()
    add_view(metadata, "open", "SELECT body FROM app.docs", bypass_row_security=True)
    add_view(metadata, "over", "SELECT * FROM api.open, app.docs")
    add_view(metadata, "upon", "SELECT body FROM api.open", depends_on=(DOCS,))
    assert {"schema api to anon": "usage", "view api.open to anon": "insert"} == derived(
        metadata, "insert", name="upon"
    )


def add_writer(metadata: MetaData, *needs: Need, event: str = "insert", timing: str = "instead of") -> None:
    add_function(metadata, f"docs_{event}", returns="trigger", needs=needs, security_definer=True)
    facts = {"schema": "api", "relation": "docs", "name": event, "timing": timing, "events": event}
    register_trigger(metadata, TriggerDefinition(**facts, function=("app", f"docs_{event}")))  # type: ignore[arg-type]


def test_what_a_trigger_writes_is_as_it_says() -> None:
    metadata = declare()
    add_writer(metadata, Need("insert", DOCS, ("body",)), Need("usage", DOCS, ("id",)))
    assert on_docs("insert body") | SEQUENCE == derived(metadata, "insert")
    assert on_docs(f"insert body, {READS}, update body, update id") | SEQUENCE == derived(metadata, "update")


def test_what_a_delete_leaves_or_takes_is_as_its_trigger_says() -> None:
    metadata = declare()
    add_writer(metadata, Need("update", DOCS, ("tenant",)), event="delete")
    assert on_docs(f"{READS}, update tenant") == derived(metadata, "delete")


def test_who_may_call_a_function_gets_what_it_needs() -> None:
    metadata = declare()
    add_function(
        metadata, "touch", security_definer=True, needs=(Need("update", DOCS, ("body",)), Need("delete", DOCS))
    )
    assert on_docs("delete, update body") == derived(metadata, "execute", on="function", schema="app", name="touch")


def test_a_function_that_needs_nothing_brings_nothing() -> None:
    metadata = declare()
    add_function(metadata, "count_docs", "BEGIN PERFORM body FROM app.docs; END")
    assert {} == derived(metadata, "execute", on="function", schema="app", name="count_docs")


def test_what_a_body_calls_may_be_called_where_not_everyone_may() -> None:
    metadata = declare()
    add_function(metadata, "closed", schema="lib", arguments="a int, b text", revoke_public=True)
    add_function(metadata, "open", schema="pub")
    body = "BEGIN PERFORM lib.closed(1, ''); PERFORM pub.open(); END"
    add_function(metadata, "touch", body, security_definer=True, needs=(Need("delete", DOCS),))
    assert on_docs("delete") | {
        "schema lib to anon": "usage",
        "function lib.closed(integer, text) to anon": "execute",
        "schema pub to anon": "usage",
    } == derived(metadata, "execute", on="function", schema="app", name="touch")


def test_a_body_in_sql_is_a_query_too() -> None:
    metadata = declare()
    body = "SELECT max(id) FROM app.docs"
    add_function(metadata, "last", body, language="sql", security_definer=True, needs=(Need("delete", DOCS),))
    assert on_docs("delete, select id") == derived(metadata, "execute", on="function", schema="app", name="last")


def test_a_policy_reads_as_whoever_it_judges() -> None:
    metadata = declare("tenant IN (SELECT name FROM other.tenants WHERE other.is_mine(name))")
    Table("tenants", metadata, Column("name", Text), Column("secret", Text), schema="other")
    add_function(metadata, "is_mine", schema="other", arguments="name text", revoke_public=True)
    assert on_docs(READS) | {
        "schema other to anon": "usage",
        "table other.tenants to anon": "select name",
        "function other.is_mine(text) to anon": "execute",
    } == derived(metadata, "select")


@pytest.mark.parametrize("privilege", ["insert", "update"])
def test_whoever_writes_a_row_evaluates_its_columns_checks_and_indexes(privilege: str) -> None:
    metadata = declare()
    for name in ("made", "checked", "indexed", "elsewhere"):
        add_function(metadata, name, schema="lib", revoke_public=True)
    table = metadata.tables["app.docs"]
    table.append_column(Column("made", Integer, server_default=text("lib.made()")))
    table.append_constraint(CheckConstraint("lib.checked() > 0"))
    table.append_constraint(Index("i", text("lib.indexed()")))
    Table("elsewhere", metadata, Column("a", Integer, server_default=text("lib.elsewhere()")), schema="app")
    found = derived(metadata, privilege)
    assert "usage" == found["schema lib to anon"]
    executed = {on for on, rights in found.items() if rights == "execute"}
    assert {f"function lib.{name}() to anon" for name in ("made", "checked", "indexed")} == executed


def test_whoever_inserts_takes_the_next_number() -> None:
    metadata = declare()
    numbers = SASequence("numbers", schema="lib", metadata=metadata)
    metadata.tables["app.docs"].append_column(Column("number", Integer, server_default=numbers.next_value()))
    lib = {"schema lib to anon": "usage", "sequence lib.numbers to anon": "usage"}
    assert on_docs("insert body, insert id") | SEQUENCE | lib == derived(metadata, "insert")
