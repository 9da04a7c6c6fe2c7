"""Catalogs for tests of pure functions: built from the catalog's own classes."""

from pgcraft.catalog.definitions import Column, Constraint, Function, Grant, Role, Schema, Table, Trigger, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import Layer, Origin, Origins

PRODUCTS_FACTORY = Origin(Layer.FACTORY, 'PGCraftSimple("products")', "models.py", 12)
VIEW_FACTORY = Origin(Layer.FACTORY, 'PostgRESTView("products")', "models.py", 120)
POSTGREST = Origin(Layer.EXTENSION, "postgrest")
SERIAL = Origin(Layer.PLUGIN, "SerialPKPlugin")

API = ObjectId(Kind.SCHEMA, None, "api")
INVENTORY = ObjectId(Kind.SCHEMA, None, "inventory")
ANON = ObjectId(Kind.ROLE, None, "anon")
TABLE = ObjectId(Kind.TABLE, "inventory", "products")
ID_COLUMN = ObjectId(Kind.COLUMN, "inventory", "id", "products")
NAME_COLUMN = ObjectId(Kind.COLUMN, "inventory", "name", "products")
PRIMARY_KEY = ObjectId(Kind.CONSTRAINT, "inventory", "pk__products__id", "products")
VIEW = ObjectId(Kind.VIEW, "api", "products")
FUNCTION = ObjectId(Kind.FUNCTION, "api", "api_products_insert", None, "")
TRIGGER = ObjectId(Kind.TRIGGER, "api", "api_products_insert", "products")
VIEW_GRANT = ObjectId(Kind.GRANT, "api", "products", "anon", "view")
SCHEMA_GRANT = ObjectId(Kind.GRANT, None, "api", "anon", "schema")


def make_shop(*more: CatalogObject) -> Catalog:
    """Return a table with its API view, the view's trigger and function, and what anon may do."""
    table_made: Origins = (PRODUCTS_FACTORY,)
    view_made: Origins = (VIEW_FACTORY, POSTGREST)
    return make_catalog(
        [
            CatalogObject(API, Schema(), origins=view_made),
            CatalogObject(INVENTORY, Schema(), origins=table_made),
            CatalogObject(ANON, Role(), origins=(POSTGREST,)),
            CatalogObject(TABLE, Table(), (ID_COLUMN, NAME_COLUMN, PRIMARY_KEY), (INVENTORY,), table_made),
            CatalogObject(ID_COLUMN, Column(1, "integer", nullable=False), (), (TABLE,), (PRODUCTS_FACTORY, SERIAL)),
            CatalogObject(NAME_COLUMN, Column(2, "text", nullable=False), (), (TABLE,), table_made),
            CatalogObject(
                PRIMARY_KEY, Constraint("primary key", ("id",), "PRIMARY KEY (id)"), (), (TABLE,), table_made
            ),
            CatalogObject(
                VIEW, View("SELECT 1", ("id", "name"), ("integer", "text")), (TRIGGER,), (API, TABLE), view_made
            ),
            CatalogObject(
                FUNCTION, Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END"), (), (API, TABLE), view_made
            ),
            CatalogObject(
                TRIGGER,
                Trigger("instead of", ("insert",), ("api", "api_products_insert")),
                (),
                (FUNCTION, VIEW),
                view_made,
            ),
            CatalogObject(VIEW_GRANT, Grant(("insert", "select")), (), (ANON, VIEW), view_made),
            CatalogObject(SCHEMA_GRANT, Grant(("usage",)), (), (ANON, API), view_made),
            *more,
        ]
    )
