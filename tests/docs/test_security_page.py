"""Each promise of docs/security.md names the tests that keep it, and they are there."""

import re

from tests.docs.blocks import ROOT

PAGE = ROOT / "docs/security.md"
ROW = re.compile(r"^\| (?!promise|---)(.+?) \| (.+?) \|$", re.MULTILINE)


def test_every_promise_names_tests_that_are_there() -> None:
    """A promise without a test is a hope."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) > 10
    for promise, tests in rows:
        named = re.findall(r"`(tests/[^`]+\.py)`", tests)
        assert named, promise
        assert [name for name in named if "\ndef test_" not in (ROOT / name).read_text(encoding="utf-8")] == []
