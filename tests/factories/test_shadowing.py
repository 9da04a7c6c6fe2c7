"""Whatever a client puts into the way of a generated function, none of it runs and nothing fails."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Integer, MetaData, Numeric, String, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from pgcraft.check import PGCraftCheck
from pgcraft.devdb.server.servers import Server
from pgcraft.errors import PGCraftError
from pgcraft.fk import PGCraftFK
from pgcraft.ledger.events import LedgerEvent, ledger_balances
from pgcraft.models import GeneratedFunction, register_function
from pgcraft.plugin import Plugin
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.ledger import (
    DoubleEntryPlugin,
    DoubleEntryTriggerPlugin,
    LedgerBalanceCheckPlugin,
    LedgerTablePlugin,
)
from pgcraft.plugins.pk import IdentityPKPlugin, SerialPKPlugin, UUIDV4PKPlugin, UUIDV7PKPlugin
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin
from pgcraft.views import BalanceView, LatestView, LedgerActions
from tests.factories.building import ENTITIES, Models
from tests.factories.shadows import ATTACKER, admit, attack
from tests.support.databases import Database, drop_roles, fresh_database
from tests.support.patience import wait_until

pytestmark = pytest.mark.each_server

KEYS: dict[str, Plugin | None] = {
    "serial": SerialPKPlugin(),
    "identity": IdentityPKPlugin(),
    "uuid4": UUIDV4PKPlugin(),
    "uuid7": UUIDV7PKPlugin(),
    "declared": None,
}
VALUES = {
    "name": "'x'",
    "n": "1",
    "price": "1.5",
    "is_new": "false",
    "facts": "'{\"a\": 1}'",
    "raw": "'{}'",
    "day": "'2026-01-01'",
}
CHANGES = "name = 'y', n = 2, price = 2.5, is_new = true, facts = '{}', raw = '[1]', day = '2026-02-01'"
REFUSING = "_protect_%_change"
"""The functions that do nothing but raise; PostgreSQL does not count their calls."""


def declare(major: int) -> Models:
    """Every factory with every key and every plugin, each behind three kinds of API views."""
    models = Models()
    parent = models.declare("Simple", "parent", [Column("code", String)])
    models.expose(parent)
    for kind in ENTITIES:
        for key, plugin in KEYS.items():
            if key != "uuid7" or major >= 18:
                _declare_entity(models, kind, f"{kind}_{key}".lower(), plugin)
    _expose(models, models.declare("Simple", "marked", _items("marked", None), extra_plugins=_stamps()), [])
    _declare_ledgers(models, major)
    return models


def _stamps() -> list[Plugin]:
    return [SoftDeletePlugin(), UpdatedAtPlugin(), CreatedAtPlugin()]


def _items(name: str, key: Plugin | None) -> list[Any]:
    own = [Column("id", String, primary_key=True)] if key is None and not name.startswith("marked") else []
    return [
        *own,
        Column("name", String(20), nullable=False, server_default="n"),
        Column("n", Integer),
        Column("price", Numeric(10, 2)),
        Column("is_new", Boolean),
        Column("facts", JSONB),
        Column("raw", JSON),
        Column("day", Date),
        Column("parent", Integer),
        PGCraftCheck("{n} > 0 AND {name} <> ''", f"{name}_n"),
        PGCraftFK(references={"{parent}": "parent.id"}, name=f"{name}_parent", ondelete="SET NULL"),
    ]


def _declare_entity(models: Models, kind: str, name: str, plugin: Plugin | None) -> None:
    options = {} if plugin is None else {"extra_plugins": [plugin]}
    _expose(models, models.declare(kind, name, _items(name, plugin), **options), ["day"])


def _expose(models: Models, factory: Any, hidden: list[str]) -> None:
    models.expose(factory)
    models.expose(factory, schema="hidden", exclude_columns=hidden or ["raw"])
    models.expose(factory, schema="asked", query=lambda q, t: q.add_columns(func.length(t.c.name).label("length")))


def _declare_ledgers(models: Models, major: int) -> None:
    for key, plugin in KEYS.items():
        if plugin is not None and (key != "uuid7" or major >= 18):
            ledger = models.declare(
                "Ledger",
                f"ledger_{key}",
                [Column("name", String, nullable=False), Column("note", String)],
                extra_plugins=[plugin, LedgerTablePlugin("numeric"), LedgerBalanceCheckPlugin(["name", "note"])],
            )
            BalanceView(source=ledger, dimensions=["name"])
            LatestView(source=ledger, dimensions=["name"])
            LedgerActions(source=ledger, events=[_receive(), _recount()])
            models.expose(ledger)
            models.expose(ledger, schema="hidden", exclude_columns=["note"])
    double = models.declare(
        "Ledger",
        "double",
        [Column("name", String, nullable=False)],
        extra_plugins=[DoubleEntryPlugin(), DoubleEntryTriggerPlugin()],
    )
    models.expose(double)


def _receive() -> LedgerEvent:
    return LedgerEvent("receive", input=lambda p: select(p("name", String), p("quantity", Numeric).label("value")))


def _recount() -> LedgerEvent:
    return LedgerEvent(
        "recount",
        input=lambda p: select(p("name", String), p("counted", Numeric), literal("x").label("why")),
        desired=lambda rows: select(rows.c.name, rows.c.counted.label("value")),
        existing=ledger_balances("name"),
        diff_keys=["name"],
    )


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Database]:
    with fresh_database(server) as made:
        declare(made.major).create(made)
        admit(made, "shop")
        made.run(
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop TO anon; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shop TO anon"
        )
        made.run("INSERT INTO shop.parent (code) VALUES ('a'), ('b')")
        yield made
    drop_roles(server)


@pytest.fixture
def attacker(shop: Database) -> Iterator[psycopg.Connection[Any]]:
    with attack(shop) as connection:
        yield connection


def _find_views(connection: psycopg.Connection[Any]) -> list[tuple[str, str, str]]:
    """Every relation that can be written, with what its columns are."""
    query = """
        SELECT t.table_schema, t.table_name, pg_catalog.string_agg(c.column_name, ',')
        FROM information_schema.tables AS t
        JOIN information_schema.columns AS c USING (table_schema, table_name)
        WHERE t.table_schema OPERATOR(pg_catalog.=) ANY ('{shop,api,hidden,asked}'::pg_catalog.text[])
        AND t.table_name OPERATOR(pg_catalog.!~) '_(history|root|attributes|entity|attribute|balances|latest)$'
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    connection.execute("SET search_path = pg_catalog")
    return [tuple(row) for row in connection.execute(query).fetchall()]


