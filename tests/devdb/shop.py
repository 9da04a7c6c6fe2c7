"""A small shop in hand-written SQL, the catalog that declares it, and a way to verify the one by the other."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Function, Grant, Role, Schema, Table, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.devdb.trying.access import AccessCheck
from pgcraft.devdb.trying.verify import verify_access
from tests.support.databases import Database

SHOP = """
CREATE ROLE anon NOLOGIN;
CREATE ROLE clerk NOLOGIN;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, clerk TO authenticator;
CREATE SCHEMA shop;
CREATE SCHEMA api;
CREATE TABLE shop.makers (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE shop.products (id serial PRIMARY KEY, maker_id integer NOT NULL REFERENCES shop.makers,
  name varchar(20) NOT NULL, price numeric(8,2) NOT NULL CHECK (price > 0), notes text);
CREATE TABLE shop.lines (product_id integer NOT NULL REFERENCES shop.products, qty integer NOT NULL);
CREATE VIEW api.products AS SELECT id, maker_id, name, price FROM shop.products;
CREATE FUNCTION api.api_products_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN INSERT INTO shop.products (maker_id, name, price) VALUES (NEW.maker_id, NEW.name, NEW.price) RETURNING id INTO NEW.id;
RETURN NEW; END $$;
CREATE FUNCTION api.api_products_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN DELETE FROM shop.products WHERE id = OLD.id; RETURN OLD; END $$;
REVOKE ALL ON FUNCTION api.api_products_insert(), api.api_products_delete() FROM PUBLIC;
CREATE TRIGGER ins INSTEAD OF INSERT ON api.products FOR EACH ROW EXECUTE FUNCTION api.api_products_insert();
CREATE TRIGGER del INSTEAD OF DELETE ON api.products FOR EACH ROW EXECUTE FUNCTION api.api_products_delete();
CREATE VIEW api.totals AS SELECT product_id, sum(qty) AS qty FROM shop.lines GROUP BY 1;
CREATE VIEW api.makers AS SELECT * FROM shop.makers;
GRANT USAGE ON SCHEMA api TO anon, clerk;
GRANT SELECT ON api.products, api.totals, api.makers TO anon, clerk;
GRANT INSERT, DELETE ON api.products TO clerk;
GRANT UPDATE (name) ON api.makers TO clerk;
"""


def rel(kind: Kind, schema: str, name: str) -> ObjectId:
    return ObjectId(kind, schema, name)


def grant(
    on: str, schema: str | None, name: str, role: str, *privileges: str, columns: tuple[tuple[str, str], ...] = ()
) -> CatalogObject:
    return CatalogObject(
        ObjectId(Kind.GRANT, schema, name, role, on), Grant(tuple(sorted(privileges)), columns=columns)
    )


def definer(schema: str, name: str, signature: str = "") -> CatalogObject:
    definition = Function("", "trigger", "plpgsql", "", security_definer=True, is_public=False)
    return CatalogObject(ObjectId(Kind.FUNCTION, schema, name, signature=signature), definition)


def declare(*more: CatalogObject, without: Iterable[ObjectId] = ()) -> Catalog:
    """Return the catalog that says what SHOP makes; later objects of one id replace earlier ones."""
    objects = [
        CatalogObject(ObjectId(Kind.ROLE, None, "anon"), Role()),
        CatalogObject(ObjectId(Kind.ROLE, None, "clerk"), Role()),
        CatalogObject(
            ObjectId(Kind.ROLE, None, "authenticator"), Role(login=True, inherit=False, member_of=("anon", "clerk"))
        ),
        *(CatalogObject(ObjectId(Kind.SCHEMA, None, name), Schema()) for name in ("api", "shop")),
        *(CatalogObject(rel(Kind.TABLE, "shop", name), Table()) for name in ("makers", "products", "lines")),
        *(CatalogObject(rel(Kind.VIEW, "api", name), View("")) for name in ("products", "totals", "makers")),
        definer("api", "api_products_insert"),
        definer("api", "api_products_delete"),
        *(grant("schema", None, "api", role, "usage") for role in ("anon", "clerk")),
        *(grant("view", "api", name, "anon", "select") for name in ("products", "totals", "makers")),
        grant("view", "api", "products", "clerk", "select", "insert", "delete"),
        grant("view", "api", "totals", "clerk", "select"),
        grant("view", "api", "makers", "clerk", "select", columns=(("update", "name"),)),
    ]
    left_out = set(without)
    return make_catalog(item for item in [*objects, *more] if item.id not in left_out)


def verify(database: Database, catalog: Catalog) -> dict[tuple[str, str, str], AccessCheck]:
    with database.connect() as connection:
        checks = verify_access(connection, catalog).checks
    return {(check.role, f"{check.relation.schema}.{check.relation.name}", check.operation): check for check in checks}


def broken(checks: dict[tuple[str, str, str], AccessCheck]) -> list[tuple[str, str, str]]:
    return sorted(key for key, check in checks.items() if not check.held)
