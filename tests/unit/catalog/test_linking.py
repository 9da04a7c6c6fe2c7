"""What an object depends on, by the names in its texts."""

import pytest

from pgcraft.catalog.definitions import Enum, Function, Table, View
from pgcraft.catalog.linking import Draft, find_calls, link
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId

TABLE = ObjectId(Kind.TABLE, "public", "products")
OTHER = ObjectId(Kind.TABLE, "app", "Order lines")
FUNCTION = ObjectId(Kind.FUNCTION, "public", "total", signature="")
VIEW = ObjectId(Kind.VIEW, "api", "shown")


def _needed(*, text: str = "", query: str = "") -> tuple[ObjectId, ...]:
    function = Function(arguments="", returns="integer", language="sql", body="")
    drafts = [
        *(Draft(CatalogObject(found, Table())) for found in (TABLE, OTHER)),
        Draft(CatalogObject(FUNCTION, function)),
        Draft(CatalogObject(VIEW, View("SELECT 1")), texts=(text,), queries=(query,)),
    ]
    return link(drafts).by_id[VIEW].depends_on


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM products",
        "SELECT p.id FROM products p WHERE p.id > 1",
        "SELECT id FROM ONLY products AS p",
        "SELECT 1 FROM app.x, products WHERE true",
        "SELECT 1 FROM app.x LEFT JOIN Products USING (id)",
        "SELECT id, (SELECT max(id) FROM products) FROM app.x",
        "SELECT 1 FROM generate_series(1, 2) AS g(n), products",
        "SELECT 1 FROM (SELECT 1 FROM app.x) AS y, products",
        "WITH c AS (SELECT 1 FROM /* all */ products) SELECT * FROM c",
    ],
)
def test_a_query_may_name_a_relation_of_the_default_schema_by_its_name_alone(query: str) -> None:
    assert (TABLE,) == _needed(query=query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id, products FROM app.x",
        "SELECT 'FROM products' FROM app.x",
        "SELECT 1 FROM app.x -- FROM products",
        "SELECT 1 FROM app.x WHERE (a, products) IN (SELECT 1, 2)",
        "SELECT 1 FROM app.products",
        "SELECT 1 FROM products(1)",
    ],
)
def test_what_names_no_relation_is_none(query: str) -> None:
    assert () == _needed(query=query)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ('SELECT 1 FROM app . "Order lines"', (OTHER,)),
        ("'app.\"Order lines\"'::regclass", (OTHER,)),
        ("BEGIN EXECUTE $q$ SELECT * FROM public.products $q$; END", (TABLE,)),
        ("E'\\' public.products' || /* public.total() /* */ public.total() */ 'public.total()'", ()),
        ("total() + public.total()", (FUNCTION,)),
        ("public.total", ()),
    ],
)
def test_a_text_names_things_with_their_schema(text: str, needed: tuple[ObjectId, ...]) -> None:
    assert needed == _needed(text=text)


def test_calls_are_told_once_in_order() -> None:
    assert (("b", "g"), ("a", "f")) == find_calls("b.g(a.f(1), b.g(2), c.h, now(), 'd.i(1)')")


def test_a_type_is_named_without_a_call() -> None:
    enum = ObjectId(Kind.ENUM, "app", "state")
    drafts = [
        Draft(CatalogObject(enum, Enum(("a",)))),
        Draft(CatalogObject(FUNCTION, Function("", "app.state", "sql", "")), texts=("app.state",)),
    ]
    assert (enum,) == link(drafts).by_id[FUNCTION].depends_on
