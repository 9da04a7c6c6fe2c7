"""Databases are made, cloned and dropped; what the server refuses is an error with a remedy."""

import psycopg
import pytest

from pgcraft.devdb.databases import create_database, drop_database, make_database_name, scratch_database
from pgcraft.devdb.server.address import replace_user, to_conninfo
from pgcraft.devdb.server.servers import Server
from pgcraft.errors import PGCraftDatabaseError
from tests.support.databases import Database


def list_databases(server: Server) -> list[str]:
    with psycopg.connect(server.conninfo("postgres")) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database")]


def test_a_scratch_database_is_gone_afterwards_even_when_somebody_is_in_it(server: Server) -> None:
    with scratch_database(server.base_url, "replay") as url:
        connection = psycopg.connect(to_conninfo(url))
        name = connection.info.dbname
        assert name.startswith("pgcraft_replay_")
    assert name not in list_databases(server)
    connection.close()


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_clone_has_what_its_template_has(database: Database, server: Server, is_ours: bool) -> None:
    database.run("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
    database.let_go()
    with (
        scratch_database(server.base_url, template=database.name, is_ours=is_ours) as url,
        psycopg.connect(to_conninfo(url)) as connection,
    ):
        assert connection.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_names_are_unique_and_fit() -> None:
    names = {make_database_name("autogenerate") for _ in range(1000)}
    assert len(names) == 1000
    assert max(map(len, names)) <= 63


def test_dropping_what_is_gone_does_nothing(server18: Server) -> None:
    drop_database(server18.base_url, make_database_name())


def test_a_server_out_of_reach_is_said_without_the_password() -> None:
    with pytest.raises(PGCraftDatabaseError, match="out of reach") as caught:
        create_database("postgresql+psycopg://me:secret@127.0.0.1:1/db", "x")
    assert caught.value.code == "PGC504"
    assert "secret" not in str(caught.value) + caught.value.detail


def test_a_role_that_may_not_create_databases_is_said(server: Server, clean_roles: None) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE weak LOGIN")
    with pytest.raises(PGCraftDatabaseError, match="permission denied to create database") as caught:
        create_database(replace_user(server.base_url, "weak"), "x")
    assert caught.value.code == "PGC505"
