"""What an API view does not show is not told by its errors either."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Column, Integer, String

from pgcraft.check import PGCraftCheck
from pgcraft.index import PGCraftIndex
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


def test_a_unique_key_over_a_hidden_column_is_not_told(database: Database, clean_roles: None) -> None:
    """``Key (name, pin)=(bob, 5555) already exists``, where the view shows the name alone."""
    models = Models()
    columns = [
        Column("name", String, primary_key=True),
        Column("pin", Integer, nullable=False, server_default="5555"),
        PGCraftIndex("person_name_pin", "{name}", "{pin}", unique=True),
    ]
    models.expose(models.declare("Simple", "person", columns), columns=["name"], grants=["select", "insert", "update"])
    models.create(database)
    database.run("ALTER TABLE shop.person DROP CONSTRAINT person_pkey; INSERT INTO api.person (name) VALUES ('bob')")
    for statement in ("INSERT INTO api.person (name) VALUES ('bob')", "UPDATE api.person SET name = 'bob'"):
        if "UPDATE" in statement:
            database.run("INSERT INTO api.person (name) VALUES ('tom')")
        error = fail(database, statement)
        assert isinstance(error, errors.UniqueViolation)
        assert "5555" not in told(error)
        assert "pin" not in told(error)


HIDING = {
    "unique": (
        "CREATE UNIQUE INDEX by_pin ON shop.item (price, pin)",
        "INSERT INTO api.item (price) VALUES (1)",
        errors.UniqueViolation,
    ),
    "exclusion": (
        "ALTER TABLE shop.item ADD CONSTRAINT apart EXCLUDE USING btree (pin WITH =)",
        "INSERT INTO api.item (price) VALUES (2)",
        errors.ExclusionViolation,
    ),
    "foreign key": (
        "CREATE TABLE shop.pins (pin integer PRIMARY KEY); INSERT INTO shop.pins VALUES (5555);"
        "ALTER TABLE shop.item ADD FOREIGN KEY (pin) REFERENCES shop.pins; ALTER TABLE shop.item ALTER pin SET DEFAULT 6666",
        "INSERT INTO api.item (price) VALUES (2)",
        errors.ForeignKeyViolation,
    ),
    "referenced key": (
        "CREATE UNIQUE INDEX by_pin ON shop.item (pin); CREATE TABLE shop.users (pin integer REFERENCES shop.item (pin));"
        "INSERT INTO shop.users VALUES (5555)",
        "DELETE FROM api.item",
        errors.ForeignKeyViolation,
    ),
    "not null": (
        "ALTER TABLE shop.item ALTER pin DROP DEFAULT",
        "INSERT INTO api.item (price) VALUES (2)",
        errors.NotNullViolation,
    ),
    "cast": (
        "CREATE FUNCTION shop.cast() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM ('x' || NEW.pin)::integer; RETURN NEW; END $$;"
        "CREATE TRIGGER c BEFORE INSERT ON shop.item FOR EACH ROW EXECUTE FUNCTION shop.cast()",
        "INSERT INTO api.item (price) VALUES (2)",
        errors.InvalidTextRepresentation,
    ),
    "trigger": (
        "CREATE FUNCTION shop.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'no' USING DETAIL = NEW.pin, HINT = NEW.pin; END $$;"
        "CREATE TRIGGER c BEFORE UPDATE ON shop.item FOR EACH ROW EXECUTE FUNCTION shop.refuse()",
        "UPDATE api.item SET price = 2",
        errors.RaiseException,
    ),
    "generated": (
        "ALTER TABLE shop.item ADD half integer GENERATED ALWAYS AS (1 / (pin - price)) STORED",
        "UPDATE api.item SET price = 5555",
        errors.DivisionByZero,
    ),
}


@pytest.mark.parametrize("kind", HIDING)
def test_no_error_of_a_write_tells_a_hidden_column(kind: str, database: Database, clean_roles: None) -> None:
    """Neither its values nor its name: in message, detail, hint, context, or the fields of constraint and column."""
    models = Models()
    columns = [Column("price", Integer), Column("pin", Integer, nullable=False, server_default="5555")]
    models.expose(models.declare("Simple", "item", columns), exclude_columns=["pin"])
    models.create(database)
    database.run("INSERT INTO api.item (price) VALUES (1)")
    preparation, statement, expected = HIDING[kind]
    database.run(preparation)
    error = fail(database, statement)
    assert isinstance(error, expected)
    assert not [secret for secret in ("5555", "6666", "pin") if secret in told(error)], told(error)


def fail(database: Database, statement: str) -> psycopg.Error:
    with database.connect() as connection:
        connection.execute("SET ROLE anon")
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement.encode())
    return caught.value


def told(error: psycopg.Error) -> str:
    """Return everything that the server says."""
    found = error.diag
    parts = (
        found.message_primary,
        found.message_detail,
        found.message_hint,
        found.context,
        found.internal_query,
        found.column_name,
        found.constraint_name,
        found.table_name,
        found.datatype_name,
    )
    return "\n".join(part for part in parts if part)
