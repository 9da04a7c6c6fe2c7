"""The table of docs/factories.md holds on every server: each cell is what the operation did in this very run."""

import re
from collections.abc import Iterator

import pytest

from pgcraft.devdb.server.servers import Server
from tests.factories.building import FACTORIES
from tests.factories.operations import OPERATIONS
from tests.factories.outcomes import END, PAGE, START, Outcomes, measure_outcomes, render_table
from tests.support.databases import drop_roles, fresh_database


@pytest.fixture(scope="module")
def outcomes(server: Server) -> Iterator[Outcomes]:
    with fresh_database(server) as database:
        yield measure_outcomes(database)
    drop_roles(server)


def test_the_page_says_what_happens(outcomes: Outcomes) -> None:
    written = PAGE.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    assert written.strip() == render_table(outcomes)


def test_no_cell_is_empty(outcomes: Outcomes) -> None:
    assert outcomes.keys() == {(name, kind) for name in OPERATIONS for kind in FACTORIES}
    assert all(
        re.search(r"stored|changed|removed|refused|real values", cell)
        for row in outcomes.values()
        for cell in row.values()
    )


def test_only_a_history_grows(outcomes: Outcomes) -> None:
    """What changes nothing logs nothing, and what a client changes is logged once, through the API view, too."""
    assert set(outcomes["no-op update", "AppendOnly"].values()) == {"unchanged, log +0"}
    assert set(outcomes["no-op update", "EAV"].values()) == {"unchanged, log +0"}
    assert set(outcomes["update", "AppendOnly"].values()) == {"changed, log +1"}
    assert set(outcomes["update", "EAV"].values()) == {"changed, log +2"}
