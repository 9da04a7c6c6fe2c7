"""Ids of parts and grants are built and taken apart by ``ObjectId`` itself, and nowhere else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = {"pgcraft/catalog/objects.py", "pgcraft/catalog/ids.py"}
BY_HAND = {
    "a parent that may be missing": re.compile(r"\.parent or "),
    "a part of a relation": re.compile(r"ObjectId\(\s*Kind\.(?:COLUMN|CONSTRAINT|INDEX|TRIGGER|POLICY),[^)]*\bparent="),
    "a grant": re.compile(r"ObjectId\(\s*Kind\.GRANT\b"),
    "what a grant is on": re.compile(r"signature[^\n]*\.(?:partition|split|startswith|removesuffix)\("),
}
ALLOWED = {("pgcraft/diff/needs.py", "a part of a relation")}
"""The mark of all columns, which no object has."""


def test_ids_of_parts_and_grants_are_made_in_one_place() -> None:
    found = {
        (str(path.relative_to(ROOT)), what)
        for package in ("pgcraft", "pgcraft_tui")
        for path in (ROOT / package).rglob("*.py")
        for what, pattern in BY_HAND.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert set() == {each for each in found - ALLOWED if each[0] not in HOME}
