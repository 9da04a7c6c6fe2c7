"""The fixtures of tests/conftest.py do what its list says."""

from collections.abc import Callable

import pytest

from pgcraft.devdb.server.servers import Server
from tests.conftest import PostgRESTFactory, ProjectFactory
from tests.support.databases import Database, list_roles
from tests.support.postgrest import make_token

pytestmark = pytest.mark.each_server

API = """
CREATE SCHEMA api;
CREATE TABLE api.kv (k text PRIMARY KEY, v integer);
CREATE ROLE anon NOLOGIN;
CREATE ROLE writer NOLOGIN;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, writer TO authenticator;
GRANT USAGE ON SCHEMA api TO anon, writer;
GRANT SELECT ON api.kv TO anon;
GRANT SELECT, INSERT, UPDATE, DELETE ON api.kv TO writer;
"""


def test_a_database_is_empty_and_takes_files(database: Database) -> None:
    database.psql("CREATE TABLE public.t (a integer);\nINSERT INTO t VALUES (1);")
    assert database.rows("SELECT a FROM t") == [(1,)]
    assert database.psql("SELECT 1/0", check=False).returncode == 3
    assert database.major in {15, 18}


def test_further_databases_stand_on_the_same_server(database: Database, new_database: Callable[[], Database]) -> None:
    assert new_database().server is database.server
    assert new_database().name != database.name


def test_roles_are_dropped_with_what_they_own(database: Database, server: Server, clean_roles: None) -> None:
    database.run(API)
    database.run("CREATE TABLE owned (a integer); ALTER TABLE owned OWNER TO writer")
    assert list_roles(server) == ("anon", "authenticator", "writer")


def test_no_role_is_left_of_the_test_before(server: Server) -> None:
    assert list_roles(server) == ()


def test_a_cluster_is_the_tests_own(cluster_database: Database, cluster: Server) -> None:
    cluster_database.run(API)
    assert list_roles(cluster) == ("anon", "authenticator", "writer")


def test_postgrest_answers(cluster_database: Database, postgrest: PostgRESTFactory) -> None:
    cluster_database.run(API)
    with postgrest(cluster_database) as client:
        assert client.get("/kv").json == []
        assert client.post("/kv", {"k": "a", "v": 1}).status == 401
        made = client.post("/kv", {"k": "a", "v": 1}, token=make_token("writer"))
        assert (made.status, made.json) == (201, [{"k": "a", "v": 1}])
        assert client.get("/kv?v=eq.1").json == [{"k": "a", "v": 1}]


def test_a_project_finds_its_database(project: ProjectFactory) -> None:
    made = project(models="x = 1\n")
    assert (
        made.run("psql", "-X", "-At", "-c", "SELECT current_database()").stdout.strip()
        == made.environment["PGDATABASE"]
    )
    assert made.run("python", "-c", "import models; print(models.x)").stdout == "1\n"
