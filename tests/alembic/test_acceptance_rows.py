"""Every kind of object under rows: the tables of the acceptance suite change, and keep what they hold."""

from pathlib import Path

import pytest

from tests.acceptance.cases import CASES
from tests.alembic.conftest import Walk
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

MODELS = """
import sys

sys.path.insert(0, {root!r})
from tests.acceptance.cases import CASES

metadata = MetaData()
for name in {names!r}:
    CASES[name](metadata)
"""
CHANGED = """
for number, table in enumerate(metadata.sorted_tables):
    table.append_column(Column("added later", Integer, nullable=False, server_default=text("7")))
    Index(f"added later {number}", table.c["added later"], unique=False)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def walk(project: ProjectFactory, database: Database, clean_roles: None) -> Walk:
    """A project without models, on each server; some bodies of the suite are no programs."""
    database.run(f"ALTER DATABASE {database.name} SET check_function_bodies = off")
    return Walk(RoundTrip(project("", database=database), database))


# A default calls a function whose body, which PostgreSQL tests when a migration makes it, reads the table: no order does.
IN_NO_ORDER = {"rings"}
# Their tables have one name.
EACH_ALONE = ("views", "functions", "triggers", "policies", "grants", "constraints", "indexes")
TOGETHER = tuple(sorted(CASES.keys() - IN_NO_ORDER - set(EACH_ALONE)))


@pytest.mark.parametrize("names", [TOGETHER, *((name,) for name in EACH_ALONE)], ids="+".join)
def test_rows_outlive_a_change_beside_them(walk: Walk, names: tuple[str, ...]) -> None:
    """A proof on empty tables proves nothing about what they would hold."""
    models = MODELS.format(root=str(ROOT), names=names)
    walk.step(models)
    walk.step(models + CHANGED)
    walk.step(models)
    walk.finish()
