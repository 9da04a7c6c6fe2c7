"""A plugin that needs a newer server is refused before anything runs, with its name and place."""

import re
from collections.abc import Iterator

import pytest

from tests.conftest import ProjectFactory
from tests.support.databases import Database, fresh_database
from tests.support.roundtrip import RoundTrip
from tests.support.servers import MAJORS, Servers

MODELS = """\
from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.plugins.pk import UUIDV7PKPlugin

metadata = MetaData()
config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
first = PGCraftSimple("first", "app", metadata, [Column("name", String)], config=config)
{second}
PostgRESTView(first)
"""
SECOND = 'second = PGCraftSimple("100%", "app", metadata, [], config=config, extra_plugins=[UUIDV7PKPlugin()])'
NEED = 'UUIDV7PKPlugin in PGCraftSimple("100%") needs PostgreSQL 18; the server is PostgreSQL 15'


@pytest.fixture
def database15(servers: Servers) -> Iterator[Database]:
    with fresh_database(servers.get(min(MAJORS))) as made:
        yield made


def test_the_comparison_says_so(project: ProjectFactory, database15: Database) -> None:
    """`alembic revision` and `alembic check`."""
    made = project(MODELS.format(second=SECOND), database=database15)
    for command in (("revision", "--autogenerate", "-m", "first"), ("check",)):
        done = made.alembic(*command, check=False)
        assert done.status != 0
        assert "PGC208: UUIDV7PKPlugin needs PostgreSQL 18; the server is PostgreSQL 15" in done.output
        assert 'models.py:11, PGCraftSimple("100%")' in done.output
    assert made.revisions == ()


def test_an_upgrade_stops_before_its_first_statement(
    project: ProjectFactory, database18: Database, clean_roles18: None, database15: Database
) -> None:
    """A revision made on a new server and run on an old one; its SQL for psql says the same."""
    made = project(MODELS.format(second=SECOND), database=database18)
    revision = RoundTrip(made, database18).autogenerate()
    upgrade = revision.read_text(encoding="utf-8").partition("def upgrade")[2]
    assert upgrade.index("# pgcraft: need PostgreSQL 18 · UUIDV7PKPlugin") < upgrade.index("# pgcraft: create")
    trip = RoundTrip(project(MODELS.format(second=SECOND), database=database15), database15)
    trip.project.write(f"migrations/versions/{revision.name}", revision.read_text(encoding="utf-8"))
    with pytest.raises(Exception, match=re.escape(NEED)):
        trip.upgrade()
    assert trip.leftovers() == []
    script = trip.render_upgrade()
    assert NEED in database15.psql(script, check=False).stderr
    assert trip.leftovers() == []


def test_it_is_said_once(project: ProjectFactory, database18: Database, clean_roles18: None) -> None:
    """By the revision that brings the plugin, first of all; the way down needs no server."""
    made = project(MODELS.format(second=""), database=database18)
    trip = RoundTrip(made, database18)
    assert "need PostgreSQL" not in trip.autogenerate().read_text(encoding="utf-8")
    trip.upgrade()
    made.write("models.py", MODELS.format(second=SECOND))
    text = trip.autogenerate("second").read_text(encoding="utf-8")
    assert text.count("need PostgreSQL 18") == 1
    assert "server_version" not in text.partition("def downgrade")[2]
    trip.upgrade()
    assert trip.pending() == ""
    made.write("models.py", MODELS.format(second=SECOND).replace('Column("name"', 'Column("label"'))
    assert "need PostgreSQL" not in trip.autogenerate("third").read_text(encoding="utf-8")


def test_the_development_server_is_asked_first(project: ProjectFactory, database15: Database) -> None:
    """`pgcraft verify` and `pgcraft api --rows` make nothing there."""
    made = project(MODELS.format(second=SECOND), database=database15)
    made.write("pyproject.toml", '[tool.pgcraft]\nmodels = "models.py"\n')
    for command in (("verify",), ("api", "first", "--rows"), ("revision", "-m", "first")):
        done = made.pgcraft(*command, "--url", database15.server.base_url, check=False)
        assert done.status != 0
        assert "PGC208: UUIDV7PKPlugin needs PostgreSQL 18; the server is PostgreSQL 15" in done.output, done.output
