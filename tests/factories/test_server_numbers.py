"""Numbers of a sequence are the server's: a value that a client gives is ignored, through every view of every factory."""

from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Identity, Integer, Sequence, String, text

from pgcraft.factory import PGCraftSimple
from pgcraft.plugin import Plugin
from pgcraft.plugins.pk import IdentityPKPlugin, SerialPKPlugin, UUIDV4PKPlugin
from pgcraft.resource import get_api_resources
from tests.factories.building import FACTORIES, Models
from tests.support.databases import Database

KEYS: dict[str, list[Plugin]] = {"serial": [SerialPKPlugin()], "identity": [IdentityPKPlugin()]}
UUID = "00000000-0000-0000-0000-00000000000{}"


def declare(kind: str, key: list[Plugin]) -> Models:
    models = Models()
    Sequence("tickets", metadata=models.metadata, schema="shop", start=100)
    columns = [
        Column("name", String),
        Column("ticket", BigInteger, server_default=text("nextval('shop.tickets'::regclass)")),
        *([] if kind == "EAV" or key == KEYS["identity"] else [Column("counted", Integer, Identity(start=50))]),
    ]
    factory = models.declare(kind, "item", columns, extra_plugins=key)
    models.expose(factory)
    models.expose(factory, schema="narrow", columns=["id", "name", "ticket", *(["value"] if kind == "Ledger" else [])])
    models.expose(factory, schema="joined", query=lambda q, t: q.add_columns((t.c.id * 2).label("double")))
    return models


def _views(kind: str) -> list[str]:
    return ["api", "narrow", "joined", *(["shop"] if kind in ("AppendOnly", "EAV") else [])]


@pytest.mark.parametrize("kind", FACTORIES)
@pytest.mark.parametrize("key", KEYS)
def test_a_number_that_a_client_gives_is_ignored(kind: str, key: str, database: Database, clean_roles: None) -> None:
    """A key that a client chose stood in the way of those that the sequence made later."""
    declare(kind, KEYS[key]).create(database)
    more = (", value", ", 1") if kind == "Ledger" else ("", "")
    number = 0
    for schema in _views(kind):
        number += 2
        insert = (
            f"INSERT INTO {schema}.item (id, name, ticket{more[0]}) VALUES (3000, 'a', 7{more[1]}) RETURNING id, ticket"
        )
        database.run(f"INSERT INTO {schema}.item (name{more[0]}) VALUES ('a'{more[1]})")
        assert [(number, 99 + number)] == database.rows(insert), schema
        if kind != "Ledger":
            update = f"UPDATE {schema}.item SET id = 9000, ticket = 9, name = 'b' WHERE id = {number} RETURNING *"
            (row,) = database.dicts(update)
            assert (number, 99 + number, "b") == (row["id"], row["ticket"], row["name"]), schema
    found = database.rows("SELECT id, ticket FROM shop.item ORDER BY id")
    assert [(at, 99 + at) for at in range(1, number + 1)] == found


@pytest.mark.parametrize("kind", ["AppendOnly", "EAV"])
def test_a_number_stays_through_all_versions(kind: str, database: Database, clean_roles: None) -> None:
    """Each version of an append-only entity took a new number of an identity column once."""
    declare(kind, []).create(database)
    shown = "ticket, counted" if kind == "AppendOnly" else "ticket"
    (first,) = database.rows(f"INSERT INTO shop.item (name) VALUES ('a') RETURNING {shown}")
    for name in ("b", "c"):
        assert [first] == database.rows(f"UPDATE shop.item SET name = '{name}' RETURNING {shown}")
    assert [first] == database.rows(f"SELECT {shown} FROM shop.item")


@pytest.mark.parametrize("kind", FACTORIES)
def test_the_preview_says_what_the_functions_do(kind: str) -> None:
    models = declare(kind, KEYS["serial"])
    for resource in get_api_resources(models.metadata):
        assert resource.describe is not None
        told = {column.name: column.reason for column in resource.describe()}
        assert told["id"] == told["ticket"] == "numbered by the server"


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_key_that_is_no_number_is_the_clients(kind: str, database: Database, clean_roles: None) -> None:
    models = Models()
    models.expose(models.declare(kind, "item", [Column("name", String)], extra_plugins=[UUIDV4PKPlugin()]))
    models.create(database)
    more = (", value", ", 1") if kind == "Ledger" else ("", "")
    insert = f"INSERT INTO api.item (id, name{more[0]}) VALUES ('{UUID.format(1)}', 'a'{more[1]}) RETURNING id::text"
    assert [(UUID.format(1),)] == database.rows(insert)


def test_who_writes_the_table_itself_is_free(database18: Database, clean_roles18: None) -> None:
    models = declare("Simple", KEYS["serial"])
    models.create(database18)
    assert [(3, 4)] == database18.rows("INSERT INTO shop.item (id, ticket) VALUES (3, 4) RETURNING id, ticket")


def test_a_serial_key_of_the_users_own_is_the_servers(database18: Database, clean_roles18: None) -> None:
    models = Models()
    own: list[Any] = [Column("no", Integer, primary_key=True), Column("name", String)]
    factory = PGCraftSimple("item", "shop", models.metadata, own, config=models.config)
    models.expose(factory)
    models.create(database18)
    assert [(1,)] == database18.rows("INSERT INTO api.item (no, name) VALUES (77, 'a') RETURNING no")
