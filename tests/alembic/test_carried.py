"""The history of a value comes along when its attribute gets another type."""

import pytest

from tests.alembic.conftest import Walk
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

EAV = """
from pgcraft.factory import PGCraftEAV
PGCraftEAV("it", "app", metadata, config=config, schema_items=[{columns}])
"""
HISTORY = "SELECT attribute, value FROM app.it_history ORDER BY id, attribute, valid_from"
INSERT = "INSERT INTO app.it ({columns}) VALUES ({values})"


@pytest.fixture
def walk(project: ProjectFactory, database: Database, clean_roles: None) -> Walk:
    """A project without models, on each server."""
    return Walk(RoundTrip(project("", database=database), database))


def eav(**types: str) -> str:
    return EAV.format(columns=", ".join(f'Column("{name}", {type_})' for name, type_ in types.items()))


MOVES = {
    "alone": ({"n": "Integer"}, {"n": "BigInteger"}, False),
    "beside_one_that_stays": ({"n": "Integer", "m": "Integer"}, {"n": "BigInteger", "m": "Integer"}, False),
    "to_a_column_that_is_there": ({"n": "Integer", "m": "BigInteger"}, {"n": "BigInteger", "m": "BigInteger"}, False),
    "with_one_that_goes": ({"n": "Integer", "m": "Integer"}, {"n": "BigInteger"}, False),
    "apart": ({"n": "Integer", "m": "Integer"}, {"n": "BigInteger", "m": "String"}, False),
    "to_what_does_not_hold_all": ({"n": "String"}, {"n": "Integer"}, True),
    "odd_name": ({"it's 100% %(n)s": "Integer"}, {"it's 100% %(n)s": "Numeric"}, False),
}


@pytest.mark.parametrize(("before", "after", "is_lossy"), MOVES.values(), ids=MOVES)
def test_the_history_of_every_value_comes_along(
    walk: Walk, before: dict[str, str], after: dict[str, str], is_lossy: bool
) -> None:
    """The value column of the old type was dropped with all that was ever in it."""
    walk.step(eav(**before))
    columns = ", ".join(f'"{name}"' for name in before)
    first = next(iter(before))
    walk.database.run(INSERT.format(columns=columns, values=", ".join("7" for _ in before)))
    walk.database.run(f'UPDATE app.it SET "{first}" = 8')
    expected = walk.database.rows(HISTORY)
    assert len(before) + 1 == len(expected)
    revision = walk.step(eav(**after))
    assert expected == walk.database.rows(HISTORY)
    assert is_lossy is ("# data loss:" in revision)
    walk.step(eav(**before))
    assert expected == walk.database.rows(HISTORY)
    walk.database.run(f'UPDATE app.it SET "{first}" = 9')
    assert len(expected) + 1 == len(walk.database.rows(HISTORY))
    walk.database.run("DELETE FROM app.it")
    walk.finish()


def test_an_attribute_that_goes_takes_its_history_and_it_is_said(walk: Walk) -> None:
    """What nobody can read any more is still lost."""
    walk.step(eav(n="Integer", m="String"))
    assert "# data loss: what column app.it_attribute.value_integer holds is lost" in walk.step(eav(m="String"))
