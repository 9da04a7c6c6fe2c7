"""`make check` proves the import contracts; so does the suite, for whoever runs nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_run_along_the_line():
    """A contract in pyproject.toml is broken; the output says which import does it."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_only_two_modules_of_the_command_line_write():
    """stdout is data and stderr is talk as long as nobody else writes."""
    writers = {"output.py", "diagnostics.py"}
    for path in (ROOT / "pgcraft" / "cli").rglob("*.py"):
        text = path.read_text()
        assert path.name in writers or not any(word in text for word in ("print(", "sys.stdout.write", "typer.echo"))
