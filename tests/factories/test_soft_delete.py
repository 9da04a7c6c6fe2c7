"""Rows that are marked as deleted: gone for clients, there for the owner."""

import psycopg
import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, UniqueConstraint

from pgcraft.collect import collect
from pgcraft.errors import PGCraftPluginError
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, ResourceFactory
from pgcraft.fk import PGCraftFK
from pgcraft.identifiers import quote_name
from pgcraft.index import PGCraftIndex
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin
from tests.factories.building import Models
from tests.support.databases import Database
from tests.support.postgrest import run_postgrest


def declare() -> Models:
    """Orders that are marked, and notes that point to them."""
    models = Models()
    columns = [
        Column("code", String(20), unique=True),
        Column("colour", String),
        Column("size", Integer, server_default="1"),
        UniqueConstraint("colour", "size"),
        PGCraftIndex("ux_lower", "lower({code})", unique=True, postgresql_where="{size} > 0"),
        Index("ux_plain", "colour", "code", unique=True),
    ]
    models.expose(models.declare("Simple", "orders", columns, extra_plugins=[SoftDeletePlugin()]))
    key = PGCraftFK(references={"{order_id}": "orders.id"}, name="fk_note_order", ondelete="CASCADE")
    models.declare("Simple", "note", [Column("order_id", Integer), key])
    return models


@pytest.fixture
def shop(database: Database, clean_roles: None) -> Database:
    declare().create(database)
    return database


@pytest.fixture
def shop18(database18: Database, clean_roles18: None) -> Database:
    declare().create(database18)
    return database18


@pytest.mark.parametrize("view", ["shop.orders_living", "api.orders"])
def test_a_delete_marks_the_row_and_the_views_lose_it(view: str, shop: Database) -> None:
    shop.run("INSERT INTO api.orders (code) VALUES ('a'), ('b')")
    assert shop.rows(f"DELETE FROM {view} WHERE code = 'a' RETURNING code, size") == [("a", 1)]
    assert shop.rows(f"DELETE FROM {view} WHERE code = 'a' RETURNING code") == []
    assert shop.rows("SELECT code FROM api.orders") == shop.rows("SELECT code FROM shop.orders_living") == [("b",)]
    assert shop.rows("SELECT code, deleted_at IS NULL FROM shop.orders ORDER BY code") == [("a", False), ("b", True)]
    assert shop.rows("UPDATE api.orders SET size = 2 WHERE code = 'a' RETURNING code") == []


def test_the_columns_of_the_mark_stay_behind_the_views(shop18: Database) -> None:
    """A client that could write it would bring rows back, or hide them."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    for view in ("shop.orders_living", "api.orders"):
        assert ("deleted_at",) not in shop18.rows(query, view)
    assert ("deleted_at",) in shop18.rows(query, "shop.orders")


def test_what_is_unique_is_unique_among_living_rows(shop: Database) -> None:
    """A unique constraint, unique=True, an index of pgcraft with a condition of its own, and one of SQLAlchemy."""
    insert = "INSERT INTO api.orders (code, colour) VALUES ('a', 'red')"
    shop.run(insert)
    for duplicate in ("('a', 'blue')", "('A', 'blue')", "('b', 'red')"):
        with pytest.raises(psycopg.errors.UniqueViolation):
            shop.run(f"INSERT INTO api.orders (code, colour) VALUES {duplicate}")
    shop.run("DELETE FROM api.orders")
    shop.run(insert)
    shop.run("DELETE FROM api.orders")
    shop.run(insert)
    assert shop.value("SELECT count(*) FROM shop.orders") == 3


def test_a_row_is_brought_back_where_it_takes_nobodys_place(shop18: Database) -> None:
    shop18.run("INSERT INTO api.orders (code) VALUES ('a'); DELETE FROM api.orders")
    shop18.run("UPDATE shop.orders SET deleted_at = NULL WHERE code = 'a'")
    assert shop18.rows("SELECT code FROM api.orders") == [("a",)]
    shop18.run("DELETE FROM api.orders; INSERT INTO api.orders (code) VALUES ('a')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        shop18.run("UPDATE shop.orders SET deleted_at = NULL WHERE deleted_at IS NOT NULL")


def test_foreign_keys_hold_on_to_a_marked_row_until_it_goes_for_good(shop18: Database) -> None:
    """ON DELETE does nothing for a mark: the row that is referred to is still there."""
    order = shop18.value("INSERT INTO api.orders (code) VALUES ('a') RETURNING id")
    shop18.run(f"INSERT INTO shop.note (order_id) VALUES ({order}); DELETE FROM api.orders")
    shop18.run(f"INSERT INTO shop.note (order_id) VALUES ({order})")
    assert shop18.value("SELECT count(*) FROM shop.note") == 2
    shop18.run("DELETE FROM shop.orders WHERE deleted_at IS NOT NULL")
    assert shop18.value("SELECT count(*) FROM shop.note") == 0


def test_who_deletes_at_a_time_marks_once(shop18: Database) -> None:
    """The later one finds nothing, and does not move the time of the first."""
    shop18.run("INSERT INTO api.orders (code) VALUES ('a')")
    with shop18.connect(autocommit=False) as first, shop18.connect() as second:
        first.execute("DELETE FROM api.orders")
        second.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("DELETE FROM api.orders")
        first.commit()
        assert second.execute("DELETE FROM api.orders").rowcount == 0


def test_a_row_that_a_join_shows_twice_is_written_once(database18: Database, clean_roles18: None) -> None:
    """The second time looked like another transaction's change, for the view hides who wrote the row."""
    models = Models()
    lines = models.declare("Simple", "line", [Column("order_id", Integer), Column("n", Integer)]).table
    orders = models.declare("Simple", "orders", [Column("code", String)], extra_plugins=[SoftDeletePlugin()])
    on = lines.c.order_id
    models.expose(orders, query=lambda q, t: q.add_columns(lines.c.n).join(lines, on == t.c.id))
    models.create(database18)
    database18.run(
        "INSERT INTO shop.orders (code) VALUES ('a'); INSERT INTO shop.line (order_id, n) VALUES (1, 1), (1, 2)"
    )
    database18.run("UPDATE api.orders SET code = 'b'")
    assert database18.rows("SELECT code, n FROM api.orders ORDER BY n") == [("b", 1), ("b", 2)]
    database18.run("DELETE FROM api.orders")
    assert database18.rows("SELECT code, deleted_at IS NULL FROM shop.orders") == [("b", False)]


