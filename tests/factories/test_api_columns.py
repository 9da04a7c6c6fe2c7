"""What the API preview says of a column is what the API's functions do."""

import pytest
from sqlalchemy import Column, Computed, Integer, String

from pgcraft.factory import FactoryContext
from pgcraft.plugin import Plugin
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.resource import APIColumn, get_api_resources
from tests.factories.building import ENTITIES, FACTORIES, Models
from tests.support.databases import Database


def describe(kind: str, grants: list[str], **options: object) -> dict[str, APIColumn]:
    models = Models()
    columns = [
        Column("code", String(20), nullable=False),
        Column("n", Integer, server_default="1"),
        Column("double", Integer, Computed("n * 2", persisted=True)),
    ]
    models.expose(models.declare(kind, "item", columns, **options), grants=grants)
    (resource,) = get_api_resources(models.metadata)
    assert resource.describe is not None
    return {column.name: column for column in resource.describe()}


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_column_behind_a_view_of_the_factory_is_as_writable_as_one_of_a_table(kind: str) -> None:
    """Append-only and EAV once seemed to take nothing at all: their columns are those of a view."""
    columns = describe(kind, ["select", "insert"])
    assert columns["code"] == APIColumn("code", is_nullable=False)
    assert columns["n"] == APIColumn("n", default="'1'")
    assert columns["double"].reason == "computed: n * 2"
    assert columns["id"].reason == "numbered by the server"


@pytest.mark.parametrize("kind", ENTITIES[1:])
def test_the_server_keeps_the_times(kind: str) -> None:
    columns = describe(kind, ["select", "insert"])
    assert columns["created_at"].reason == columns["updated_at"].reason == "kept by the server"


def test_rows_behind_the_view_of_living_ones_are_writable() -> None:
    columns = describe("Simple", ["select", "update"], extra_plugins=[SoftDeletePlugin()])
    assert "deleted_at" not in columns
    assert columns["code"].reason == ""


def test_without_a_write_granted_nothing_is_writable() -> None:
    assert {column.reason for column in describe("Simple", ["select"]).values()} >= {"no write is granted"}


class SignPlugin(Plugin):
    """Adds a column that only the server fills."""

    def run(self, ctx: FactoryContext) -> None:
        ctx.injected_columns.append(Column("sign", String, nullable=False, server_default="by the server"))


@pytest.mark.parametrize("kind", FACTORIES)
def test_what_a_plugin_keeps_no_client_of_the_api_writes(kind: str, database18: Database, clean_roles18: None) -> None:
    """Whose a row is would be the client's to say, in an extension such as the example for tenants."""
    models = Models()
    models.expose(models.declare(kind, "item", [Column("code", String)], extra_plugins=[SignPlugin()]))
    models.create(database18)
    columns, values = ("code, value", "'a', 1") if kind == "Ledger" else ("code", "'a'")
    database18.run(f"INSERT INTO api.item ({columns}) VALUES ({values})")
    database18.run(f"INSERT INTO api.item ({columns}, sign) VALUES ({values}, 'forged')")
    if kind != "Ledger":
        database18.run("UPDATE api.item SET sign = 'forged'")
        database18.run("UPDATE api.item SET sign = 'forged', code = 'b'")
        assert database18.rows("SELECT DISTINCT code FROM api.item") == [("b",)]
    assert database18.rows("SELECT DISTINCT sign FROM shop.item") == [("by the server",)]
