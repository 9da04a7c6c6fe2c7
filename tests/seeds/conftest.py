"""A place where the printed commands and addresses work: database ``mydb``, reached on ``localhost``."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgcraft.devdb.databases import create_database
from pgcraft.devdb.server.servers import Server
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.postgrest import get_postgrest
from tests.support.projects import Project
from tests.support.relay import relay_to
from tests.support.servers import EMBEDDED_MAJOR, get_binaries


@pytest.fixture
def mydb(cluster18: Server) -> Database:
    """The database that the seeds talk to, empty."""
    return Database(cluster18, "mydb", create_database(cluster18.base_url, "mydb"))


@pytest.fixture
def printed_project(project: ProjectFactory, mydb: Database, tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Factory of projects in whose folder printed shell lines run: ``localhost`` leads to ``mydb``."""
    psqlrc = tmp_path / "psqlrc"
    psqlrc.write_text("\\set ON_ERROR_STOP 1\n")
    with relay_to(mydb.server) as port:

        def make(models: str, **options: str) -> Project:
            made = project(models, database=mydb, **options)
            path = os.pathsep.join([str(get_binaries(EMBEDDED_MAJOR).bindir), os.environ.get("PATH", os.defpath)])
            addresses = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PSQLRC": str(psqlrc), "PATH": path}
            return replace(made, environment={**made.environment, **addresses})

        yield make


@pytest.fixture
def postgrest_program() -> Path:
    """The real server's program; skips, or fails in CI, where there is none."""
    return Path(get_postgrest())
