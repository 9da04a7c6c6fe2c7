"""Projects without a database, and a workbench on them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench

GOOD_MODELS = """\
from sqlalchemy import Column, MetaData, String
from pgcraft.factory import PGCraftSimple

metadata = MetaData()
products = PGCraftSimple("products", "inventory", metadata, [Column("name", String, nullable=False)])
"""

OpenWorkbench = Callable[..., Workbench]


@pytest.fixture
def open_workbench(tmp_path: Path) -> Iterator[OpenWorkbench]:
    """Write models (and a pyproject.toml) and open a workbench on them; all are closed at the end."""
    opened: list[Workbench] = []

    def make(models: str = GOOD_MODELS, pyproject: str | None = None, **files: str) -> Workbench:
        (tmp_path / "models.py").write_text(models)
        if pyproject is not None:
            (tmp_path / "pyproject.toml").write_text(pyproject)
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        opened.append(Workbench(find_project(tmp_path)))
        return opened[-1]

    yield make
    for workbench in opened:
        workbench.close()
