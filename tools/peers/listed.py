"""The tests that are expected to differ, with the reason of each: ``tests/PEERS.md``, a section a reason."""

import re
from pathlib import Path

_LIST = re.compile(r"^```text\n(test_.*?)^```$", re.MULTILINE | re.DOTALL)


def read_listed(page: Path) -> dict[str, str]:
    """Return the tests that are listed, each with the heading that it stands under.

    Raises:
        ValueError: a test is listed twice.
    """
    found: dict[str, str] = {}
    for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        for test in "".join(_LIST.findall(section)).splitlines():
            if test in found:
                raise ValueError(f"{page.name} lists {test} twice: {found[test]}; {heading}")
            found[test] = heading
    return found
