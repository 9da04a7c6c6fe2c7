"""What is loaded when: the static graph cannot see imports inside of functions, a fresh process can."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
HEAVY = ("sqlalchemy", "alembic", "psycopg", "textual")
FACES_MODULES = (
    "pgcraft.service.workbench",
    "pgcraft.service.scaffold",
    "pgcraft.service.project",
    "pgcraft.service.actions",
    "pgcraft.cli.projects",
    "pgcraft.cli.tree",
    "pgcraft.cli.operations",
)


def loaded_after(code: str, cwd: Path | None = None, **environment: str) -> set[str]:
    """Run code in a fresh process and give the names of all loaded modules."""
    script = f"import sys, json\ntry:\n    exec({code!r})\nfinally:\n    json.dump(sorted(sys.modules), sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return set(json.loads(done.stderr[done.stderr.index('["') :].splitlines()[0]))


def heavy_among(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] in HEAVY}


def run_program(*arguments: str) -> str:
    return f"sys.argv = {['pgcraft', *arguments]!r}\nfrom pgcraft.cli.main import main\nmain()"


def test_the_package_alone_loads_nothing():
    """`import pgcraft` is on the way to everything."""
    modules = loaded_after("import pgcraft")
    assert heavy_among(modules) == set()
    assert {"pgcraft"} == {name for name in modules if name.startswith("pgcraft")}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("show", "--help"), ("tui", "--help")])
def test_help_and_version_load_no_user_code_and_no_library(arguments: tuple[str, ...], tmp_path: Path):
    """They must answer at once, in a project with broken models too."""
    (tmp_path / "models.py").write_text("raise SystemExit('models were imported')\n")
    modules = loaded_after(run_program(*arguments), tmp_path)
    assert heavy_among(modules) == set()
    assert "rich" not in modules
    assert "models" not in modules
    assert "pgcraft.service.workbench" not in modules


def test_completion_loads_no_user_code_and_no_library(tmp_path: Path):
    """It runs at every press of Tab."""
    (tmp_path / "models.py").write_text("raise SystemExit('models were imported')\n")
    environment = {"_PGCRAFT_COMPLETE": "complete_bash", "COMP_WORDS": "pgcraft sh", "COMP_CWORD": "1"}
    modules = loaded_after(run_program(), tmp_path, **environment)
    assert heavy_among(modules) == set()
    assert "models" not in modules


def test_completion_knows_the_commands(tmp_path: Path):
    """A completion script that gets nothing is as bad as none."""
    environment = {"_PGCRAFT_COMPLETE": "complete_bash", "COMP_WORDS": "pgcraft re", "COMP_CWORD": "1"}
    done = subprocess.run(
        [BIN / "pgcraft"], env={**os.environ, **environment}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "revision" in done.stdout


@pytest.mark.parametrize("module", FACES_MODULES)
def test_the_service_and_its_faces_load_no_library(module: str):
    """User code and its libraries belong into the child."""
    assert heavy_among(loaded_after(f"import {module}")) == set()


def test_the_workbench_loads_no_library_of_the_child():
    """Textual is its own; the rest is the child's."""
    modules = loaded_after("import pgcraft_tui.application")
    assert {"textual"} == {name.partition(".")[0] for name in heavy_among(modules)}


def test_the_first_frame_of_the_workbench_loads_only_what_it_shows():
    """What it need not have makes it late: typer, the service behind the project, the highlighter, the TOML editor."""
    code = "import pgcraft.cli.main, pgcraft.cli.workbench, pgcraft_tui.app, pgcraft_tui.host.saved_state, pgcraft_tui.screens.browse.screen"
    late = {
        "typer",
        "pygments",
        "tomlkit",
        "pgcraft.render.dispatch",
        "pgcraft.service.lint",
        "pgcraft.service.workbench",
        "pgcraft.service.session",
        "pgcraft_tui.outside",
        "pgcraft.devdb.server.servers",
    }
    modules = loaded_after(code)
    assert "textual" in modules
    assert set() == {name for name in modules if name in late or name.partition(".")[0] in late}


def test_a_plain_start_of_the_workbench_needs_no_parser(tmp_path: Path):
    """`pgcraft tui PATH` goes straight to the workbench, and still answers with the program's own errors."""
    modules = loaded_after(run_program("tui", "nowhere"), tmp_path)
    assert "pgcraft.cli.workbench" in modules
    assert "typer" not in modules


def test_a_load_needs_neither_alembic_nor_the_driver():
    """The child of the first load answers before it has imported what later requests need."""
    modules = loaded_after("import pgcraft.worker.requests, pgcraft.worker.load")
    assert {"sqlalchemy"} == {name.partition(".")[0] for name in heavy_among(modules)}


def test_loading_models_leaves_the_parent_clean(tmp_path: Path):
    """The models' modules must exist in the child alone."""
    (tmp_path / "models.py").write_text("from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    modules = loaded_after(run_program("show"), tmp_path)
    assert heavy_among(modules) == set()
    assert "models" not in modules
