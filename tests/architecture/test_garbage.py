"""The collector of garbage is set in one place."""

import re

from tests.architecture.test_contracts import ROOT

TOUCHED = re.compile(r"^\s*(?:import gc\b|from gc\b)", re.MULTILINE)


def test_one_module_touches_the_collector() -> None:
    """Six places held it still, each in another way."""
    files = [*ROOT.glob("pgcraft/**/*.py"), *ROOT.glob("pgcraft_tui/**/*.py")]
    found = [path for path in files if TOUCHED.search(path.read_text(encoding="utf-8"))]
    assert [ROOT / "pgcraft" / "garbage.py"] == found