def _write(view: str, name: str, columns: set[str]) -> list[str]:
    """All that can be done through a view, as statements that name nothing which can be shadowed."""
    if "ledger" in name or name == "double":
        entry = "'00000000-0000-0000-0000-000000000001'"
        if name == "double":
            rows = f"('x', 5, 'debit', {entry}), ('x', 5, 'credit', {entry})"
            return [f"INSERT INTO {view} (name, value, direction, entry_id) VALUES {rows}"]
        return [f"INSERT INTO {view} (name, value) VALUES ('x', 2), ('y', 3)"]
    given = {column: value for column, value in VALUES.items() if column in columns}
    if name.endswith("declared"):
        given["id"] = "'k'"
    changes = ", ".join(part for part in CHANGES.split(", ") if part.split(" = ")[0] in columns)
    if name == "parent":
        given, changes = {"code": "'c'"}, "code = 'd'"
    insert = f"INSERT INTO {view} ({', '.join(given)}) VALUES ({', '.join(given.values())}) RETURNING *"
    return [insert, f"UPDATE {view} SET {changes} RETURNING *", f"UPDATE {view} SET {changes}", f"DELETE FROM {view}"]


def test_nothing_of_an_attackers_runs_in_any_generated_function(
    shop: Database, attacker: psycopg.Connection[Any]
) -> None:
    """Types, relations, functions, operators and casts in pg_temp and first in the path; every function is called."""
    views = _find_views(attacker)
    assert len(views) > 50
    attacker.execute('SET search_path = trap, "$user", pg_catalog, pg_temp')
    for schema, name, columns in views:
        for statement in _write(f"{schema}.{name}", name, set(columns.split(","))):
            attacker.execute(statement.encode())
        attacker.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    for key in KEYS if shop.major >= 18 else (key for key in KEYS if key != "uuid7"):
        if KEYS[key] is not None:
            attacker.execute(f"SELECT * FROM shop.shop_ledger_{key}_receive('z', 4)".encode())
            attacker.execute(f"SELECT * FROM shop.shop_ledger_{key}_recount('z', 3)".encode())
    attacker.execute("SET search_path = pg_catalog")
    uncalled = attacker.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace"
        f" WHERE n.nspname IN ('shop', 'api', 'hidden', 'asked') AND p.proname NOT LIKE '{REFUSING}'"
        " AND p.proname !~ '_(merge|is_own)$'"
        " AND coalesce((SELECT s.calls FROM pg_stat_xact_user_functions AS s WHERE s.funcid = p.oid), 0) = 0"
    ).fetchall()
    assert [] == uncalled


