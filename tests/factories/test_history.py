"""The history of a key: read by index, and no two versions of it hold at one time, whoever has waited for whom."""

import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import UUID, BigInteger, Column, Identity, Integer, String, text

from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.declarations import get_declarations
from pgcraft.models.naming import build_name
from tests.factories.building import Models
from tests.factories.subject import NAMINGS, Names
from tests.support.databases import Database
from tests.support.patience import wait_until

HISTORIES = ("AppendOnly", "EAV")
WORDS = {"AppendOnly": "append_only", "EAV": "eav"}
OVERLAPS = """
SELECT * FROM {schema}.{name}_history AS a JOIN {schema}.{name}_history AS b USING ({keys})
WHERE a.valid_from < b.valid_from AND coalesce(a.valid_to, 'infinity') > b.valid_from
"""
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


def declare(kind: str, *, natural: bool = False) -> Models:
    models = Models()
    made = text("(random() * 1000000)::integer + 10")
    key = (
        Column("code", String, primary_key=True)
        if natural
        else Column("id", Integer, primary_key=True, autoincrement=False, server_default=made)
    )
    factory = models.declare(kind, "item", [key, Column("n", Integer), Column("note", String)])
    models.expose(factory)
    models.expose(factory, schema="narrow", exclude_columns=["note", "created_at", "updated_at"])
    return models


def assert_apart(database: Database, kind: str, key: str = "id") -> None:
    """No two versions overlap, each holds for a time, and what is current began when its last version did."""
    keys = f"{key}, attribute" if kind == "EAV" else key
    assert database.rows(OVERLAPS.format(schema="shop", name="item", keys=keys)) == []
    assert database.value("SELECT count(*) FROM shop.item_history WHERE valid_to <= valid_from") == 0
    late = f"SELECT * FROM shop.item AS i JOIN shop.item_history AS h USING ({key}) WHERE valid_to > updated_at"
    assert database.rows(late) == []


@pytest.mark.parametrize("kind", HISTORIES)
@pytest.mark.parametrize("natural", [False, True], ids=["key made or given", "key given"])
@pytest.mark.parametrize("schema", ["shop", "api", "narrow"])
def test_an_insert_that_waited_for_a_delete_begins_after_its_end(
    kind: str, natural: bool, schema: str, database: Database, clean_roles: None
) -> None:
    """The inserting transaction is the older one: its own time lies within the version that the other has ended."""
    declare(kind, natural=natural).create(database)
    key = "code" if natural else "id"
    insert = f"INSERT INTO {schema}.item ({key}, n) VALUES ('7', 2) RETURNING {key}, n"
    database.run(f"INSERT INTO shop.item ({key}, n, note) VALUES ('7', 1, 'x')")
    with database.connect(autocommit=False) as inserting, database.connect(autocommit=False) as deleting:
        inserting.execute("SELECT now()")
        deleting.execute(f"DELETE FROM shop.item WHERE {key} = '7'".encode())
        waiting = start(inserting, insert)
        wait_for_lock(database, inserting)
        deleting.commit()
        waiting.join()
        inserting.commit()
    assert database.rows("SELECT n, created_at = updated_at FROM shop.item") == [(2, True)]
    ends = "SELECT count(*) FROM shop.item_history AS h, shop.item AS i WHERE h.valid_to = i.created_at"
    assert database.value(ends) == (1 if kind == "AppendOnly" else 2), "it begins when the last one ends"
    assert_apart(database, kind, key)


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_snapshot_that_cannot_see_the_end_is_no_excuse(kind: str, database: Database, clean_roles: None) -> None:
    """What came and went since the transaction's first statement is invisible to all of its statements."""
    declare(kind).create(database)
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        with database.connect(autocommit=False) as old:
            old.execute(f"SET TRANSACTION ISOLATION LEVEL {level}".encode())
            old.execute("SELECT count(*) FROM shop.item")
            database.run("INSERT INTO shop.item (id, n) VALUES (7, 1)")
            database.run("DELETE FROM shop.item")
            old.execute("INSERT INTO shop.item (id, n) VALUES (7, 2)")
            old.commit()
        assert_apart(database, kind)
        database.run("DELETE FROM shop.item")
        assert_apart(database, kind)


