"""Random states of models lead to each other and back: up, equal, down, equal.

Two batches of pairs run with the suite, always the same; ``PGCRAFT_PAIRS=500`` runs as many others as are asked for.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pgcraft.devdb.server.servers import Server
from tests.changes.cases import Case
from tests.changes.random_models import make_cases
from tests.changes.running import find_faults

TOGETHER = 15
"""How many pairs share a revision; Hypothesis draws no more at once than it has room for."""
PAIRS = int(os.environ.get("PGCRAFT_PAIRS", "0"))

_BATCHES = st.tuples(*(make_cases(f"random {number}") for number in range(TOGETHER)))


@settings(
    max_examples=max(PAIRS // TOGETHER, 2),  # the first of all is the emptiest
    derandomize=PAIRS == 0,
    database=None,
    deadline=None,
    phases=(Phase.generate,),  # to shrink batches of migrations takes longer than to read one
    suppress_health_check=[each for each in HealthCheck if each is not HealthCheck.data_too_large],
)
@given(cases=_BATCHES)
def test_models_lead_to_others_and_back(
    server: Server, tmp_path_factory: pytest.TempPathFactory, cases: tuple[Case, ...]
) -> None:
    check(server, tmp_path_factory.mktemp("pairs"), cases)


def check(server: Server, folder: Path, cases: tuple[Case, ...]) -> None:
    """Fail with what is wrong with each pair, and what it is."""
    faults = find_faults(server, cases, folder / "batch")
    wrong = [case for case in cases if faults[case.name]]
    assert not wrong, "\n\n".join(
        "\n".join((f"{case.before.__self__}", f"  to {case.after.__self__}", *faults[case.name])) for case in wrong
    )
