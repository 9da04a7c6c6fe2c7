"""The tables behind a resource refuse whoever writes past it, however; what the resource itself does passes."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Integer, String

from pgcraft.collect import collect
from pgcraft.devdb.server.servers import Server
from pgcraft.export import export_sql
from pgcraft.fk import PGCraftFK
from tests.factories.building import Models
from tests.support.databases import Database, drop_roles, fresh_database

TABLES = {
    "AppendOnly": ("item AO_root", "item AO_attributes"),
    "EAV": ("item EAV_entity", "item EAV_attribute"),
}
VIEWS = {"AppendOnly": "item AO", "EAV": "item EAV"}
CASES = [(kind, table) for kind, tables in TABLES.items() for table in tables]
STATEMENTS = {
    "insert": "INSERT INTO {table} SELECT * FROM {table}",
    "empty insert": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "update": "UPDATE {table} SET created_at = now()",
    "update of nothing": "UPDATE {table} SET created_at = now() WHERE false",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "merge": "MERGE INTO {table} AS t USING {table} AS s ON s.id = t.id WHEN MATCHED THEN DELETE",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET created_at = now()",
}


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    with fresh_database(server) as made:
        declare().create(made)
        made.run("CREATE ROLE granted")
        made.run("GRANT USAGE ON SCHEMA shop TO granted; GRANT ALL ON ALL TABLES IN SCHEMA shop TO granted")
        made.run("CREATE TABLE public.asked (sql text)")
        made.run("GRANT ALL ON public.asked TO granted")
        yield made
    drop_roles(server)


def declare() -> Models:
    """Items of both kinds that hang on an owner by every action of a foreign key, and on a table of the user's own."""
    models = Models()
    models.declare("Simple", "owner", [Column("code", String, unique=True)])
    for kind, name in VIEWS.items():
        columns = [
            Column("name", String),
            Column("cascading", Integer),
            Column("nulled", Integer),
            Column("followed", String),
        ]
        keys = [
            PGCraftFK(references={"{cascading}": "owner.id"}, name=f"{kind}_cascading", ondelete="CASCADE"),
            PGCraftFK(references={"{nulled}": "owner.id"}, name=f"{kind}_nulled", ondelete="SET NULL"),
            PGCraftFK(references={"{followed}": "owner.code"}, name=f"{kind}_followed", onupdate="CASCADE"),
        ]
        models.expose(models.declare(kind, name, [*columns, *keys]))
    return models


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """One transaction over an item of each kind, undone at the end."""
    with database.connect(autocommit=False) as opened:
        opened.execute("INSERT INTO shop.owner (id, code) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
        for view in VIEWS.values():
            opened.execute(f'INSERT INTO shop."{view}" VALUES (1001, NULL, NULL, %s, 1, 2, %s)', ("n", "c"))
        yield opened
        opened.rollback()


def assert_refused(connection: psycopg.Connection[Any], kind: str, table: str, sql: str) -> None:
    """The statement fails, and the error tells table and view, each with its schema."""
    before = connection.execute(f'SELECT * FROM shop."{VIEWS[kind]}_history"').fetchall()
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught, connection.transaction():
        connection.execute(sql)
    assert f"table shop.{table} cannot be written directly" == caught.value.diag.message_primary
    assert f'write through the view shop."{VIEWS[kind]}"' == caught.value.diag.message_hint
    assert before == connection.execute(f'SELECT * FROM shop."{VIEWS[kind]}_history"').fetchall()


@pytest.mark.parametrize("role", ["postgres", "granted"])
@pytest.mark.parametrize(("kind", "table"), CASES)
def test_no_statement_writes_past_the_view(
    kind: str, table: str, role: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"SET LOCAL ROLE {role}")
    for statement in STATEMENTS.values():
        assert_refused(connection, kind, table, statement.format(table=f'shop."{table}"'))


@pytest.mark.parametrize(("kind", "table"), CASES)
def test_no_copy_writes_past_the_view(kind: str, table: str, connection: psycopg.Connection[Any]) -> None:
    copying = f'COPY shop."{table}" (id) FROM STDIN'
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match=table)
    with refused, connection.transaction(), connection.cursor().copy(copying) as copy:
        copy.write_row((99,))


