"""What cannot run in a transaction, or be used in the one that made it, stands outside of it in the revision."""

from collections.abc import Callable

import pytest

from pgcraft.diff.compare import compare_catalogs
from tests.alembic.beside import separate
from tests.alembic.conftest import Walk
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.projects import ENV_PY
from tests.support.roundtrip import RoundTrip

pytestmark = pytest.mark.each_server

STATES = """
Table("inv", metadata, Column("id", Integer, primary_key=True),
    Column("state", Enum({values}, name="state", schema="app"){default}), schema="app")
"""
AB, ABC = '"a", "b"', '"a", "b", "c"'
ODD = "\"it's\", '100%', 'b\"b'"
INDEX = """
inv = Table("inv", metadata, Column("id", Integer, primary_key=True), Column("no", Text){column}, schema="app")
"""
CONCURRENT = 'Index("ix_no", inv.c.{column}, postgresql_concurrently=True{more})\n'


def states(values: str, default: str = "") -> str:
    return STATES.format(values=values, default=f', server_default="{default}"' if default else "")


ONE = "transaction_per_migration=False"
EACH = "transaction_per_migration=True"


@pytest.fixture(params=[ONE, EACH])
def walk(request: pytest.FixtureRequest, project: ProjectFactory, database: Database, clean_roles: None) -> Walk:
    """A project without models, on each server, with one transaction for all or one a revision."""
    env = ENV_PY.replace("include_schemas=True,", f"include_schemas=True,\n        {request.param},")
    return Walk(RoundTrip(project("", database=database, env_py=env), database))


ENUMS = {
    "value_then_default": (states(AB), states(ABC), states(ABC, "c")),
    "value_and_default_in_one": (states(AB), states(ABC, "c")),
    "odd_values": (states(AB), states(f"{AB}, {ODD}"), states(f"{AB}, {ODD}", "it's")),
    "value_and_check_in_one": (
        states(AB),
        states(ABC).replace('), schema="app")', '), CheckConstraint("state <> \'c\'", name="odd"), schema="app")'),
    ),
    "value_and_view_and_table_in_one": (
        states(AB),
        states(ABC)
        + 'PGCraftView("v", "app", metadata, query=text("SELECT id FROM app.inv WHERE state = \'c\'"))\n'
        + 'Table("more", metadata, Column("s", Enum("a", "b", "c", name="state", schema="app"), server_default="c"), schema="app")',
    ),
    "twice_in_one_history": (states(AB), states(ABC, "c"), states(f'{ABC}, "d"', "d")),
}
INDEXES = {
    "on_columns_that_are_there": (
        INDEX.format(column=""),
        INDEX.format(column="") + CONCURRENT.format(column="no", more=""),
    ),
    "on_a_column_of_the_same_revision": (
        INDEX.format(column=""),
        INDEX.format(column=', Column("more", Text)') + CONCURRENT.format(column="more", more=", unique=True"),
    ),
    "on_a_table_of_the_same_revision": ("", INDEX.format(column="") + CONCURRENT.format(column="no", more="")),
}
STEPS = 3


def beside(cases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the steps of all cases, each in a schema of its own; a case that has no more steps stays as it is."""
    whole = [(*steps, *[steps[-1]] * (STEPS - len(steps))) for steps in cases.values()]
    return tuple("\n".join(map(separate, at_once, range(len(cases)))) for at_once in zip(*whole, strict=True))


@pytest.mark.parametrize("models", [beside(ENUMS), beside(INDEXES)], ids=["enums", "indexes"])
def test_a_history_replays_whole_and_by_file(walk: Walk, new_database: Callable[[], Database], models: tuple[str, ...]):
    """On 15 no history that used an added value replayed; on 18 none that a database had begun."""
    for each in models:
        walk.step(each)
    before = walk.read()
    offline = new_database()
    offline.psql(walk.trip.render_upgrade())
    assert compare_catalogs(before, Walk.read_database(offline)).is_empty()
    offline.psql(walk.trip.render_downgrade("head:base"))
    again = "CREATE TABLE IF NOT EXISTS alembic_version"
    offline.psql(walk.trip.render_upgrade().replace("CREATE TABLE alembic_version", again))
    assert compare_catalogs(before, Walk.read_database(offline)).is_empty()
    walk.finish()
    walk.trip.upgrade()
    assert compare_catalogs(before, walk.read()).is_empty()
    walk.finish()


def test_a_table_of_the_same_revision_has_no_writers(walk: Walk) -> None:
    """A block would commit half of a revision, for a table that nobody can write to yet."""
    revision = walk.step(INDEXES["on_a_table_of_the_same_revision"][1])
    assert "autocommit_block" not in revision
    assert "concurrently" not in revision


def test_a_run_that_failed_can_be_run_again(walk: Walk) -> None:
    """What is committed by itself comes first, and again does no harm."""
    walk.step(states(AB) + INDEX.format(column="").replace('"inv"', '"other"'))
    walk.trip.project.write("models.py", walk.trip.project.root.joinpath("models.py").read_text())
    table = INDEX.format(column=', Column("more", Text)').replace('"inv"', '"other"')
    head = walk.trip.project.root.joinpath("models.py").read_text().partition("\nTable(")[0]
    walk.trip.project.write("models.py", head + states(ABC, "c") + table + CONCURRENT.format(column="no", more=""))
    revision = walk.trip.autogenerate()
    text = revision.read_text()
    broken = text.replace("op.add_column(", "op.execute('SELECT 1/0'); op.add_column(", 1)
    assert broken != text
    revision.write_text(broken)
    with pytest.raises(Exception, match="division by zero"):
        walk.trip.upgrade()
    walk.database.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.ix_no'::regclass")
    revision.write_text(text)
    walk.trip.upgrade()
    assert walk.trip.pending() == ""
    assert walk.database.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.ix_no'::regclass")
