"""What is wrong with a case is told of that case: tried on cases that are wrong."""

from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Column, Integer

from pgcraft.devdb.server.servers import Server
from tests.changes.cases import Case, nothing
from tests.changes.dumps import forget_order
from tests.changes.running import find_faults

GOOD = Case("a column comes", lambda m: m.table(), lambda m: m.table(Column("a", Integer)))
OTHER = Case("a table comes", nothing, lambda m: m.table())

WRONG = {
    "whose change shows nothing": (Case("nothing comes", lambda m: m.table(), lambda m: m.table()), "is the same"),
    "whose change shows though nothing changes": (
        Case("something comes", nothing, lambda m: m.table(), is_same=True),
        "is not the same",
    ),
    "that does not show what it is to show": (
        Case("an option does not come", nothing, lambda m: m.table(), shows=("UNLOGGED",)),
        "does not come",
    ),
    "whose models are wrong": (
        Case("a view of nothing", nothing, lambda m: m.view("SELECT 1 FROM nowhere")),
        "nowhere",
    ),
    "whose rows do not fit": (
        Case(
            "a check fails",
            lambda m: m.table(Column("a", Integer)),
            lambda m: m.table(Column("a", Integer), CheckConstraint("a > 5", name="c")),
            rows="INSERT INTO {t} VALUES (1, 2)",
        ),
        "CheckViolation",
    ),
    "whose columns come to stand elsewhere": (
        Case(
            "a column comes first",
            lambda m: m.table(Column("z", Integer)),
            lambda m: m.table(Column("a", Integer), Column("z", Integer)),
        ),
        "upgraded: missing",
    ),
    "in which somebody changes what is ours": (
        Case(
            "a column is dropped by hand",
            lambda m: m.table(Column("a", Integer)),
            lambda m: m.table(Column("a", Integer), Column("b", Integer)),
            by_hand="ALTER TABLE {t} DROP COLUMN a",
        ),
        "pending",
    ),
}


@pytest.fixture(scope="module")
def faults(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    cases = (GOOD, *(case for case, _ in WRONG.values()), OTHER)
    return find_faults(server, cases, tmp_path_factory.mktemp("wrong") / "batch")


@pytest.mark.parametrize("name", WRONG)
def test_a_case_is_wrong(name: str, faults: dict[str, list[str]]) -> None:
    case, told = WRONG[name]
    assert [] == faults[GOOD.name] + faults[OTHER.name]
    assert told in "\n".join(faults[case.name])


def test_whose_a_fault_is_that_names_nobody_is_found_out(server18: Server, tmp_path: Path) -> None:
    nameless = Case("nobody divides by nothing", nothing, lambda m: m.table(), by_hand="SELECT 1 / 0")
    faults = find_faults(server18, (GOOD, nameless), tmp_path / "batch")
    assert [] == faults[GOOD.name]
    assert "division by zero" in "\n".join(faults[nameless.name])


def test_the_order_of_columns_is_forgotten_where_it_may_differ() -> None:
    tables = tuple(
        f"CREATE TABLE {name}.t (\n    {columns}\n);"
        for name in ("one", "two")
        for columns in ("b int,\n    a int", "a int,\n    b int")
    )
    first, second, third, fourth = forget_order(tables, ["one"])
    assert first == second
    assert third != fourth
