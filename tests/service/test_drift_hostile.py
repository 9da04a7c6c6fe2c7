"""Whoever made the database that is looked at runs nothing as whoever looks: its SQL is made by a role without rights."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from pgcraft.devdb.server.address import replace_database, to_conninfo
from pgcraft.service.drift import DriftRequest
from pgcraft.service.project import find_project
from pgcraft.service.requests import DevServer
from pgcraft.service.workbench import Workbench
from pgcraft.worker.guest import admit_guest
from tests.support.databases import Database

pytestmark = pytest.mark.usefixtures("clean_roles")

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table
from pgcraft.models import ViewDefinition, register_view

metadata = MetaData()
Table("t", metadata, Column("id", Integer, primary_key=True), schema="app")
register_view(metadata, ViewDefinition(schema="app", name="m", query="SELECT 1 AS n", is_materialized=True))
"""
# Nothing of this is run where it is made; whoever makes the views and the index again runs the function.
HOSTILE = """
CREATE SCHEMA app;
CREATE TABLE app.t (id serial PRIMARY KEY);
CREATE FUNCTION app.f(n integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE INDEX i ON app.t ((app.f(1)));
CREATE OR REPLACE FUNCTION app.f(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
AS $$BEGIN SET ROLE NONE; EXCEPTION WHEN OTHERS THEN COPY (SELECT 1) TO '{file}'; RETURN 1; END$$;
CREATE FUNCTION app.g() RETURNS integer LANGUAGE plpgsql
AS $$BEGIN COPY (SELECT 1) TO '{file}'; RETURN 1; END$$;
CREATE MATERIALIZED VIEW app.m AS SELECT app.g() AS n WITH NO DATA;
CREATE MATERIALIZED VIEW app.other AS SELECT app.g() AS n WITH NO DATA;
"""


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "models.py").write_text(MODELS)
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize("mend", ["here", "there", None])
@pytest.mark.parametrize("is_against", [False, True], ids=["models", "database"])
def test_a_database_that_is_looked_at_runs_nothing_here(
    workbench: Workbench, database: Database, mend: str | None, *, is_against: bool
) -> None:
    """A file was written by the development server's superuser, who is whoever asked."""
    file = Path(f"/tmp/pgcraft-{secrets.token_hex(8)}")  # the server may run as another user than the test
    database.run(HOSTILE.format(file=file))
    found = workbench.drift(DriftRequest(database.url, database.url if is_against else None, mend=mend))
    assert not file.exists(), file.unlink()
    assert found.agree is is_against


def test_a_guest_of_a_server_that_the_user_names_cannot_become_its_user(database: Database) -> None:
    """It switched to its role, so that a function of its could switch back."""
    base = replace_database(database.url, "postgres")
    guest = admit_guest(DevServer(base, is_ours=False), database.url)
    with psycopg.connect(to_conninfo(guest), autocommit=True) as connection:
        connection.execute("RESET ROLE")
        ((user, is_super),) = connection.execute(
            "SELECT session_user, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET SESSION AUTHORIZATION postgres")
    assert (f"{user}", is_super) == (unquote(urlsplit(guest).username or ""), False)
