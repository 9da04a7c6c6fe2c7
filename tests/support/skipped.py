"""What a run left out, told once for each reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest


def list_skipped(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Return a line for each reason, that of the most tests first: how many, why, and in which files."""
    found: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found[reason.removeprefix("Skipped: ")].append(report.nodeid.partition("::")[0])
    for reason, files in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        yield f"{len(files):4} {reason} ({', '.join(sorted(set(files)))})"
