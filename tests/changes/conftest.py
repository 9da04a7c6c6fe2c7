"""Every case of a file is a test of its own; all that run on one server are run together, when the first is asked for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from pgcraft.devdb.server.servers import Server
from tests.changes.cases import Case
from tests.changes.running import find_faults

_Faults = dict[str, list[str]]


@dataclass(frozen=True)
class Changes:
    """What came of the cases of a file on one server."""

    faults: _Faults

    def check(self, case: Case) -> None:
        """Fail with what is wrong with a case."""
        if self.faults[case.name]:
            pytest.fail("\n\n".join(self.faults[case.name]), pytrace=False)


@dataclass(frozen=True)
class Run:
    """What came of the cases that were run, by file and server."""

    factory: pytest.TempPathFactory
    done: dict[tuple[object, Server], _Faults] = field(default_factory=dict)

    def find(self, file: object, server: Server, cases: Sequence[Case]) -> _Faults:
        """Run the cases of a file on a server, unless that is done."""
        if (file, server) not in self.done:
            batches: dict[object, list[Case]] = defaultdict(list)
            for case in cases:
                batches[id(case.conventions[0]), id(case.conventions[1]), case.is_filled, case.is_online].append(case)
            faults: _Faults = {}
            for batch in batches.values():
                faults |= find_faults(server, batch, self.factory.mktemp("changes") / "batch")
            self.done[file, server] = faults
        return self.done[file, server]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory)


@pytest.fixture
def changes(request: pytest.FixtureRequest, server: Server, run: Run) -> Changes:
    calls = [
        item.callspec
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module
    ]
    here = request.node.callspec.params["server"]
    chosen = [call.params["case"] for call in calls if call.params["server"] == here]
    return Changes(run.find(request.module, server, chosen))
