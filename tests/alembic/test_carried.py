"""The history of a value comes along when its attribute gets another type."""

import pytest

from tests.alembic.beside import separate
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


def models(which: int) -> str:
    """Return the models before (0) or after (1) all moves, each in a schema of its own."""
    return "\n".join(separate(eav(**move[which]), number) for number, move in enumerate(MOVES.values()))


def histories(walk: Walk) -> list[list[tuple[object, ...]]]:
    return [walk.database.rows(separate(HISTORY, number)) for number in range(len(MOVES))]


def test_the_history_of_every_value_comes_along(walk: Walk) -> None:
    """The value column of the old type was dropped with all that was ever in it."""
    updates = []
    walk.step(models(0))
    for number, (before, _, _) in enumerate(MOVES.values()):
        columns = ", ".join(f'"{name}"' for name in before)
        insert = INSERT.format(columns=columns, values=", ".join("7" for _ in before))
        updates.append(separate(f'UPDATE app.it SET "{next(iter(before))}" = ', number))
        walk.database.run(separate(insert, number))
        walk.database.run(f"{updates[-1]} 8")
    expected = histories(walk)
    assert [len(before) + 1 for before, _, _ in MOVES.values()] == list(map(len, expected))
    revision = walk.step(models(1))
    assert expected == histories(walk)
    lost = [number for number in range(len(MOVES)) if f"# data loss: what column app_{number}." in revision]
    assert [number for number, move in enumerate(MOVES.values()) if move[2]] == lost
    assert len(lost) == revision.count("# data loss:")
    walk.step(models(0))
    assert expected == histories(walk)
    walk.database.run(";".join(f"{update} 9" for update in updates))
    assert [len(each) + 1 for each in expected] == list(map(len, histories(walk)))
    walk.database.run(";".join(separate("DELETE FROM app.it", number) for number in range(len(MOVES))))
    walk.finish()


def test_an_attribute_that_goes_takes_its_history_and_it_is_said(walk: Walk) -> None:
    """What nobody can read any more is still lost."""
    walk.step(eav(n="Integer", m="String"))
    assert "# data loss: what column app.it_attribute.value_integer holds is lost" in walk.step(eav(m="String"))
