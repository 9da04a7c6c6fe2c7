"""A view's default that calls what a client may not use stands behind a function that runs as its owner."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Text

from pgcraft.catalog.definitions import Function, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.collect import collect
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_trigger,
    register_view,
)

DEFAULTS = {
    "id": "lib.next_id() + lib.step()",
    "at": "now()",
    "own": "api.mine()",
    "name": "upper(public.who())",
    "size": "pg_catalog.length('x')",
    "other": "lib.not_a_column()",
}
COLUMNS = (*(Column(name, Integer) for name in ("id", "at", "own", "size")), Column("name", Text))


def declare(*events: str, columns: tuple[Column[object], ...] = COLUMNS, defaults: object = DEFAULTS) -> MetaData:
    metadata = MetaData()
    view = ViewDefinition(schema="api", name="docs", query="SELECT 1", columns=columns, column_defaults=defaults)  # type: ignore[arg-type]
    register_view(metadata, view)
    register_function(metadata, FunctionDefinition(schema="lib", name="next_id", returns="integer", body="BEGIN END"))
    for event in events:
        facts = {"schema": "api", "relation": "docs", "name": event, "timing": "instead of", "events": event}
        register_trigger(metadata, TriggerDefinition(**facts, function=("api", "f")))  # type: ignore[arg-type]
    return metadata


def defaults_of(catalog: Catalog) -> dict[str, str]:
    return dict(catalog.by_id[parse_id("view api.docs")].defined_as(View).column_defaults)


def test_what_calls_a_closed_schema_is_put_behind_a_function_and_the_rest_stays() -> None:
    catalog = collect(declare("insert"))
    assert DEFAULTS | {"id": "lib.api_docs_default_id()"} == defaults_of(catalog)
    made = catalog.by_id[parse_id("function lib.api_docs_default_id()")]
    assert "a default of view api.docs" == made.role
    assert Function(
        arguments="",
        returns="integer",
        language="plpgsql",
        body="\nBEGIN\n    RETURN lib.next_id() + lib.step();\nEND;\n",
        security_definer=True,
        settings=(("search_path", "pg_catalog, pg_temp"),),
        is_public=False,
    ) == made.defined_as(Function)
    assert made.id in catalog.by_id[parse_id("view api.docs")].depends_on
    assert parse_id("function lib.next_id()") in made.depends_on


@pytest.mark.parametrize("events", [(), ("update",), ("update", "delete")])
def test_a_view_that_nobody_inserts_through_keeps_its_defaults(events: tuple[str, ...]) -> None:
    assert DEFAULTS == defaults_of(collect(declare(*events)))


def test_a_view_whose_columns_are_not_known_keeps_its_defaults() -> None:
    assert DEFAULTS == defaults_of(collect(declare("insert", columns=())))


def test_names_that_need_quotes_have_them() -> None:
    columns = (Column("A b", Text),)
    catalog = collect(declare("insert", columns=columns, defaults={"A b": '"Lib x".f()'}))
    assert {"A b": '"Lib x"."api_docs_default_A b"()'} == defaults_of(catalog)


def executing(metadata: MetaData) -> dict[str, str]:
    found = collect(metadata).of_kind(Kind.GRANT)
    return {str(item.id): item.role for item in found if "function" in str(item.id)}


def test_whoever_may_insert_may_execute_it() -> None:
    metadata = declare("insert")
    for to, privileges in {"anon": ("select", "INSERT"), "reader": ("select",), "all": ("all",)}.items():
        register_grant(metadata, GrantDefinition(privileges=privileges, to=to, schema="api", name="docs"))
    register_grant(metadata, GrantDefinition(privileges="insert", to="other", schema="api", name="elsewhere"))
    register_grant(metadata, GrantDefinition(privileges="usage", to="visitor", schema="api", on="schema"))
    line = "grant on function lib.api_docs_default_id() to"
    assert {f"{line} {to}": "needed for api.docs" for to in ("all", "anon")} == executing(metadata)
