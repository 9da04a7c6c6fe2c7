"""What the extensions page says of its examples, sentence by sentence."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import PostgRESTFactory, ProjectFactory
from tests.seeds.models import nanoid, seed_models, setup_of
from tests.seeds.printed import read_example
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

FULL = ["DELETE", "INSERT", "UPDATE"]
TRIGGER_EVENTS = """
SELECT event_manipulation FROM information_schema.triggers
 WHERE action_timing = 'INSTEAD OF' AND event_object_schema = %s AND event_object_table = %s ORDER BY 1
"""


@pytest.fixture
def migrated(project: ProjectFactory, database18: Database, clean_roles18: None) -> Callable[[str], Database]:
    """Factory: migrates the database to a model of the seeds and gives it."""

    def make(models: str) -> Database:
        trip = RoundTrip(project(models, database=database18), database18)
        trip.autogenerate()
        trip.upgrade()
        return database18

    return make


def triggers(database: Database, schema: str, view: str) -> list[str]:
    return [event for (event,) in database.rows(TRIGGER_EVENTS, schema, view)]


def columns(database: Database, relation: str) -> list[str]:
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::text::regclass AND attnum > 0 ORDER BY attnum"
    return [name for (name,) in database.rows(query, relation)]


def privileges(database: Database, relation: str) -> list[str]:
    query = "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) p "
    rows = database.rows(query + "WHERE has_table_privilege('anon', %s::text, p)", relation)
    return [name for (name,) in rows]


def test_the_minimal_example_creates_what_the_page_lists(migrated: Callable[[str], Database]) -> None:
    """Table with a serial key, view, anon with SELECT; "a ["select"]-only view has no triggers"."""
    database = migrated(seed_models()["minimal"])
    assert columns(database, "inventory.products") == ["id", "name", "sku", "price"]
    assert database.value("SELECT pg_get_serial_sequence('inventory.products', 'id')") == "inventory.products_id_seq"
    assert columns(database, "api.products") == ["id", "name", "sku", "price"]
    assert privileges(database, "api.products") == ["SELECT"]
    assert privileges(database, "inventory.products") == []
    assert triggers(database, "api", "products") == []


@pytest.mark.parametrize("granted", [["insert"], ["update"], ["delete"], ["insert", "update", "delete"]])
def test_grants_drive_triggers(granted: list[str], migrated: Callable[[str], Database]) -> None:
    """ "INSTEAD OF triggers are only created for the DML operations listed in grants"."""
    grants = read_example("extensions/grants.py").replace('"select", "insert", "update", "delete",', "")
    view = grants.replace("grants=[", f"grants={['select', *granted]}, #").replace("    ],\n", "")
    database = migrated(setup_of("extensions/minimal.py") + view)
    assert triggers(database, "api", "products") == sorted(map(str.upper, granted))
    assert set(privileges(database, "api.products")) == {"SELECT", *map(str.upper, granted)}


def test_the_schema_parameter_moves_the_view(migrated: Callable[[str], Database]) -> None:
    """``schema="reporting"`` stands beside the view in ``api``."""
    database = migrated(seed_models()["schema"])
    assert privileges(database, "reporting.products") == ["SELECT"]
    assert database.value("SELECT has_schema_privilege('anon', 'reporting', 'usage')")


@pytest.mark.parametrize("name", ["columns", "exclude_columns"])
def test_the_view_has_the_listed_columns_and_the_printed_text(name: str, migrated: Callable[[str], Database]) -> None:
    """The printed CREATE VIEW and ours are one view to PostgreSQL; ``internal_notes`` is out of sight."""
    database = migrated(seed_models()[name])
    ours = database.value("SELECT pg_get_viewdef('api.products'::regclass)")
    database.run("DROP VIEW api.products")
    database.run(read_example("extensions/columns.sql"))
    assert database.value("SELECT pg_get_viewdef('api.products'::regclass)") == ours
    assert columns(database, "api.products") == ["id", "name", "sku", "price"]
    assert "internal_notes" in columns(database, "inventory.products")


@pytest.mark.parametrize("argument", ["columns", "exclude_columns"])
def test_an_unknown_column_raises_value_error(argument: str) -> None:
    """ "Any column name not found on the table raises ValueError"."""
    models = setup_of("extensions/columns.py") + f'PostgRESTView(source=products, {argument}=["id", "nmae"])\n'
    with pytest.raises(ValueError, match=r'"nmae".*inventory\.products'):
        exec(compile(models, "models.py", "exec"), {})


def test_our_rendered_view_reads_like_the_printed_one(project: ProjectFactory) -> None:
    """``pgcraft ddl`` prints the page's own statement."""
    printed = project(seed_models()["columns"], database=None).pgcraft("ddl", "api.products").stdout
    assert read_example("extensions/columns.sql").strip() + ";" in printed


