"""A project that walks from one state of its models to the next, proving every step both ways."""

from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.devdb.rows.contents import empty_tables
from pgcraft.diff.compare import compare_catalogs
from pgcraft.introspect import read_catalog
from pgcraft.worker.rows import Way
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip
from tests.support.watching import watch_rows

HEAD = """
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB, ExcludeConstraint, INT4RANGE

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.check import PGCraftCheck
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.models import *
from pgcraft.views import PGCraftMaterializedView
from pgcraft.views.view import PGCraftView

config = PGCraftConfig()
config.use(PostgRESTExtension())
metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
"""

ALL_GRANTS = '["select", "insert", "update", "delete"]'


@dataclass(frozen=True)
class Walk:
    """A project on its way."""

    trip: RoundTrip

    @property
    def database(self) -> Database:
        """The database that the migrations run on."""
        return self.trip.database

    def step(self, models: str) -> str:
        """Change the models and prove the next revision, with rows: up, settled, down as before, up as it was.

        Returns:
            The text of the revision.
        """
        with self.database.lend() as connection:
            before = read_catalog(connection)
            self.trip.project.write("models.py", HEAD + models)
            revision = self.trip.autogenerate()
            filled: set[ObjectId] = set()
            rows = watch_rows(self.trip, connection, revision, filled)
            rows.go(self.trip.upgrade, Way.UP)
            assert self.trip.pending() == ""
            after = read_catalog(connection)
            rows.go(lambda: self.trip.downgrade("-1"), Way.DOWN)
            assert_same(before, read_catalog(connection))
            rows.go(self.trip.upgrade, Way.UP)
            assert_same(after, read_catalog(connection))  # and so nothing is pending
            empty_tables(connection, tuple(filled))  # a test has rows of its own
        return revision.read_text(encoding="utf-8")

    def finish(self) -> None:
        """Go back to the empty database."""
        self.trip.downgrade()
        assert self.trip.leftovers() == []

    def read(self) -> Catalog:
        """Read what the database has."""
        return self.read_database(self.database)

    @staticmethod
    def read_database(database: Database) -> Catalog:
        """Read what any database has."""
        engine = create_engine(database.url)
        with engine.connect() as connection:
            found = read_catalog(connection)
        engine.dispose()
        return found


def assert_same(expected: Catalog, actual: Catalog) -> None:
    """Fail with what differs."""
    diff = compare_catalogs(expected, actual)
    lines = [f"new: {item.id}" for item in diff.added if item.id.name != "alembic_version"]
    lines += [f"gone: {item.id}" for item in diff.removed if item.id.name != "alembic_version"]
    lines += [f"{change.id}: {change.current.definition} is {change.wanted.definition}" for change in diff.changed]
    assert [line for line in lines if "alembic_version" not in line] == []


@pytest.fixture
def walk(project: ProjectFactory, database18: Database, clean_roles18: None) -> Walk:
    """A project without models."""
    return Walk(RoundTrip(project("", database=database18), database18))


@pytest.fixture
def any_walk(project: ProjectFactory, database: Database, clean_roles: None) -> Walk:
    """A project without models, once on each server."""
    return Walk(RoundTrip(project("", database=database), database))