@pytest.mark.parametrize("role", ["postgres", "granted"])
@pytest.mark.parametrize(("kind", "table"), CASES)
def test_no_trigger_of_the_users_writes_past_the_view(
    kind: str, table: str, role: str, connection: psycopg.Connection[Any]
) -> None:
    """It runs within a trigger, as the resource's functions do; once that was enough."""
    connection.execute(
        "CREATE FUNCTION public.obey() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN EXECUTE NEW.sql; RETURN NEW; END $$;"
        "CREATE TRIGGER obey BEFORE INSERT ON public.asked FOR EACH ROW EXECUTE FUNCTION public.obey()"
    )
    connection.execute(f"SET LOCAL ROLE {role}")
    for statement in STATEMENTS.values():
        asked = statement.format(table=f'shop."{table}"').replace("'", "''")
        assert_refused(connection, kind, table, f"INSERT INTO public.asked VALUES ('{asked}')")


@pytest.mark.parametrize(("kind", "table"), CASES)
def test_a_write_through_the_view_opens_nothing_for_later(
    kind: str, table: str, connection: psycopg.Connection[Any]
) -> None:
    """The leave to write ends with the function that has it: for statements that follow, and for triggers."""
    view = f'shop."{VIEWS[kind]}"'
    connection.execute(
        "CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" UPDATE {view} SET name = 'x'; DELETE FROM {view} WHERE id < 0; INSERT INTO {view} (name) VALUES ('y');"
        f' UPDATE shop."{table}" SET created_at = now(); RETURN NEW; END $$;'
        "CREATE TRIGGER meddle BEFORE INSERT ON public.asked FOR EACH ROW EXECUTE FUNCTION public.meddle()"
    )
    assert_refused(connection, kind, table, "INSERT INTO public.asked VALUES ('')")
    connection.execute(f"UPDATE {view} SET name = 'other'")
    assert_refused(connection, kind, table, f'DELETE FROM shop."{table}"')


@pytest.mark.parametrize("timing", ["BEFORE", "AFTER"])
@pytest.mark.parametrize("kind", TABLES)
def test_a_resource_written_within_the_write_of_another_keeps_its_leave(
    kind: str, timing: str, connection: psycopg.Connection[Any]
) -> None:
    """A trigger on the log writes through another view, after which the first function's statement goes on."""
    log, other = TABLES[kind][1], VIEWS["EAV" if kind == "AppendOnly" else "AppendOnly"]
    connection.execute(
        "CREATE FUNCTION public.pass_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO shop.\"{other}\" (name) VALUES ('passed on'); RETURN NEW; END $$;"
        f'CREATE TRIGGER pass_on {timing} INSERT ON shop."{log}" FOR EACH ROW EXECUTE FUNCTION public.pass_on()'
    )
    connection.execute(f"INSERT INTO shop.\"{VIEWS[kind]}\" (name) VALUES ('new')")
    found = connection.execute(f"SELECT count(*) FROM shop.\"{other}\" WHERE name = 'passed on'").fetchone()
    assert (1,) == found


@pytest.mark.parametrize("kind", TABLES)
def test_what_foreign_keys_do_passes(kind: str, connection: psycopg.Connection[Any]) -> None:
    view = f'shop."{VIEWS[kind]}"'
    connection.execute("UPDATE shop.owner SET code = 'd' WHERE id = 3")
    connection.execute("DELETE FROM shop.owner WHERE id = 2")
    found = connection.execute(f"SELECT cascading, nulled, followed FROM {view}").fetchall()
    assert [(1, None, "d")] == found
    connection.execute("DELETE FROM shop.owner WHERE id = 1")
    assert [] == connection.execute(f"SELECT * FROM {view}").fetchall()


@pytest.mark.parametrize("kind", TABLES)
def test_what_foreign_keys_do_passes_within_a_trigger(kind: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "CREATE FUNCTION public.clean() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN DELETE FROM shop.owner WHERE id = 1; RETURN NEW; END $$;"
        "CREATE TRIGGER clean BEFORE INSERT ON public.asked FOR EACH ROW EXECUTE FUNCTION public.clean();"
        "INSERT INTO public.asked VALUES ('')"
    )
    assert [] == connection.execute(f'SELECT * FROM shop."{VIEWS[kind]}"').fetchall()


def test_an_owner_that_is_no_superuser_makes_and_writes_them(database18: Database, clean_roles18: None) -> None:
    """As on every hosted server; settings of functions are not for everyone to write."""
    models = Models()
    for kind, name in VIEWS.items():
        models.declare(kind, name, [Column("name", String)])
    script = export_sql(collect(models.metadata))
    database18.run(f'CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE "{database18.name}" TO plain')
    with psycopg.connect(database18.conninfo_as("plain"), autocommit=True) as connection:
        connection.execute(script.encode())
        for view in VIEWS.values():
            connection.execute(f"INSERT INTO shop.\"{view}\" (name) VALUES ('a')")
            connection.execute(f"UPDATE shop.\"{view}\" SET name = 'b'")
            assert 1 == connection.execute(f'DELETE FROM shop."{view}"').rowcount
