"""The installed program, run in a project's folder."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pgcraft.service.scaffold import init_project
from tests.support.patience import PATIENCE_S

PROGRAM = Path(sys.executable).parent / "pgcraft"


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Shell:
    """A folder to run the program in."""

    root: Path

    def __call__(self, *arguments: str, stdin: str | None = None, **environment: str) -> Done:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @property
    def revisions(self) -> list[Path]:
        return sorted((self.root / "migrations" / "versions").glob("*.py"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def project(shell: Shell) -> Shell:
    """What `pgcraft init` makes."""
    init_project(shell.root)
    return shell
