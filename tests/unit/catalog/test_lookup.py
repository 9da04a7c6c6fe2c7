"""Objects by what a user types."""

import pytest

from pgcraft.catalog.definitions import Column, Function, Grant, Role, Schema, Table, Trigger, View
from pgcraft.catalog.lookup import find_objects, get_object, get_objects
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.errors import PGCraftConfigError

TABLE = ObjectId(Kind.TABLE, "inventory", "products")
VIEW = ObjectId(Kind.VIEW, "api", "products")
COLUMN = ObjectId(Kind.COLUMN, "inventory", "Price", "products")
TRIGGERS = tuple(ObjectId(Kind.TRIGGER, schema, "audit", "products") for schema in ("api", "inventory"))
TOTALS = tuple(ObjectId(Kind.FUNCTION, "api", "total", signature=signature) for signature in ("", "integer, text"))
ROLE = ObjectId(Kind.ROLE, None, "anon")
GRANT = ObjectId(Kind.GRANT, "api", "products", "anon", "view")
CATALOG = make_catalog(
    [
        CatalogObject(ObjectId(Kind.SCHEMA, None, "api"), Schema()),
        CatalogObject(TABLE, Table()),
        CatalogObject(VIEW, View("SELECT 1")),
        CatalogObject(COLUMN, Column(1, "integer")),
        *(CatalogObject(trigger, Trigger("after", ("insert",), ("api", "total"))) for trigger in TRIGGERS),
        *(CatalogObject(total, Function("", "integer", "sql", "SELECT 1")) for total in TOTALS),
        CatalogObject(ROLE, Role()),
        CatalogObject(GRANT, Grant(("select",))),
    ]
)

MEANINGS = {
    "products": (VIEW, TABLE),
    "api.products": (VIEW,),
    "view products": (VIEW,),
    "view:api.products": (VIEW,),
    "table inventory.products": (TABLE,),
    "PRODUCTS": (VIEW, TABLE),
    '"products"': (VIEW, TABLE),
    "inventory.products.Price": (COLUMN,),
    "products.Price": (COLUMN,),
    "price": (COLUMN,),
    "audit": TRIGGERS,
    "api.audit": TRIGGERS[:1],
    "trigger audit on inventory.products": TRIGGERS[1:],
    "total": TOTALS,
    "api.total()": TOTALS[:1],
    "total(int, text)": TOTALS[1:],
    "role:anon": (ROLE,),
    "anon": (ROLE,),
    "grant on view api.products to anon": (GRANT,),
    "grant products": (GRANT,),
    "nothing": (),
    "": (),
}


@pytest.mark.parametrize("text", MEANINGS)
def test_a_text_means_every_object_that_it_may_name(text: str) -> None:
    assert MEANINGS[text] == find_objects(CATALOG, text)


def test_one_object_is_given_where_the_text_means_one() -> None:
    assert VIEW == get_object(CATALOG, "api.products")


def test_several_meanings_are_listed_so_that_one_can_be_copied() -> None:
    with pytest.raises(PGCraftConfigError, match=r'may mean 2 objects\n.*\n  "view api.products"\n  "table inventory'):
        get_object(CATALOG, "products")


@pytest.mark.parametrize("get", [get_object, get_objects])
def test_the_nearest_name_is_offered(get: object) -> None:
    with pytest.raises(PGCraftConfigError, match=r'no object "api.prodcts"\n  did you mean "api.products"\?'):
        get(CATALOG, "api.prodcts")
