"""One model, one revision: the text does not depend on the hash seed of the process that wrote it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ProjectFactory
from tests.seeds.models import seed_models
from tests.support.databases import Database
from tests.support.projects import ENV_PY, Project

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples/shop"
DATE = re.compile(r"^Create Date: .*$", re.MULTILINE)


def revise_all(projects: list[Project], database: Database, seed: int) -> dict[str, str]:
    """Return the text of each project's first revision, written under this hash seed."""
    environment = {**os.environ, "DATABASE_URL": database.url, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.support.revise", *(str(project.root) for project in projects)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    texts = {}
    for project in projects:
        (path,) = project.revisions
        texts[project.root.name] = DATE.sub("", path.read_text())
        path.unlink()
    return texts


def test_revisions_are_the_same_under_five_hash_seeds(project: ProjectFactory, database18: Database) -> None:
    """A revision that comes out otherwise on a colleague's machine cannot be reviewed."""
    models = {**seed_models(), "shop": (SHOP / "models.py").read_text()}
    projects = [project(text, env_py=ENV_PY) for text in models.values()]
    shutil.copy(SHOP / "shop_stamps.py", projects[-1].root)
    first = revise_all(projects, database18, 0)
    assert all("op." in text for text in first.values())
    for seed in range(1, 5):
        assert revise_all(projects, database18, seed) == first