@pytest.mark.parametrize("kind", HISTORIES)
def test_who_still_sees_the_deleted_entity_is_told_to_run_again(
    kind: str, database: Database, clean_roles: None
) -> None:
    declare(kind).create(database)
    database.run("INSERT INTO shop.item (id, n) VALUES (7, 1)")
    with database.connect(autocommit=False) as old:
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT count(*) FROM shop.item")
        database.run("DELETE FROM shop.item")
        with pytest.raises(psycopg.errors.SerializationFailure):
            old.execute("INSERT INTO shop.item (id, n) VALUES (7, 2)")
    assert_apart(database, kind)


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_key_comes_and_goes_within_one_transaction(kind: str, database: Database, clean_roles: None) -> None:
    """All of it has one ``now()``; an insert returns the times that it has stored."""
    declare(kind).create(database)
    with database.connect() as connection, connection.transaction():
        for schema in ("shop", "api", "narrow"):
            connection.execute(f"INSERT INTO {schema}.item (id, n) VALUES (7, 1)".encode())
            connection.execute(f"UPDATE {schema}.item SET n = 2".encode())
            connection.execute(f"DELETE FROM {schema}.item".encode())
        made = connection.execute("INSERT INTO api.item (id, n) VALUES (7, 3) RETURNING created_at, updated_at")
        returned = made.fetchall()
    assert database.rows("SELECT created_at, updated_at FROM shop.item") == returned
    versions = "SELECT count(*) FROM shop.item_history" + (" WHERE attribute = 'n'" if kind == "EAV" else "")
    assert database.value(versions) == 7
    assert_apart(database, kind)


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_new_key_begins_with_its_transaction(kind: str, database18: Database, clean_roles18: None) -> None:
    """Given or made, it makes no difference; what had another key does not matter."""
    declare(kind).create(database18)
    database18.run("INSERT INTO shop.item (id, n) VALUES (7, 1)")
    with database18.connect(autocommit=False) as early:
        early.execute("SELECT now()")
        database18.run("DELETE FROM shop.item")
        early.execute("INSERT INTO shop.item (id, n) VALUES (8, 1)")
        early.execute("INSERT INTO shop.item (n) VALUES (1)")
        times = early.execute("SELECT DISTINCT created_at = now(), updated_at = now() FROM shop.item").fetchall()
    assert times == [(True, True)]


@pytest.mark.parametrize("kind", HISTORIES)
def test_what_an_entity_was_is_read_by_index(kind: str, database: Database, clean_roles: None) -> None:
    """A history grows for ever; one entity's is found without reading the others', under every name."""
    models = Models()
    views = [declare_named(models, kind, names) for names in NAMINGS.values()]
    models.create(database)
    with database.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        for view, key in views:
            query = f"EXPLAIN SELECT * FROM {view} WHERE {key} = 7 ORDER BY valid_from"
            plan = "\n".join(line for (line,) in connection.execute(query.encode()))
            assert "Index Cond: (entity_id = 7)" in plan, plan


def declare_named(models: Models, kind: str, names: Names) -> tuple[str, str]:
    """Declare a resource, and give its history and its key, quoted."""
    resource = names.resource.format(kind=kind)
    items = [Column(names.key, Integer, primary_key=True), Column(names.quantity, Integer)]
    models.declare(kind, resource, items, schema=names.schema)
    view = build_name(models.metadata, f"{WORDS[kind]}_history", schema=names.schema, table_name=resource)
    return quote_qualified(names.schema, view), quote_name(names.key)


@pytest.mark.parametrize("kind", HISTORIES)
@pytest.mark.parametrize(
    ("key", "looks", "asks"),
    [
        (Column("id", Integer, primary_key=True), False, False),
        (Column("id", UUID(), primary_key=True, server_default=text("gen_random_uuid()")), True, True),
        (Column("id", String, primary_key=True), True, False),
        (Column("id", BigInteger, Identity(always=False), primary_key=True), False, False),
        (Column("id", BigInteger, Identity(always=True), primary_key=True), False, False),
    ],
    ids=["serial", "default", "natural", "identity by default", "identity"],
)
def test_a_key_is_looked_up_where_a_client_can_give_it(kind: str, key: Column[Any], looks: bool, asks: bool) -> None:
    models = Models()
    models.declare(kind, "item", [key._copy(), Column("n", Integer)])
    functions = [declared.definition for declared in get_declarations(models.metadata).functions.all()]
    (body,) = (function.body for function in functions if function.name.endswith("insert"))
    assert ("a.valid_to IS NOT NULL" in body) is looks
    assert ("key_is_given" in body) is asks


def start(connection: psycopg.Connection[Any], statement: str) -> threading.Thread:
    """Execute a statement that will wait."""
    thread = threading.Thread(target=connection.execute, args=(statement.encode(),))
    thread.start()
    return thread


def wait_for_lock(database: Database, connection: psycopg.Connection[Any]) -> None:
    """Wait until another connection's statement waits for a lock."""
    with database.connect() as watching:
        query, pid = WAITS.encode(), connection.info.backend_pid
        assert wait_until(lambda: watching.execute(query, (pid,)).fetchall() == [(1,)]), "nothing waits"