def test_statistics_are_joined_and_the_base_stays_writable(
    migrated: Callable[[str], Database], postgrest: PostgRESTFactory
) -> None:
    """ "INSTEAD OF triggers are still created for the base table columns; joined columns are read-only"."""
    database = migrated(seed_models()["statistics"])
    assert triggers(database, "api", "customers") == FULL
    with postgrest(database) as api:
        (ada,) = api.post("/customers", {"name": "Ada", "email": "ada@example.org"}).json
        assert (ada["order_count"], ada["order_total"]) == (None, None)
        database.run(f"INSERT INTO public.orders (customer_id, total) VALUES ({ada['id']}, 10), ({ada['id']}, 5.5)")
        assert api.get("/customers").json == [{**ada, "order_count": 2, "order_total": 15.5}]
        (changed,) = api.patch(f"/customers?id=eq.{ada['id']}", {"name": "Ada L.", "order_count": 99}).json
        assert changed["name"] == "Ada L."
        assert api.get("/customers").json[0]["order_count"] == 2
        assert api.delete(f"/customers?id=eq.{ada['id']}").status == 200
        assert api.get("/customers").json == []


def test_a_computed_column_is_shown_and_not_writable(
    migrated: Callable[[str], Database], postgrest: PostgRESTFactory
) -> None:
    """ "The total column … appears in the API but is computed by PostgreSQL, not writable through the API"."""
    database = migrated(seed_models()["computed"])
    with postgrest(database) as api:
        row = {"id": 1, "name": "Widget", "price": 3, "qty": 4, "total": 12}
        assert api.post("/products", {"name": "Widget", "price": 3, "qty": 4, "total": 99}).json == [row]
        assert api.patch("/products?id=eq.1", {"qty": 5, "total": 0}).json == [{**row, "qty": 5, "total": 15}]


def test_the_nanoid_key_is_made_by_postgresql(migrated: Callable[[str], Database]) -> None:
    """ "Replace serial PK with a NanoID column": its function comes before the table whose default calls it."""
    database = migrated(seed_models()["nanoid"])
    key = database.value("INSERT INTO inventory.products (name) VALUES ('Widget') RETURNING id")
    assert re.fullmatch(r"[\w-]{21}", key)


def test_the_audit_extension_fills_its_shadow_table(migrated: Callable[[str], Database]) -> None:
    """ "A shadow table and a trigger that writes to it", brought to each factory by the extension alone."""
    database = migrated(seed_models()["audit"])
    database.run("INSERT INTO inventory.products (name, price) VALUES ('Widget', 1)")
    database.run("UPDATE inventory.products SET price = 2; DELETE FROM inventory.products")
    rows = database.rows("SELECT operation, name, price FROM inventory.products_shadow ORDER BY written_at, price")
    assert rows == [("INSERT", "Widget", 1), ("UPDATE", "Widget", 2), ("DELETE", "Widget", 2)]


def test_the_subsystem_declares_the_roles(migrated: Callable[[str], Database]) -> None:
    """The printed extension calls ``register_roles``, and that is all it takes."""
    database = migrated(seed_models()["subsystem"])
    roles = database.rows("SELECT rolname, rolcanlogin, rolinherit FROM pg_roles WHERE oid >= 16384 ORDER BY 1")
    assert roles == [("anon", False, True), ("authenticator", True, False)]


def test_a_missing_dependency_raises_validation_error() -> None:
    """ "A PGCraftValidationError is raised if any are missing" - and names both."""
    space: dict[str, object] = {}
    exec(compile(read_example("extensions/dependencies.py"), "models.py", "exec"), space)
    from pgcraft.config import PGCraftConfig
    from pgcraft.errors import PGCraftValidationError

    config = PGCraftConfig(extensions=[space["MyExtension"]()])  # type: ignore[operator]
    with pytest.raises(PGCraftValidationError, match=r"my-ext.*postgrest"):
        _ = config.all_plugins


@pytest.fixture
def installed_nanoid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The NanoID example as an installed distribution with the printed entry point."""
    site = tmp_path / "site"
    info = site / "pgcraft_nanoid-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "pgcraft_nanoid.py").write_text(nanoid())
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pgcraft-nanoid\nVersion: 1.0\n")
    entry_points = read_example("extensions/entry_points.toml")
    (info / "entry_points.txt").write_text(
        entry_points.replace('[project.entry-points."pgcraft.extensions"]', "[pgcraft.extensions]").replace('"', "")
    )
    monkeypatch.syspath_prepend(str(site))
    import importlib

    module = importlib.import_module("pgcraft_nanoid")
    monkeypatch.setitem(sys.modules, "pgcraft_nanoid", module)
    return module


def test_an_installed_extension_is_discovered_unless_told_not_to(installed_nanoid: ModuleType) -> None:
    """ "Discovered extensions are automatically loaded unless auto_discover=False is set"."""
    from pgcraft.config import PGCraftConfig

    found = [type(plugin).__name__ for plugin in PGCraftConfig().all_plugins]
    assert found == ["NanoIDPKPlugin"]
    assert PGCraftConfig(auto_discover=False).all_plugins == []


def test_an_extension_registered_by_hand_wins_over_the_discovered_one(installed_nanoid: ModuleType) -> None:
    """ "Manually registered extensions take precedence over discovered ones with the same name"."""
    from pgcraft.config import PGCraftConfig

    by_hand = installed_nanoid.NanoIDExtension()
    assert PGCraftConfig().use(by_hand).find_extension("nanoid") is by_hand


def test_show_says_what_the_page_says_it_creates(project: ProjectFactory) -> None:
    """The workbench's answer to the minimal example, from the command line."""
    answer = json.loads(project(seed_models()["minimal"], database=None).pgcraft("show", "--json").stdout)
    assert {"inventory", "api"} <= {item["id"]["schema"] for item in answer["objects"]}
