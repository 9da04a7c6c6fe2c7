"""docs/errors.md and the source agree on the codes."""

import re
from collections.abc import Iterator

from tests.docs.blocks import ROOT

CODE = re.compile(r"[\"'](PGC\d{3})[\"']")
ROW = re.compile(r"^\| (PGC\d{3}) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def raised_codes() -> Iterator[str]:
    for package in ("pgcraft", "pgcraft_tui"):
        for path in (ROOT / package).rglob("*.py"):
            yield from CODE.findall(path.read_text(encoding="utf-8"))


def rows() -> list[str]:
    return [row[0] for row in ROW.findall((ROOT / "docs/errors.md").read_text(encoding="utf-8"))]


def test_every_code_has_a_row_and_every_row_a_code() -> None:
    """A code that the reader looks up in vain, or a row for an error that cannot come."""
    assert sorted(set(raised_codes())) == sorted(set(rows()))


def test_each_code_has_one_row_in_order() -> None:
    """The reader finds a code by its place."""
    assert rows() == sorted(set(rows()))
