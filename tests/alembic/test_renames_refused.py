"""Renames that PostgreSQL refuses, or of which it cannot tell what becomes of the rest: PGC402 with its words."""

import pytest
from sqlalchemy import create_engine

from pgcraft.catalog.definitions import View
from pgcraft.catalog.made_types import Range
from pgcraft.diff.following import find_following
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from pgcraft.reconcile.range_makers import check_range_makers
from tests.alembic.conftest import HEAD, Walk
from tests.support.databases import Database
from tests.unit.diff.catalogs import make

TABLE = """
Table("t", metadata, Column("id", Integer, primary_key=True), Column({column}),
      Index("by_f", text("app.f({name})")), Index("by_id", text("app.f(id)")), schema="app")
register_function(metadata, FunctionDefinition(schema="app", name="f", arguments="n integer", returns="integer",
                                               body="BEGIN RETURN n; END", volatility="immutable"))
"""


def declare(walk: Walk, name: str) -> None:
    old = "" if name == "a" else ', info=renamed_from("a")'
    walk.trip.project.write("models.py", HEAD + TABLE.format(column=f'"{name}", Integer{old}', name=name))


@pytest.fixture
def deployed(walk: Walk) -> Walk:
    declare(walk, "a")
    walk.trip.autogenerate()
    walk.trip.upgrade()
    return walk


def test_a_name_that_postgresql_keeps_for_itself_is_refused(deployed: Walk) -> None:
    declare(deployed, "xmin")
    with pytest.raises(
        PGCraftPlanError, match=r"column app\.t\.a cannot be renamed to xmin: .*system column"
    ) as caught:
        deployed.trip.autogenerate()
    assert "PGC402" == caught.value.code


def test_what_names_the_old_name_and_cannot_be_made_again_is_told(deployed: Walk) -> None:
    """Both indexes could not be made; it counts for the one that names the column."""
    deployed.database.run("ALTER FUNCTION app.f(integer) VOLATILE")
    declare(deployed, "b")
    with pytest.raises(
        PGCraftPlanError, match=r"what becomes of index by_f on app\.t .*: functions in index"
    ) as caught:
        deployed.trip.autogenerate()
    assert "PGC402" == caught.value.code


def test_a_range_made_by_a_name_that_only_a_superuser_gives_is_refused(database: Database, clean_roles: None) -> None:
    """The upgrade failed; a call by the old name, and a cast to the type, are good for any role."""
    span, reach = (Range("integer", f"{name}s") for name in ("span", "reach"))
    renames = (Rename(make({"range app.span": span}).objects[0], "reach", schema="new"),)
    current, calls = make({"range new.reach": span}), "'x'::new.reach, new.reach(1, 2)"
    wanted = make({"range new.reach": reach, "view app.v": View(f"SELECT {calls}")})
    done = find_following(current, wanted, renames, {})
    engine = create_engine(database.url)
    with engine.connect() as connection:
        check_range_makers(connection, done, wanted)
        connection.exec_driver_sql("CREATE ROLE plain; SET LOCAL ROLE plain")
        with pytest.raises(PGCraftPlanError, match=r"view app\.v calls new\.reach\(…\), .* stays app\.span") as caught:
            check_range_makers(connection, done, wanted)
        assert "PGC402" == caught.value.code
        spelled = make({"view app.v": View(f"SELECT {calls.replace('new.reach(', 'app.span(')}")})
        check_range_makers(connection, done, spelled)
    engine.dispose()
