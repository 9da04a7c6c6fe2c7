"""``python -m pgcraft``, for whoever has no program on the PATH."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM
from tests.support.patience import PATIENCE_S

MODULE = (sys.executable, "-m", "pgcraft")


def run(folder: Path, *command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


@pytest.mark.parametrize("arguments", [("--version",), ("show", "--json"), ("show",)], ids=" ".join)
def test_the_module_answers_as_the_program_does(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """It was no package that can be executed."""
    program, module = run(tmp_path, PROGRAM, *arguments), run(tmp_path, *MODULE, *arguments)
    assert (program.returncode, program.stdout, program.stderr) == (module.returncode, module.stdout, module.stderr)


def test_help_names_what_was_typed(tmp_path: Path) -> None:
    shown = run(tmp_path, *MODULE, "show", "--nope")
    assert 2 == shown.returncode
    assert shown.stderr.startswith("Usage: python -m pgcraft show [OPTIONS]")


def test_files_of_the_folder_are_no_modules_of_the_program(tmp_path: Path) -> None:
    """``-m`` puts the current folder first on the path: a project's typer.py would be imported."""
    for name in ("typer.py", "models.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')\n")
    done = run(tmp_path, *MODULE, "--help")
    assert (0, "") == (done.returncode, done.stderr)
