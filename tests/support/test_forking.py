"""A forked program is the program: its status, streams, arguments, folder and files are those of a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from tests.support.forking import BIN, RealPopen, is_program
from tests.support.patience import PATIENCE_S

PROGRAM = BIN / "pgcraft"
ALEMBIC = BIN / "alembic"
TELLING = """\
import os, sys
from sqlalchemy import MetaData
metadata = MetaData()
print(os.getcwd(), os.environ["SAID"], sys.argv[0], os.path.basename(sys.path[0]))
print("an error", file=sys.stderr)
"""


def run(command: list[str | Path], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def run_really(
    monkeypatch: pytest.MonkeyPatch, command: list[str | Path], folder: Path
) -> "subprocess.CompletedProcess[str]":
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", RealPopen)
        return run(command, folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ["pgcraft", "--version"],
        ["pgcraft", "--help"],
        ["pgcraft", "sohw"],
        ["pgcraft", "show"],
        ["alembic", "--version"],
        ["alembic", "upgrade"],
        ["alembic", "upgrade", "head"],
    ],
    ids=" ".join,
)
def test_it_ends_and_says_as_a_process_of_its_own_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
):
    command = [BIN / arguments[0], *arguments[1:]]
    expected, actual = run_really(monkeypatch, command, tmp_path), run(command, tmp_path)
    assert (expected.returncode, expected.stdout, expected.stderr) == (actual.returncode, actual.stdout, actual.stderr)


def test_the_child_of_the_service_has_its_folder_environment_and_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "models.py").write_text(TELLING)
    monkeypatch.setenv("SAID", "hello")
    printed = []
    for really in (False, True):
        if really:
            monkeypatch.setattr(subprocess, "Popen", RealPopen)
        with Workbench(find_project(tmp_path)) as workbench:
            printed.append(workbench.load().printed)
    assert printed[0] == printed[1]
    assert printed[0].startswith(f"{tmp_path} hello ")


def test_nothing_of_one_run_is_left_for_the_next(tmp_path: Path):
    (tmp_path / "models.py").write_text(
        TELLING.replace("metadata = ", "import pgcraft\npgcraft.seen = True\nmetadata = ")
    )
    assert "an error" in run([PROGRAM, "show"], tmp_path, SAID="1").stderr
    (tmp_path / "models.py").write_text("import pgcraft\nassert not hasattr(pgcraft, 'seen')\n" + TELLING)
    assert run([PROGRAM, "show"], tmp_path, SAID="2").returncode == 0


def test_it_reads_its_input_and_is_ended_by_signals(tmp_path: Path):
    (tmp_path / "models.py").write_text("import time\nprint('here', flush=True)\ntime.sleep(1000)\n")
    with subprocess.Popen([PROGRAM, "show"], cwd=tmp_path, stdin=subprocess.PIPE) as process:
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM
        assert process.poll() == -signal.SIGTERM


@pytest.mark.parametrize(
    ("arguments", "is_ours"),
    [
        ([str(PROGRAM), "show"], True),
        ([str(PROGRAM), "tui"], False),
        ([sys.executable, "-u", "-P", "-m", "pgcraft.worker", "3"], True),
        ([sys.executable, "-m", "pip", "list"], False),
        ([sys.executable, "-c", "-m", "alembic"], False),
        (["/usr/bin/alembic", "upgrade"], False),
    ],
)
def test_only_our_programs_are_forked(arguments: list[str], is_ours: bool):
    assert is_ours is is_program(arguments)
