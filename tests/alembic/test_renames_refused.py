"""Renames that PostgreSQL refuses, or of which it cannot tell what becomes of the rest: PGC402 with its words."""

import pytest

from pgcraft.errors import PGCraftPlanError
from tests.alembic.conftest import HEAD, Walk

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
