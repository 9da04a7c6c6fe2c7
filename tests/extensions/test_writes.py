"""Writing through API views, on real servers."""

import threading
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Identity,
    Integer,
    Numeric,
    String,
    Text,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB, UUID

from pgcraft.check import PGCraftCheck
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.index import PGCraftIndex
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.pk import IdentityPKPlugin, UUIDV4PKPlugin
from pgcraft.views.view import PGCraftView
from tests.support.databases import Database
from tests.support.patience import PATIENCE_S, wait_until
from tests.unit.declare.building import build, new_metadata

ALL = ["select", "insert", "update", "delete"]


def make(database: Database, *items: Any, view: dict[str, Any] | None = None, **options: Any) -> PGCraftSimple:
    """One table ``app.things`` under the API view ``api.things`` with every grant."""
    metadata = new_metadata()
    things = PGCraftSimple("things", "app", metadata, items, **options)
    PostgRESTView(things, grants=ALL, **(view or {}))
    build(metadata, database)
    return things


def test_an_insert_returns_what_the_server_made(database: Database) -> None:
    """Clients that ask for the representation would see nulls for the key and the defaults."""
    make(
        database,
        Column("name", String, nullable=False),
        Column("state", String, nullable=False, server_default="new"),
        Column("price", Integer, nullable=False, server_default=text("7")),
        Column("total", Integer, Computed("price * 2")),
    )
    assert [(1, "a", "new", 7, 14)] == database.rows("INSERT INTO api.things (name) VALUES ('a') RETURNING *")
    assert [(1, "a", "new", 7, 14)] == database.rows("SELECT * FROM app.things")


def test_a_default_applies_when_left_out_and_an_explicit_null_stays(database: Database) -> None:
    """A view hands NULL for what a client leaves out, unless it has defaults of its own."""
    make(
        database,
        Column("note", Text, server_default="none"),
        Column("price", Integer, nullable=False, server_default="0"),
    )
    database.run("INSERT INTO api.things DEFAULT VALUES; INSERT INTO api.things (note) VALUES (NULL)")
    assert [("none", 0), (None, 0)] == database.rows("SELECT note, price FROM app.things ORDER BY id")
    with pytest.raises(psycopg.errors.NotNullViolation):
        database.run("INSERT INTO api.things (price) VALUES (NULL)")


def test_values_for_identity_and_computed_columns_are_ignored(database: Database) -> None:
    """An error would break clients that send back the whole row that they read."""
    make(
        database,
        Column("price", Integer, nullable=False),
        Column("total", Integer, Computed("price * 2")),
        Column("number", BigInteger, Identity(start=100)),
        plugins=[IdentityPKPlugin()],
    )
    returned = database.rows("INSERT INTO api.things VALUES (77, 3, 88, 99) RETURNING *")
    assert [(1, 3, 6, 100)] == returned
    assert [(1, 4, 8, 100)] == database.rows(
        "UPDATE api.things SET id = 5, price = 4, total = 1, number = 2 RETURNING *"
    )


def test_a_client_may_choose_a_key_that_the_server_would_make(database: Database) -> None:
    """Clients make UUIDs so that a repeated request does nothing twice."""
    make(database, Column("name", String), plugins=[UUIDV4PKPlugin("key")])
    chosen = uuid4()
    assert [(chosen,)] == database.rows(f"INSERT INTO api.things (key, name) VALUES ('{chosen}', 'a') RETURNING key")
    (made,) = database.rows("INSERT INTO api.things (name) VALUES ('b') RETURNING key")
    assert made[0] not in (None, chosen)


def test_columns_of_plugins_with_a_default_are_the_servers(database: Database) -> None:
    """A client could say that its row came last year."""
    make(database, Column("name", String), extra_plugins=[CreatedAtPlugin()])
    (row,) = database.rows("INSERT INTO api.things (name, created_at) VALUES ('a', '2001-01-01') RETURNING created_at")
    assert 2001 != row[0].year


def test_an_update_keeps_what_the_view_hides(database: Database) -> None:
    """A view of some columns would wipe the others."""
    make(
        database,
        Column("name", String),
        Column("secret", String),
        view={"columns": ["name", "id"]},
    )
    database.run("INSERT INTO app.things (name, secret) VALUES ('a', 'kept')")
    assert [("b", 1)] == database.rows("UPDATE api.things SET name = 'b' WHERE id = 1 RETURNING *")
    assert [(1, "b", "kept")] == database.rows("SELECT * FROM app.things")


def test_a_key_can_be_changed_and_a_row_deleted(database: Database) -> None:
    """The old key finds the row, and the counts are those of a table."""
    make(database, Column("id", Integer, primary_key=True, autoincrement=False), Column("name", String))
    with database.connect() as connection:
        connection.execute("INSERT INTO api.things (id, name) VALUES (1, 'a'), (2, 'b')")
        changed = connection.execute("UPDATE api.things SET id = 9 WHERE name = 'b' RETURNING *")
        assert [(9, "b")] == changed.fetchall()
        assert 1 == connection.execute("DELETE FROM api.things WHERE id = 9").rowcount
        assert 0 == connection.execute("DELETE FROM api.things WHERE id = 9").rowcount
        assert 0 == connection.execute("UPDATE api.things SET name = 'c' WHERE id = 9").rowcount