NAMES = ('o"rder', 'we"ird %s', "a b", "select", 'del"eted', "upd%ated")


def test_any_name_and_a_key_of_two_columns_will_do(database18: Database, clean_roles18: None) -> None:
    schema, table, first, second, mark, time = NAMES
    models = Models()
    key = [Column(name, Integer, primary_key=True, autoincrement=False) for name in (first, second)]
    plugins = [SoftDeletePlugin(mark), UpdatedAtPlugin(time)]
    items = [*key, Column("user", String, unique=True)]
    models.expose(models.declare("Simple", table, items, schema=schema, extra_plugins=plugins))
    models.create(database18)
    quoted = dict(zip(NAMES, map(quote_name, NAMES), strict=True))
    for _ in range(2):
        columns = f'{quoted[first]}, {quoted[second]}, "user"'
        database18.run(f"INSERT INTO api.{quoted[table]} ({columns}) VALUES (1, 2, 'x')")
        database18.run(f"UPDATE api.{quoted[table]} SET \"user\" = 'y'")
        database18.run(f"DELETE FROM api.{quoted[table]}")
        private = f"{quoted[schema]}.{quoted[table]}"
        rows = database18.rows(f'SELECT "user" FROM {private} WHERE {quoted[mark]} IS NOT NULL')
        assert rows == [("y",)]
        database18.run(f"DELETE FROM {private}")


@pytest.mark.postgrest
def test_postgrest_deletes_by_marking(shop18: Database) -> None:
    with run_postgrest(shop18.url, schemas="api") as client:
        (made,) = client.post("/orders", {"code": "a"}).json
        assert client.delete("/orders?code=eq.a").json == [made]
        assert client.get("/orders").json == []
        assert client.post("/orders", {"code": "a"}).status == 201
    assert shop18.value("SELECT count(*) FROM shop.orders") == 2


def test_the_catalog_says_what_the_view_is_for() -> None:
    roles = {str(item.id): item.role for item in collect(declare().metadata).objects if item.role}
    assert roles == {"view shop.orders_living": "living rows of shop.orders: API views stand here"}


@pytest.mark.parametrize(
    ("factory", "reason"),
    [(PGCraftAppendOnly, "in its history"), (PGCraftEAV, "in its history"), (PGCraftLedger, "never loses a row")],
)
def test_what_is_no_plain_table_is_refused(factory: type[ResourceFactory], reason: str) -> None:
    metadata = MetaData()
    with pytest.raises(PGCraftPluginError, match=f"PGC221.*{reason}") as caught:
        factory("item", "shop", metadata, [Column("name", String)], extra_plugins=[SoftDeletePlugin()])
    assert "test_soft_delete.py" in str(caught.value.place)
    assert not metadata.tables
