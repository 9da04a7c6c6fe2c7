"""What an API view does not show is not told by its errors either."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Column, Integer, String

from pgcraft.check import PGCraftCheck
from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

SECRET = "known to nobody"


@pytest.fixture(params=ENTITIES)
def items(request: pytest.FixtureRequest, database18: Database, clean_roles18: None) -> Database:
    models = Models()
    columns = [
        Column("price", Integer, nullable=False),
        Column("note", String, server_default=SECRET),
        PGCraftCheck("{price} > 0", "price_positive"),
    ]
    models.expose(
        models.declare(request.param, "item", columns), columns=["id", "price"], grants=["select", "insert", "update"]
    )
    models.create(database18)
    database18.run("INSERT INTO api.item (price) VALUES (1)")
    return database18


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO api.item (price) VALUES (0)",
        "INSERT INTO api.item (price) VALUES (NULL)",
        "UPDATE api.item SET price = 0",
        "UPDATE api.item SET price = NULL",
    ],
)
def test_an_error_does_not_tell_what_the_view_hides(items: Database, statement: str) -> None:
    """The write functions run as the owner, to whom the server shows the whole row."""
    with items.connect() as connection:
        connection.execute("SET ROLE anon")
        with pytest.raises((errors.CheckViolation, errors.NotNullViolation)) as caught:
            connection.execute(statement.encode())
    assert "price" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert not caught.value.diag.message_detail


def test_the_name_of_the_check_is_still_told(items: Database) -> None:
    with items.connect() as connection, pytest.raises(psycopg.errors.CheckViolation, match="price_positive"):
        connection.execute("UPDATE api.item SET price = 0")
