"""Views whose text tells by itself that nothing changed."""

import pytest

from pgcraft.catalog.definitions import View
from pgcraft.reconcile.plain_views import is_same_listing

STORED = ' SELECT id,\n    "Name"\n   FROM app.products;'


@pytest.mark.parametrize(
    "wanted",
    [
        'SELECT id, "Name" FROM app.products',
        'SELECT products.id, products."Name" FROM app.products',
        'select ID, "Name" from "app".products products',
    ],
)
def test_the_same_columns_of_the_same_relation_are_the_same_view(wanted: str) -> None:
    assert is_same_listing(View(wanted), View(STORED))


@pytest.mark.parametrize(
    "wanted",
    [
        'SELECT "Name", id FROM app.products',
        "SELECT id, name FROM app.products",
        'SELECT DISTINCT id, "Name" FROM app.products',
        'SELECT id, "Name" FROM app.products WHERE id > 1',
        'SELECT id, "Name" FROM app.products p, app.other',
        'SELECT other.id, "Name" FROM app.products',
        'SELECT id AS x, "Name" FROM app.products',
        'SELECT id, upper("Name") FROM app.products',
        'SELECT id, "Name" FROM products',
        'SELECT id, "Name" FROM app.products -- all',
        "VALUES (1)",
        "",
    ],
)
def test_whatever_else_a_text_says_is_left_to_the_server(wanted: str) -> None:
    assert not is_same_listing(View(wanted), View(STORED))


def test_columns_are_compared_where_they_are_declared() -> None:
    assert not is_same_listing(
        View('SELECT id, "Name" FROM app.products', columns=("id", "other")), View(STORED, columns=("id", "Name"))
    )