def test_two_clients_may_change_different_columns_at_a_time(database: Database) -> None:
    """An update that wrote every column would bring back the other client's old value."""
    make(database, Column("a", Integer), Column("b", Integer), Column("doc", JSON))
    database.run("INSERT INTO app.things (a, b, doc) VALUES (0, 0, '{}')")
    with database.connect(autocommit=False) as first:
        first.execute("UPDATE api.things SET a = 1")
        second = threading.Thread(target=database.run, args=("UPDATE api.things SET b = 2, doc = '[1]'",))
        second.start()
        assert wait_until(lambda: database.value("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        first.commit()
        second.join(PATIENCE_S)
    assert [(1, 2, [1])] == database.rows("SELECT a, b, doc FROM app.things")


def test_every_type_goes_through(database: Database) -> None:
    """Types without equality cannot be compared, which an update does."""
    make(
        database,
        Column("doc", JSON),
        Column("docb", JSONB, server_default="{}"),
        Column("docs", ARRAY(JSON)),
        Column("flag", Boolean, server_default=text("false")),
        Column("day", Date, server_default=func.current_date()),
        Column("tags", ARRAY(Text), server_default="{}"),
        Column("ref", UUID, server_default=func.gen_random_uuid()),
        Column("amount", Numeric(10, 2), server_default="0"),
    )
    database.run("""INSERT INTO api.things (doc, docs) VALUES ('{"a": 1}', ARRAY['1']::json[])""")
    row = database.rows(
        "UPDATE api.things SET doc = '[2]', tags = '{x,y}', flag = NULL RETURNING doc, docb, flag, tags, amount"
    )
    assert [([2], {}, None, ["x", "y"], 0)] == row


HOSTILE = [
    "select", "order", "Mixed Case", 'quo"te', "found", "new", "old", "t", "v", "begin", "strict", "into", "if", "tg_op",
    "per%cent", "col:on", "back\\slash", "$1", "ü" * 31, "x" * 63,
]  # fmt: skip


def test_any_name_can_be_a_column(database: Database) -> None:
    """A name that PL/pgSQL reserves, or that is a variable of it, would break the function when it is called."""
    metadata = new_metadata()
    items = [Column(name, Integer, key=f"k{index}", server_default="1") for index, name in enumerate(HOSTILE)]
    things = PGCraftSimple('T"able', "my Schema", metadata, items, plugins=[IdentityPKPlugin("Key")])
    PostgRESTView(things, schema="A p i", grants=ALL)
    build(metadata, database)
    expected = (1, *[1] * len(HOSTILE))
    assert [expected] == database.rows('INSERT INTO "A p i"."T""able" DEFAULT VALUES RETURNING *')
    changes = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" = 2' for name in HOSTILE)
    assert [(1, *[2] * len(HOSTILE))] == database.rows(f'UPDATE "A p i"."T""able" SET {changes} RETURNING *')
    database.run('DELETE FROM "A p i"."T""able"')
    assert [] == database.rows('SELECT * FROM "my Schema"."T""able"')


def test_names_of_63_bytes_work_for_two_tables_alike_but_for_the_end(database: Database) -> None:
    """Cut names of functions would be the same."""
    metadata = new_metadata()
    for end in "ab":
        table = PGCraftSimple(
            "x" * 62 + end, "s" * 63, metadata, [Column("name", String), PGCraftIndex(None, "{name}")]
        )
        PostgRESTView(table, schema="a" * 63, grants=ALL)
    build(metadata, database)
    for end in "ab":
        database.run(f"INSERT INTO {'a' * 63}.{'x' * 62}{end} (name) VALUES ('{end}')")
        assert end == database.value(f"SELECT name FROM {'s' * 63}.{'x' * 62}{end}")


def test_a_table_may_bring_its_own_key(database: Database) -> None:
    """Composite keys, and keys that nothing fills."""
    make(
        database,
        Column("tenant", Integer, primary_key=True, autoincrement=False),
        Column("code", String, primary_key=True),
        Column("name", String),
    )
    database.run("INSERT INTO api.things VALUES (1, 'a', 'x'), (1, 'b', 'y')")
    database.run("UPDATE api.things SET name = 'z' WHERE code = 'b'")
    database.run("DELETE FROM api.things WHERE code = 'a'")
    assert [(1, "b", "z")] == database.rows("SELECT * FROM app.things")


def test_a_key_of_two_parts_with_defaults_takes_each_one_alone(database: Database) -> None:
    """Either part may be left out."""
    make(
        database,
        Column("tenant", Integer, primary_key=True, server_default="5"),
        Column("number", Integer, primary_key=True, server_default="6"),
    )
    database.run("INSERT INTO api.things DEFAULT VALUES")
    database.run("INSERT INTO api.things (tenant) VALUES (1)")
    database.run("INSERT INTO api.things (number) VALUES (2)")
    database.run("INSERT INTO api.things VALUES (3, 4)")
    assert [(1, 6), (3, 4), (5, 2), (5, 6)] == database.rows("SELECT * FROM app.things ORDER BY 1, 2")


def test_joined_and_computed_columns_are_read_only_and_read_again(database: Database) -> None:
    """The representation after a write would show what the client sent for them."""
    metadata = new_metadata()
    orders = PGCraftSimple("orders", "app", metadata, [Column("customer_id", Integer), Column("total", Integer)])
    customers = PGCraftSimple("customers", "app", metadata, [Column("name", String), Column("email", String)])
    totals = PGCraftView(
        "totals",
        "app",
        metadata,
        select(orders.table.c.customer_id, func.sum(orders.table.c.total).label("total")).group_by(
            orders.table.c.customer_id
        ),
    ).table
    PostgRESTView(
        customers,
        grants=ALL,
        query=lambda q, t: select(
            totals.c.total, func.upper(t.c.name).label("shout"), t.c.name.label("title"), t.c.id
        ).outerjoin_from(t, totals, totals.c.customer_id == t.c.id),
    )
    build(metadata, database)
    inserted = database.rows("INSERT INTO api.customers (title, total, shout) VALUES ('ann', 5, 'no') RETURNING *")
    assert [(None, "ANN", "ann", 1)] == inserted
    database.run(
        "INSERT INTO app.orders (customer_id, total) VALUES (1, 3), (1, 4); UPDATE app.customers SET email = 'e'"
    )
    assert [(7, "BOB", "bob", 1)] == database.rows("UPDATE api.customers SET title = 'bob', total = 0 RETURNING *")
    assert [(1, "bob", "e")] == database.rows("SELECT * FROM app.customers")
    database.run("DELETE FROM api.customers")
    assert [] == database.rows("SELECT * FROM app.customers")


def test_a_row_that_a_join_shows_twice_is_written_once(database: Database) -> None:
    """The second write of the same statement would take the first for another client's."""
    metadata = new_metadata()
    orders = PGCraftSimple("orders", "app", metadata, [Column("customer_id", Integer)]).table
    customers = PGCraftSimple("customers", "app", metadata, [Column("name", String)])
    PostgRESTView(
        customers,
        grants=ALL,
        query=lambda q, t: q.add_columns(orders.c.id.label("order_id")).join(orders, orders.c.customer_id == t.c.id),
    )
    build(metadata, database)
    database.run(
        "INSERT INTO app.customers (name) VALUES ('a'), ('b'); INSERT INTO app.orders (customer_id) VALUES (1), (1)"
    )
    assert 1 == len(database.rows("UPDATE api.customers SET name = 'c' RETURNING name"))
    assert 1 == len(database.rows("DELETE FROM api.customers RETURNING name"))
    assert [(2, "b")] == database.rows("SELECT * FROM app.customers")


def test_an_insert_alone_needs_no_key_in_the_view(database: Database) -> None:
    """A drop box: rows go in, and nobody sees which."""
    metadata = new_metadata()
    things = PGCraftSimple("things", "app", metadata, [Column("name", String)])
    PostgRESTView(things, grants=["insert"], query=lambda q, t: select(t.c.name, func.length(t.c.name).label("size")))
    build(metadata, database)
    assert [("a", None)] == database.rows("INSERT INTO api.things VALUES ('a', 9) RETURNING *")


def test_a_percent_sign_and_a_colon_arrive_as_they_are(database: Database) -> None:
    """SQLAlchemy doubles the one and takes the other for a parameter."""
    metadata = new_metadata()
    things = PGCraftSimple(
        "things",
        "app",
        metadata,
        [
            Column("name", String),
            PGCraftCheck("{name} NOT LIKE '100%:x' AND {name} ~ '^[a-z%]{{1,9}}$'", "no_hundred"),
            PGCraftIndex("some", "{name} DESC", postgresql_where="{name} LIKE 'a%'"),
            PGCraftIndex("doubled", "{name} || '%'", unique=True),
        ],
    )
    PGCraftView("a_things", "app", metadata, select(things.table).where(things.table.c.name.like("a%")))
    PGCraftView("b_things", "app", metadata, "SELECT * FROM app.things WHERE name LIKE 'b%'")
    build(metadata, database)
    database.run("INSERT INTO app.things (name) VALUES ('a%'), ('b')")
    assert [("a%",)] == database.rows("SELECT name FROM app.a_things")
    assert [("b",)] == database.rows("SELECT name FROM app.b_things")
    with pytest.raises(psycopg.errors.CheckViolation):
        database.run("INSERT INTO app.things (name) VALUES ('100%:x')")
