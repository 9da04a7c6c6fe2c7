"""Two projects keep their tables in one schema of one database, each with a version table and an API of its own."""

import pytest

from tests.alembic.conftest import HEAD
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.projects import ENV_PY
from tests.support.roundtrip import RoundTrip

MODELS = """
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV
config = PGCraftConfig()
config.use(PostgRESTExtension(schema="api_{name}"))
for kind in (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV):
    made = kind(f"{name}_{{kind.__name__.lower()}}", "{schema}", metadata, [Column("note", String)], config=config)
    PostgRESTView(made, grants=["select", "insert", "update", "delete"])
"""
FACTORIES = ("pgcraftsimple", "pgcraftappendonly", "pgcrafteav")


def start(name: str, schema: str, project: ProjectFactory, database: Database) -> RoundTrip:
    """Make a project and bring the database to its head."""
    env = ENV_PY.replace("include_schemas=True", f"include_schemas=True, version_table='v_{name}'")
    made = project(HEAD + MODELS.format(name=name, schema=schema), database=database, env_py=env)
    trip = RoundTrip(made, database)
    trip.autogenerate()
    trip.upgrade()
    return trip


def write(name: str, database: Database) -> None:
    """Write all that a project has, as a client."""
    for factory in FACTORIES:
        relation = f"api_{name}.{name}_{factory}"
        database.run(f"SET ROLE anon; INSERT INTO {relation} (note) VALUES ('a'); UPDATE {relation} SET note = 'b'")


@pytest.mark.parametrize("schema", ["shop", "public"])
def test_neither_project_takes_what_the_other_needs(
    schema: str, project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    """Functions that both had were there already for the second, and went with the first; so did the login role."""
    one, two = (start(name, schema, project, database18) for name in ("one", "two"))
    assert ("", "") == (one.pending(), two.pending())
    for first, second, name in ((one, two, "two"), (two, one, "one")):
        first.downgrade()
        assert "" == second.pending()
        write(name, database18)
        first.upgrade()
    two.downgrade()
    one.downgrade()  # its revision made the schema
    assert [] == [line for line in one.leftovers() if "relation v_" not in line and "type v_" not in line]
