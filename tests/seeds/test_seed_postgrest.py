"""The page's PostgREST part on the real server: the printed configuration, the printed curl lines."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.seeds.models import setup_of
from tests.seeds.printed import read_example
from tests.support.databases import Database
from tests.support.patience import PATIENCE_S
from tests.support.ports import find_free_port
from tests.support.projects import Project
from tests.support.roundtrip import RoundTrip
from tests.support.webservers import wait_for_answer

pytestmark = pytest.mark.postgrest

WIDGET = {"id": 1, "name": "Widget", "sku": "W-001", "price": 9.99}


@contextmanager
def serve_printed(project: Project, program: Path) -> Iterator[Callable[[str], str]]:
    """Run ``postgrest postgrest.conf`` in the project; gives a runner of printed shell lines.

    The port of the test stands in for the printed 3000: the server takes it from the environment, curl from .curlrc.
    """
    port, admin = find_free_port(), find_free_port()
    project.write("postgrest.conf", read_example("extensions/postgrest.conf"))
    project.write(".curlrc", f'noproxy = "*"\nconnect-to = "localhost:3000:127.0.0.1:{port}"\n')
    server = {
        "PATH": os.pathsep.join([str(program.parent), project.environment["PATH"]]),
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin),
    }
    process = project.start("bash", "-c", read_example("extensions/serve.sh"), **server)
    try:
        wait_for_answer(f"http://127.0.0.1:{admin}/ready", process)
        yield lambda lines: project.run("bash", "-eu", "-c", lines, CURL_HOME=str(project.root)).stdout
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def migrate(printed_project: Callable[..., Project], mydb: Database, models: str) -> Project:
    """Make the project and bring its database up, with the printed password."""
    made = printed_project(models)
    project = replace(made, environment={**made.environment, "PGRST_DB_PASSWORD": "changeme"})
    trip = RoundTrip(project, mydb)
    trip.autogenerate("add products")
    trip.upgrade()
    return project


def printed_curls() -> list[str]:
    """Return the three printed calls: list, filter, insert."""
    return read_example("extensions/query.sh").strip().split("\n\n")


def test_the_printed_lines_list_filter_and_insert(
    printed_project: Callable[..., Project], mydb: Database, postgrest_program: Path
) -> None:
    """With the insert grant every printed line works against the printed configuration."""
    project = migrate(printed_project, mydb, setup_of("extensions/minimal.py") + read_example("extensions/grants.py"))
    list_all, find_widget, insert = printed_curls()
    with serve_printed(project, postgrest_program) as run:
        assert json.loads(run(list_all)) == []
        assert run(insert) == ""
        assert json.loads(run(list_all)) == [WIDGET]
        assert json.loads(run(find_widget)) == [WIDGET]
    assert mydb.rows("SELECT id, name FROM inventory.products") == [(1, "Widget")]


def test_without_the_insert_grant_the_printed_insert_is_refused(
    printed_project: Callable[..., Project], mydb: Database, postgrest_program: Path
) -> None:
    """The page: "By default the anon role gets only SELECT"."""
    project = migrate(printed_project, mydb, read_example("extensions/minimal.py"))
    list_all, find_widget, insert = printed_curls()
    with serve_printed(project, postgrest_program) as run:
        mydb.run("INSERT INTO inventory.products (name, sku, price) VALUES ('Widget', 'W-001', 9.99)")
        assert json.loads(run(insert))["code"] == "42501"
        assert json.loads(run(find_widget)) == [WIDGET]
        assert json.loads(run(list_all)) == [WIDGET]
    assert mydb.value("SELECT count(*) FROM inventory.products") == 1


def test_the_role_of_the_printed_address_has_the_password_of_the_migration(
    printed_project: Callable[..., Project], mydb: Database
) -> None:
    """``authenticator:changeme`` in the configuration is what PGRST_DB_PASSWORD said, and no file holds it."""
    project = migrate(printed_project, mydb, read_example("extensions/minimal.py"))
    with mydb.connect(autocommit=True) as connection:
        stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'authenticator'").fetchone()
    assert stored is not None
    assert stored[0].startswith("SCRAM-SHA-256$")
    for path in project.root.rglob("*"):
        assert not path.is_file() or "changeme" not in path.read_text(errors="replace")
