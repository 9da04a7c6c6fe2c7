"""The shop through its API: what a client sees, may do, and may not; and after a column was added."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import PostgRESTFactory
from tests.support.databases import Database
from tests.support.postgrest import PostgREST
from tests.support.projects import Project
from tests.support.roundtrip import RoundTrip

pytestmark = pytest.mark.postgrest

STOCK = """
INSERT INTO inventory.products (name, sku, price, cost) VALUES ('Widget', 'W-1', 9.50, 4), ('Gadget', 'G-1', 20, 15);
INSERT INTO inventory.stock (product_id, warehouse, quantity) VALUES (1, 'north', 10), (2, 'north', 3);
"""


@contextmanager
def open_shop(trip: RoundTrip, postgrest: PostgRESTFactory) -> Iterator[PostgREST]:
    with postgrest(trip.database, schemas="api, reporting") as api:
        yield api


def test_an_order_from_catalogue_to_statistics(
    shop_trip: RoundTrip, shop_database: Database, postgrest: PostgRESTFactory
) -> None:
    """A customer is made, orders, and is seen in both statistics; defaults, computed columns and stamps are filled."""
    shop_trip.upgrade()
    shop_database.run(STOCK)
    with open_shop(shop_trip, postgrest) as api:
        (ada,) = api.post("/customers", {"name": "Ada", "email": "ada@example.org"}).json
        (order,) = api.post("/orders", {"customer_id": ada["id"]}).json
        assert order["status"] == "open"
        lines = [
            {"order_id": order["id"], "product_id": 1, "quantity": 2, "unit_price": 9.5},
            {"order_id": order["id"], "product_id": 2, "quantity": 1, "unit_price": 20},
        ]
        assert [line["total"] for line in api.post("/order_items", lines).json] == [19, 20]
        (seen,) = api.get("/customers").json
        assert (seen["order_count"], seen["order_total"]) == (1, 39)
        reporting = {"Accept-Profile": "reporting"}
        sales = api.get("/product_sales?order=product_id", headers=reporting).json
        assert sales == [{"product_id": 1, "sold": 2, "turnover": 19}, {"product_id": 2, "sold": 1, "turnover": 20}]
        (paid,) = api.patch(f"/orders?id=eq.{order['id']}", {"status": "paid"}).json
        assert paid["updated_at"] > order["updated_at"]


def test_what_is_not_granted_is_refused(
    shop_trip: RoundTrip, shop_database: Database, postgrest: PostgRESTFactory
) -> None:
    """Products are read-only, costs hidden, order lines are never changed, tables out of reach."""
    shop_trip.upgrade()
    shop_database.run(STOCK)
    with open_shop(shop_trip, postgrest) as api:
        (widget,) = api.get("/products?sku=eq.W-1").json
        assert {"cost", "margin", "internal_notes"}.isdisjoint(widget)
        assert api.post("/products", {"name": "x", "sku": "x", "price": 1}).status == 401
        assert api.patch("/order_items?id=eq.1", {"quantity": 5}).status == 401
        assert api.delete("/stock?id=eq.1").status == 401
        assert api.patch("/stock?id=eq.1", {"quantity": 9}).json[0]["quantity"] == 9
        assert api.patch("/stock?id=eq.1", {"quantity": -1}).json["code"] == "23514"
        assert api.get("/products", headers={"Accept-Profile": "inventory"}).status == 406


def test_a_column_added_under_a_full_grant_view_comes_through(
    shop: Project, shop_trip: RoundTrip, shop_database: Database, postgrest: PostgRESTFactory
) -> None:
    """The daily job: one line in models.py, one revision, and the API reads and writes the new column."""
    shop_trip.upgrade()
    shop_database.run("INSERT INTO sales.customers (name, email) VALUES ('Bob', 'bob@example.org')")
    email = '        Column("email", String, nullable=False),\n'
    models = (shop.root / "models.py").read_text()
    assert models.count(email) == 1
    shop.write("models.py", models.replace(email, email + '        Column("phone", String(32)),\n'))
    shop_trip.autogenerate("customers have a phone")
    with open_shop(shop_trip, postgrest) as api:
        shop_trip.upgrade()
        assert shop_trip.pending() == ""
        api.wait_for_reload(lambda: "phone" in api.get("/customers").json[0])
        assert api.patch("/customers?name=eq.Bob", {"phone": "555"}).json[0]["phone"] == "555"
        (eve,) = api.post("/customers", {"name": "Eve", "email": "eve@example.org", "phone": "556"}).json
        assert (eve["phone"], eve["order_count"]) == ("556", None)
        assert api.delete(f"/customers?id=eq.{eve['id']}").status == 200
    shop_trip.downgrade("-1")
    assert shop_database.rows("SELECT name, email FROM api.customers") == [("Bob", "bob@example.org")]