def test_nothing_of_an_attackers_runs_where_two_write_at_a_time(shop: Database) -> None:
    """What merges, and what knows a row that the statement has written already, are called then alone."""
    shop.run("INSERT INTO shop.simple_serial (name, n) VALUES ('old', 1)")
    with attack(shop) as attacker, shop.connect(autocommit=False) as other:
        other.execute("UPDATE shop.simple_serial SET n = 7")
        statement = b"UPDATE api.simple_serial SET price = 9, name = 'new'"
        waiting = threading.Thread(target=attacker.execute, args=(statement,))
        waiting.start()
        wait_until(lambda: shop.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
        other.commit()
        waiting.join()
        twice = "(VALUES (1, 2), (1, 3)) AS v (one, n) WHERE v.one OPERATOR(pg_catalog.=) 1"
        attacker.execute(f"UPDATE api.simple_serial AS s SET n = v.n FROM {twice}".encode())
        attacker.execute("SET search_path = pg_catalog")
        calls = (
            "SELECT funcname FROM pg_stat_xact_user_functions"
            " WHERE schemaname = 'shop' AND funcname LIKE 'shop_simple_serial_%'"
        )
        assert {("shop_simple_serial_merge",), ("shop_simple_serial_is_own",)} == set(
            attacker.execute(calls).fetchall()
        )
    shop.run("TRUNCATE shop.simple_serial")


def test_what_refuses_a_direct_write_runs_nothing_of_an_attackers(
    shop: Database, attacker: psycopg.Connection[Any]
) -> None:
    attacker.execute("INSERT INTO shop.ledger_serial (name, value) VALUES ('a', 1)")
    for table in ("ledger_serial", "appendonly_serial_root", "appendonly_serial_attributes", "eav_serial_entity"):
        for statement in (f"UPDATE shop.{table} SET created_at = DEFAULT", f"DELETE FROM shop.{table}"):
            refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"table shop.{table} ")
            with refused, attacker.transaction():
                attacker.execute(statement.encode())


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_cascade_runs_nothing_of_an_attackers(kind: str, shop: Database, attacker: psycopg.Connection[Any]) -> None:
    """What a foreign key does runs as the owner of the table with the key."""
    attacker.execute("SET search_path = pg_catalog")
    for key in ("serial", "uuid4"):
        attacker.execute(f"INSERT INTO shop.{kind}_{key} (name, parent) VALUES ('x', 2)".encode())
    attacker.execute('SET search_path = trap, "$user", pg_catalog, pg_temp')
    attacker.execute("DELETE FROM shop.parent WHERE id OPERATOR(pg_catalog.=) 2")
    for key in ("serial", "uuid4"):
        assert [(None,)] == attacker.execute(f"SELECT parent FROM shop.{kind}_{key}".encode()).fetchall()


def test_every_generated_function_has_the_path_and_is_nobodys_to_call(shop: Database) -> None:
    with shop.connect() as connection:
        connection.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA shop FROM anon")
        rows = connection.execute(
            "SELECT oid::regprocedure::text, proconfig, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc"
            " WHERE pronamespace::regnamespace::text IN ('shop', 'api', 'hidden', 'asked')",
            [ATTACKER],
        ).fetchall()
        connection.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shop TO anon")
    assert len(rows) > 100
    for name, settings, is_callable in rows:
        assert "search_path=pg_catalog, pg_temp" in (settings or ()), name
        assert not is_callable, name


def test_the_attack_as_it_was_printed_gains_nothing(cluster_database: Database) -> None:
    models = Models()
    columns = [Column("sku", String), Column("amount", Integer)]
    models.expose(models.declare("AppendOnly", "price", columns))
    models.create(cluster_database)
    admit(cluster_database)
    with psycopg.connect(cluster_database.conninfo_as(ATTACKER), autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION pg_temp.evil(v pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN"
            " IF current_user <> 'mallory' THEN ALTER ROLE anon SUPERUSER; END IF; RETURN true; END $$;"
            "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.evil(value));"
            "CREATE DOMAIN pg_temp.d AS pg_catalog.int4 CHECK (pg_temp.evil('x'));"
            "CREATE TYPE pg_temp.record AS (a pg_temp.d)"
        )
        connection.execute("INSERT INTO api.price (sku, amount) VALUES ('x', 1)")
        connection.execute("UPDATE api.price SET amount = 2")
        connection.execute("DELETE FROM api.price")
    assert [(False,)] == cluster_database.rows("SELECT rolsuper FROM pg_roles WHERE rolname = 'anon'")


def test_the_traps_spring_in_a_function_without_the_path(shop: Database, attacker: psycopg.Connection[Any]) -> None:
    """A test of the test: each kind of trap catches a function as they were once made."""
    bodies = {
        "type": ("BEGIN PERFORM 'x'::text; RETURN 1; END", ""),
        "record": ("DECLARE r record; BEGIN SELECT 'x', 1 INTO r; RETURN 1; END", ""),
        "operator": ("BEGIN IF 'a'::varchar(1) LIKE '%' THEN RETURN 1; END IF; RETURN 2; END", None),
        "function": ("BEGIN PERFORM now(); RETURN 1; END", None),
    }
    for name, (body, path) in bodies.items():
        setting = "" if path is None else "SET search_path = ''"
        shop.run(
            f"CREATE FUNCTION public.naive_{name}() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER {setting}"
            f" AS $$ {body} $$"
        )
        caught = pytest.raises(psycopg.errors.RaiseException, match="code of the attacker runs as postgres")
        with caught, attacker.transaction():
            attacker.execute(f"SELECT public.naive_{name}()".encode())


def test_a_path_of_its_own_is_refused_to_a_generated_function() -> None:
    with pytest.raises(PGCraftError, match="PGC222"):
        GeneratedFunction(schema="s", name="f", body="SELECT", settings=(("Search_Path", "app"),))
    made = GeneratedFunction(schema="s", name="f", body="SELECT", settings=(("work_mem", "4MB"),))
    assert (("work_mem", "4MB"), ("search_path", "pg_catalog, pg_temp")) == made.settings
    register_function(MetaData(), made)
