"""`make peers`: Alembic's own tests without pgcraft and with it; what differs must be what tests/PEERS.md lists.

Usage: ``python -m tools.peers``; all that pytest said, and a report of each run, is left in ``.cache/peers``.
"""

import sys
from collections import Counter

from tools.peers.listed import read_listed
from tools.peers.running import ROOT, open_peers, run_tests
from tools.peers.source import fetch_source

CACHE = ROOT / ".cache/peers"
LIST = ROOT / "tests/PEERS.md"
LIMIT = 70
"""How many tests may differ."""


def main() -> int:
    """Run everything, print what differs, and tell whether it is what is listed."""
    listed = read_listed(LIST)
    source = fetch_source(CACHE)
    differing: dict[str, str] = {}
    for peer in open_peers(source):
        alone, together = (run_tests(source, peer, is_loaded=is_loaded) for is_loaded in (False, True))
        passed = [test for test, failure in alone.items() if not failure]
        failing = {test: together.get(test, "was not run") for test in passed if together.get(test, "?")}
        print(f"{peer.name}: {len(passed)} tests pass without pgcraft; {len(failing)} of them fail with it", flush=True)
        differing |= failing
    for reason, count in Counter(listed[test] for test in differing if test in listed).most_common():
        print(f"{count:4}  {reason}")
    unknown, settled = differing.keys() - listed, listed.keys() - differing
    for test in sorted(unknown):
        print(f"fails with pgcraft and is not listed: {test}\n    {differing[test][:200]}")
    for test in sorted(settled):
        print(f"is listed and does not fail: {test}")
    if len(differing) > LIMIT:
        print(f"{len(differing)} tests differ; at most {LIMIT} may")
    return 1 if unknown or settled or len(differing) > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
