"""Revisions that an older pgcraft wrote are read as what they made."""

from pathlib import Path

from sqlalchemy import create_engine

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.introspect import read_catalog
from pgcraft.scripts.made import History
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

OLD_SHOP = sorted((Path(__file__).parent / "old_shop").glob("*.txt"))
EMPTY = "from sqlalchemy import MetaData\nmetadata = MetaData()\n"


def test_the_shops_old_revisions_say_all_that_they_made(
    project: ProjectFactory, database: Database, clean_roles: None
) -> None:
    """Revisions that stand in repositories must go on telling whose the database's objects are."""
    trip = RoundTrip(project(EMPTY, database=database), database)
    for path in OLD_SHOP:
        trip.project.write(f"migrations/versions/{path.stem}.py", path.read_text(encoding="utf-8"))
    trip.upgrade()
    history = History(tuple(path.read_text(encoding="utf-8") for path in OLD_SHOP))
    engine = create_engine(database.url)
    with engine.connect() as connection:
        objects = read_catalog(connection).objects
    engine.dispose()
    there = {item.id for item in objects if item.id.kind is not Kind.COLUMN and "alembic_version" not in str(item.id)}
    grants = {item.id: item.definition for item in objects if item.id.kind is Kind.GRANT}
    assert there == set(history._record.made)
    assert grants == {grant_id: history.granted(grant_id) for grant_id in grants}
    assert history.joined("authenticator", "anon")
    assert history.has_notified()
    assert history.has_password(ObjectId(Kind.ROLE, None, "authenticator"), "PGRST_DB_PASSWORD")


def test_what_the_shops_old_revisions_made_goes_and_nothing_else(
    project: ProjectFactory, database: Database, clean_roles: None
) -> None:
    """A database that stands at an old head is brought to empty models, and what a DBA made there stays."""
    trip = RoundTrip(project(EMPTY, database=database), database)
    for path in OLD_SHOP:
        trip.project.write(f"migrations/versions/{path.stem}.py", path.read_text(encoding="utf-8"))
    trip.upgrade()
    database.run("CREATE SCHEMA dba; CREATE TABLE dba.t (id int); CREATE ROLE dba")
    trip.autogenerate()
    trip.upgrade()
    assert ["relation dba.t", "role dba", "schema dba"] == trip.leftovers()
    database.run("DROP SCHEMA dba CASCADE; DROP ROLE dba")
