"""A view that filters rows may refuse what it would not show, and hide what it filters from leaking functions."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import Boolean, Column, String, func, select, text

from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple
from pgcraft.models import GrantDefinition, PolicyDefinition, register_grant, register_policy
from pgcraft.views import PGCraftMaterializedView, PGCraftView
from tests.support.databases import Database
from tests.unit.declare.building import build, new_metadata, postgrest_config

pytestmark = pytest.mark.usefixtures("clean_roles")
FACTORIES = (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger)
SCHEMA = 'odd "%" schema'


def declare(factory: Any, database: Database, *, is_secured: bool = False, **options: Any) -> str:
    """Expose the public rows of a resource; gives the quoted name of its API view."""
    metadata, config = new_metadata(), postgrest_config()
    items = [Column("name", String), Column("is public", Boolean, nullable=False, server_default=text("true"))]
    made = factory("docs", "app", metadata, items, config=config)
    if is_secured:
        register_policy(metadata, PolicyDefinition(schema="app", table="docs", name="all", using="true"))
    PostgRESTView(
        made,
        schema=SCHEMA,
        grants=["select", *made.writes],
        **{"query": lambda q, t: q.where(t.c["is public"]), **options},
    )
    build(metadata, database, config)
    return '"odd ""%"" schema".docs'


def run(database: Database, sql: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        connection.execute("SET ROLE anon")
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("is_secured", [False, True], ids=["owner", "caller"])
@pytest.mark.parametrize("factory", FACTORIES)
def test_what_the_view_would_not_show_is_refused(factory: Any, database: Database, is_secured: bool) -> None:
    view = declare(factory, database, is_secured=is_secured, check_option=True, security_barrier=True)
    value = ", value" if factory is PGCraftLedger else ""
    one = ", 1" if value else ""
    assert run(database, f"INSERT INTO {view} (name{value}) VALUES ('seen'{one}) RETURNING name") == [("seen",)]
    with pytest.raises(psycopg.errors.WithCheckOptionViolation):
        run(database, f"INSERT INTO {view} (name, \"is public\"{value}) VALUES ('hidden', false{one})")
    if not value:
        with pytest.raises(psycopg.errors.WithCheckOptionViolation):
            run(database, f'UPDATE {view} SET "is public" = false')
        assert run(database, f"UPDATE {view} SET name = 'changed' RETURNING name") == [("changed",)]
    assert database.value("SELECT count(*) FROM app.docs") == 1


def test_without_the_option_everything_is_as_it_was(database: Database) -> None:
    view = declare(PGCraftSimple, database)
    run(database, f'INSERT INTO {view} ("is public") VALUES (false)')
    assert database.value("SELECT count(*) FROM app.docs") == 1


LEAK = """
CREATE FUNCTION pg_temp.leak(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
$$ BEGIN RAISE NOTICE '%', name; RETURN true; END $$
"""


@pytest.mark.parametrize("is_barred", [False, True])
def test_22_a_barrier_shows_nothing_hidden_to_a_function(database: Database, is_barred: bool) -> None:
    costly = {"query": lambda q, t: q.where(func.md5(t.c.name) != func.md5("secret"))}
    view = declare(PGCraftSimple, database, security_barrier=is_barred, **costly)
    database.run("INSERT INTO app.docs (name) VALUES ('secret')")
    told: list[str | None] = []
    with database.connect() as connection:
        connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
        connection.execute(LEAK.encode())
        connection.execute("SET ROLE anon")
        connection.execute(f"SELECT * FROM {view} WHERE pg_temp.leak(name)".encode())
    assert told == ([] if is_barred else ["secret"])


def test_a_view_that_postgresql_writes_through_has_its_own_option(database: Database) -> None:
    metadata, config = new_metadata(), postgrest_config()
    docs = PGCraftSimple("docs", "app", metadata, [Column("name", String)], config=config)
    query = select(docs.table).where(docs.table.c.name != "hidden")
    PGCraftView("seen", "app", metadata, query, check_option=True, security_barrier=True)
    PostgRESTView(docs)
    register_grant(metadata, GrantDefinition(privileges=("usage",), to="anon", schema="app", on="schema"))
    register_grant(metadata, GrantDefinition(privileges=("insert",), to="anon", schema="app", name="seen"))
    build(metadata, database, config)
    with pytest.raises(psycopg.errors.WithCheckOptionViolation):
        database.run("INSERT INTO app.seen (name) VALUES ('hidden')")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "filters nothing"),
        ({"query": lambda q, t: select(t.c.name).where(t.c.name != "x")}, "does not show id"),
    ],
)
def test_an_option_that_cannot_hold_is_refused(options: dict[str, Any], told: str) -> None:
    metadata, config = new_metadata(), postgrest_config()
    docs = PGCraftSimple("docs", "app", metadata, [Column("name", String)], config=config)
    with pytest.raises(PGCraftValidationError, match=told) as caught:
        PostgRESTView(docs, grants=["select", "insert"], check_option=True, **options)
    assert caught.value.code == "PGC163"
    with pytest.raises(PGCraftValidationError, match="materialized") as caught:
        PGCraftMaterializedView("kept", "app", metadata, select(docs.table), security_barrier=True)
    assert caught.value.code == "PGC163"
