"""Every case is a test of its own; all that run on one server are run together, when the first is asked for.

So are those of several files, see ``tests.support.together``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from pgcraft.devdb.server.servers import Server
from tests.changes.cases import Case
from tests.changes.running import find_faults
from tests.support.together import find_first

_Faults = dict[int, list[str]]
"""What is wrong with each case, by what tells the case from others of its name."""


@dataclass(frozen=True)
class Changes:
    """What came of the cases of some files on one server."""

    faults: _Faults

    def check(self, case: Case) -> None:
        """Fail with what is wrong with a case."""
        if self.faults[id(case)]:
            pytest.fail("\n\n".join(self.faults[id(case)]), pytrace=False)


@dataclass(frozen=True)
class Run:
    """The cases that are chosen, by the first of their files and the server, and what came of those that were run."""

    factory: pytest.TempPathFactory
    chosen: dict[tuple[str, int], list[Case]]
    done: dict[tuple[str, int], _Faults] = field(default_factory=dict)

    def find(self, first: str, server: Server, major: int) -> _Faults:
        """Run the cases of some files on a server, unless that is done."""
        if (first, major) not in self.done:
            faults = self.done[first, major] = {}
            for batch in _split(self.chosen[first, major]):
                found = find_faults(server, batch, self.factory.mktemp("changes") / "batch")
                faults |= {id(case): found[case.name] for case in batch}
        return self.done[first, major]


def _split(cases: Iterable[Case]) -> Iterable[list[Case]]:
    """Return cases that can share a database: models of one convention, and no name twice.

    What somebody has set by hand stands apart: whose that is hangs on the roles that are declared anywhere.
    """
    batches: dict[object, list[Case]] = defaultdict(list)
    named: Counter[object] = Counter()
    for case in cases:
        kind = (str(case.conventions), case.is_filled, case.is_online, bool(case.by_hand))
        batches[kind, named[kind, case.name]].append(case)
        named[kind, case.name] += 1
    return batches.values()


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    chosen: dict[tuple[str, int], list[Case]] = defaultdict(list)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and "changes" in item.fixturenames:
            params = item.callspec.params
            chosen[find_first(item.nodeid), params["server"]].append(params["case"])
    return Run(tmp_path_factory, chosen)


@pytest.fixture
def changes(request: pytest.FixtureRequest, server: Server, run: Run) -> Changes:
    return Changes(run.find(find_first(request.node.nodeid), server, request.node.callspec.params["server"]))
