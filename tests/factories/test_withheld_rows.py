"""A trigger of the user's that returns NULL passes over a row, through every view, as it does on a table."""

import psycopg
import pytest
from sqlalchemy import Column, Integer, String

from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

TABLES = {"Simple": "item", "AppendOnly": "item_attributes", "EAV": "item_entity"}
STATEMENTS = {
    "update": "UPDATE {view} SET n = n + 1",
    "delete": "DELETE FROM {view}",
    "insert": "INSERT INTO {view} (n) VALUES (3)",
}


def withhold(kind: str, op: str) -> str:
    """Return the SQL of a trigger that passes over every row; a delete of an append-only entity updates its log."""
    event = "UPDATE" if kind == "AppendOnly" and op == "delete" else op.upper()
    return (
        "CREATE FUNCTION public.withhold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        f"CREATE TRIGGER a_withhold BEFORE {event} ON shop.{TABLES[kind]}"
        " FOR EACH ROW EXECUTE FUNCTION public.withhold()"
    )


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("op", STATEMENTS)
def test_a_row_that_a_trigger_withholds_is_passed_over(
    kind: str, op: str, database: Database, clean_roles: None
) -> None:
    """It was a serialization failure that no retry ended, or a loop without an end."""
    models = Models()
    factory = models.declare(kind, "item", [Column("n", Integer), Column("note", String)])
    models.expose(factory)
    models.expose(factory, schema="narrow", exclude_columns=["note"])
    models.create(database)
    database.run("INSERT INTO shop.item (n) VALUES (1), (2)")
    database.run(withhold(kind, op))
    with database.connect() as connection:
        connection.execute("SET statement_timeout = '10s'")
        for schema in ("api", "narrow", *(["shop"] if kind != "Simple" else [])):
            assert 0 == connection.execute(STATEMENTS[op].format(view=f"{schema}.item").encode()).rowcount, schema
    assert [(1,), (2,)] == database.rows("SELECT n FROM shop.item ORDER BY n")


@pytest.mark.parametrize(
    ("table", "event", "op"),
    [
        ("root", "INSERT", "insert"),
        ("root", "UPDATE", "update"),
        ("root", "DELETE", "delete"),
        ("attributes", "INSERT", "update"),
    ],
)
def test_what_a_trigger_withholds_of_a_version_leaves_no_half(
    table: str, event: str, op: str, database: Database, clean_roles: None
) -> None:
    """A version was closed without a next one, and the entity kept it: no write ever found it again."""
    models = Models()
    models.expose(models.declare("AppendOnly", "item", [Column("n", Integer)]))
    models.create(database)
    database.run("INSERT INTO shop.item (n) VALUES (1), (2)")
    state = (
        "SELECT id, valid_to::text FROM shop.item_attributes UNION ALL"
        " SELECT id, attributes_id::text FROM shop.item_root ORDER BY 1, 2"
    )
    before = database.rows(state)
    database.run(
        "CREATE FUNCTION public.withhold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        f"CREATE TRIGGER a_withhold BEFORE {event} ON shop.item_{table}"
        " FOR EACH ROW EXECUTE FUNCTION public.withhold()"
    )
    for schema in ("shop", "api"):
        with pytest.raises(psycopg.errors.TriggeredDataChangeViolation, match="withheld a part"):
            database.run(STATEMENTS[op].format(view=f"{schema}.item"))
    assert database.rows(state) == before


@pytest.mark.parametrize(
    ("event", "condition", "op"),
    [
        ("INSERT", "NEW.attribute = 'note'", "insert"),
        ("INSERT", "NEW.attribute = 'n'", "update"),
        ("UPDATE", "OLD.attribute = 'note'", "delete"),
    ],
)
def test_what_a_trigger_withholds_of_a_history_is_refused(
    event: str, condition: str, op: str, database18: Database, clean_roles18: None
) -> None:
    """The entity was written, and its history lacked the value."""
    models = Models()
    models.expose(models.declare("EAV", "item", [Column("n", Integer), Column("note", String, server_default="x")]))
    models.create(database18)
    database18.run("INSERT INTO shop.item (n) VALUES (1), (2)")
    before = database18.rows("SELECT * FROM shop.item_history ORDER BY 1, 2")
    database18.run(
        "CREATE FUNCTION public.withhold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        f"CREATE TRIGGER a_withhold BEFORE {event} ON shop.item_attribute"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION public.withhold()"
    )
    for schema in ("shop", "api"):
        with pytest.raises(psycopg.errors.TriggeredDataChangeViolation, match="the history of"):
            database18.run(STATEMENTS[op].format(view=f"{schema}.item"))
    assert database18.rows("SELECT * FROM shop.item_history ORDER BY 1, 2") == before
