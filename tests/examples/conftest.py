"""A copy of the shop in a folder, with an empty database ``shop`` on ``localhost``, as its alembic.ini says."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.devdb.databases import create_database
from pgcraft.devdb.server.servers import Server
from tests.support.databases import Database
from tests.support.projects import Project
from tests.support.relay import relay_to
from tests.support.roundtrip import RoundTrip
from tests.support.servers import EMBEDDED_MAJOR, get_binaries

SHOP = Path(__file__).parents[2] / "examples/shop"


@pytest.fixture
def shop_database(cluster18: Server) -> Database:
    return Database(cluster18, "shop", create_database(cluster18.base_url, "shop"))


@pytest.fixture
def new_shop_database(cluster18: Server) -> Database:
    """A second empty database beside it."""
    return Database(cluster18, "shop2", create_database(cluster18.base_url, "shop2"))


@pytest.fixture
def shop(shop_database: Database, tmp_path: Path) -> Iterator[Project]:
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("__pycache__"))
    with relay_to(shop_database.server) as port:
        addresses = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres", "PGDATABASE": "shop"}
        path = os.pathsep.join([str(get_binaries(EMBEDDED_MAJOR).bindir), os.environ.get("PATH", os.defpath)])
        yield Project(root, {**addresses, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"})


@pytest.fixture
def shop_trip(shop: Project, shop_database: Database) -> RoundTrip:
    return RoundTrip(shop, shop_database)
