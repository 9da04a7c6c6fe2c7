"""The real PostgREST server before every factory: what is granted works, what is not is refused and changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Integer, String

from pgcraft.check import PGCraftCheck
from pgcraft.devdb.server.servers import Server
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.plugins.ledger import DoubleEntryPlugin, DoubleEntryTriggerPlugin
from tests.factories.building import ENTITIES, FACTORIES, Models
from tests.support.databases import Database, drop_roles, fresh_database
from tests.support.postgrest import Answer, PostgREST, run_postgrest

pytestmark = pytest.mark.postgrest

RETURN = {"Prefer": "return=representation"}


@pytest.fixture(scope="module")
def database(server18: Server) -> Iterator[Database]:
    with fresh_database(server18) as made:
        declare_models().create(made)
        yield made
    drop_roles(server18)


@pytest.fixture(scope="module")
def client(database: Database) -> Iterator[PostgREST]:
    with run_postgrest(database.url, schemas="api, readonly") as running:
        yield running


def declare_models() -> Models:
    models = Models()
    for kind in FACTORIES:
        items = [
            Column("name", String, nullable=False),
            Column("quantity", Integer, server_default="1"),
            PGCraftCheck("{quantity} >= 0", f"{kind}_quantity"),
        ]
        factory = models.declare(kind, kind.lower(), items)
        models.expose(factory)
        PostgRESTView(factory, schema="readonly", grants=["select"])
    account = Column("account", String, nullable=False)
    plugins = [DoubleEntryPlugin(), DoubleEntryTriggerPlugin()]
    models.expose(models.declare("Ledger", "journal", [account], extra_plugins=plugins))
    return models


def amount(kind: str) -> dict[str, Any]:
    return {"value": 3} if kind == "Ledger" else {}


@pytest.mark.parametrize("kind", FACTORIES)
def test_an_inserted_row_comes_back_and_is_read(kind: str, client: PostgREST) -> None:
    made = client.post(f"/{kind.lower()}", {"name": "made", **amount(kind)})
    assert made.status == 201, made.text
    (row,) = made.json
    assert (row["name"], row["quantity"]) == ("made", 1)
    assert client.get(f"/{kind.lower()}?id=eq.{row['id']}").json == [row]


@pytest.mark.parametrize("kind", ENTITIES)
def test_rows_of_entities_are_changed_and_removed(kind: str, client: PostgREST) -> None:
    path = f"/{kind.lower()}?name=eq.changing"
    client.post(f"/{kind.lower()}", {"name": "changing", "quantity": 4})
    (changed,) = client.patch(path, {"quantity": None}).json
    assert changed["quantity"] is None
    assert client.get(path).json == [changed]
    assert client.delete(path).json == [changed]
    assert client.get(path).json == []


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_broken_rule_is_a_client_error(kind: str, client: PostgREST, database: Database) -> None:
    before = read(database, kind)
    answer = client.post(f"/{kind.lower()}", {"name": "broken", "quantity": -1, **amount(kind)})
    assert (answer.status, answer.json["code"]) == (400, "23514")
    assert f"{kind}_quantity" in answer.text
    assert read(database, kind) == before


def test_a_ledger_cannot_be_changed(client: PostgREST, database: Database) -> None:
    before = read(database, "Ledger")
    assert_refused(client.patch("/ledger?id=gt.0", {"quantity": 9}))
    assert_refused(client.delete("/ledger?id=gt.0"))
    assert read(database, "Ledger") == before


@pytest.mark.parametrize("kind", FACTORIES)
def test_what_is_not_granted_is_refused(kind: str, client: PostgREST, database: Database) -> None:
    before = read(database, kind)
    path = f"/{kind.lower()}"
    schema = {"Content-Profile": "readonly", **RETURN}
    assert client.get(path, headers={"Accept-Profile": "readonly"}).status == 200
    assert_refused(client.request("POST", path, {"name": "not", **amount(kind)}, headers=schema))
    assert_refused(client.request("PATCH", f"{path}?id=gt.0", {"name": "not"}, headers=schema))
    assert_refused(client.request("DELETE", f"{path}?id=gt.0", headers=schema))
    assert read(database, kind) == before


def test_a_journal_is_one_request(client: PostgREST, database: Database) -> None:
    entry = "0190b7a0-0000-7000-8000-000000000001"
    rows = [
        {"entry_id": entry, "account": "cash", "direction": "debit", "value": 10},
        {"entry_id": entry, "account": "sales", "direction": "credit", "value": 7},
        {"entry_id": entry, "account": "tax", "direction": "credit", "value": 3},
    ]
    assert client.post("/journal", rows).status == 201
    assert database.value("SELECT count(*) FROM shop.journal") == 3


def test_a_journal_that_does_not_balance_leaves_nothing(client: PostgREST, database: Database) -> None:
    """The constraint is deferred, so the refusal comes with the commit."""
    before = database.value("SELECT count(*) FROM shop.journal")
    answer = client.post("/journal", [{"account": "cash", "direction": "debit", "value": 10}])
    assert (answer.status, answer.json["code"]) == (400, "23514")
    assert "does not balance" in answer.text
    sideways = client.post("/journal", [{"account": "cash", "direction": "sideways", "value": 0}])
    assert (sideways.status, sideways.json["code"]) == (400, "23514")
    assert database.value("SELECT count(*) FROM shop.journal") == before


def read(database: Database, kind: str) -> list[tuple[Any, ...]]:
    return database.rows(f"SELECT * FROM shop.{kind.lower()} ORDER BY id")


def assert_refused(answer: Answer) -> None:
    assert answer.status in (401, 403), answer.text
    assert answer.json["code"] == "42501"
