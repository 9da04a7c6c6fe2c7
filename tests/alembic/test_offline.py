"""Files of ``alembic … --sql`` stand alone: psql applies them to an empty database, whole or revision by revision."""

from collections.abc import Callable
from itertools import pairwise

from pgcraft.diff.compare import compare_catalogs
from tests.alembic.conftest import ALL_GRANTS, HEAD, Walk
from tests.support.databases import Database

STATES = [
    f"""
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[{columns}])
PostgRESTView(source=products, grants={grants})
"""
    for columns, grants in (
        ('Column("name", String)', ALL_GRANTS),
        ('Column("name", String), Column("size", String)', ALL_GRANTS),
        ('Column("name", String), Column("size", Integer)', '["select"]'),
    )
]


def test_files_lead_up_and_down_revision_by_revision(walk: Walk, new_database: Callable[[], Database]) -> None:
    """Who hands SQL to a DBA never runs Alembic on the real database."""
    revisions = ["base", *(_read_id(walk.step(state)) for state in STATES)]
    other = new_database()
    for first, last in pairwise(revisions):
        other.psql(walk.trip.render_upgrade(f"{first}:{last}"))
    assert compare_catalogs(walk.read(), Walk.read_database(other)).is_empty()
    for first, last in pairwise(reversed(revisions)):
        other.psql(walk.trip.render_downgrade(f"{first}:{last}"))
    assert [("alembic_version",)] == other.rows("SELECT tablename FROM pg_tables WHERE schemaname !~ '^(pg_|inf)'")


def test_one_file_makes_everything(walk: Walk, new_database: Callable[[], Database]) -> None:
    """``upgrade head --sql`` over all revisions is the seed's recipe."""
    for state in STATES:
        walk.step(state)
    other = new_database()
    other.psql(walk.trip.render_upgrade())
    assert compare_catalogs(walk.read(), Walk.read_database(other)).is_empty()


def test_revisions_run_where_pgcraft_is_not_installed(walk: Walk, new_database: Callable[[], Database]) -> None:
    """The files are plain Alembic: an env.py that knows nothing of pgcraft runs them."""
    for state in STATES:
        assert "import pgcraft" not in walk.step(state)
    before = walk.read()
    other = new_database()
    walk.trip.project.write("migrations/env.py", PLAIN_ENV)
    walk.trip.project.write("models.py", "raise RuntimeError('nobody needs the models')")
    walk.trip.project.alembic("upgrade", "head", DATABASE_URL=other.url)
    assert compare_catalogs(before, Walk.read_database(other)).is_empty()


def test_two_heads_are_one_history(walk: Walk) -> None:
    """With branches, what any head's line made is ours."""
    walk.step(STATES[0])
    project = walk.trip.project
    (first,) = project.revisions
    head = _read_id(first.read_text())
    names = 'PGCraftView("names", "inventory", metadata, query=select(products.table.c.name))'
    project.write("models.py", HEAD + STATES[0] + names)
    walk.trip.autogenerate()
    walk.trip.upgrade()
    project.alembic("revision", "-m", "side", "--head", head, "--splice")
    project.alembic("upgrade", "heads")
    project.alembic("merge", "heads", "-m", "together")
    project.alembic("upgrade", "heads")
    assert walk.trip.pending() == ""
    project.write("models.py", HEAD + STATES[0])
    assert "DROP VIEW inventory.names" in walk.trip.pending()


def test_an_extension_goes_and_comes_back(walk: Walk) -> None:
    """Switching PostgREST off takes its roles, views, functions and schema; switching it on gives them back."""
    walk.step(STATES[0])
    before = walk.read()
    environment = walk.trip.project.environment
    environment["PGCRAFT_DISABLED_EXTENSIONS"] = "postgrest"
    walk.trip.autogenerate()
    walk.trip.upgrade()
    assert walk.trip.pending() == ""
    assert not [line for line in walk.trip.leftovers() if "inventory" not in line]
    del environment["PGCRAFT_DISABLED_EXTENSIONS"]
    walk.trip.autogenerate()
    walk.trip.upgrade()
    assert walk.trip.pending() == ""
    assert compare_catalogs(before, walk.read()).is_empty()
    walk.finish()


PLAIN_ENV = """
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def _read_id(revision: str) -> str:
    return revision.partition("Revision ID: ")[2].split()[0]
