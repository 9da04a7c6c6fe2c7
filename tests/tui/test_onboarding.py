"""Starting without a project, and with models that know nothing of pgcraft."""

from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError
from pgcraft.service.project import find_project
from pgcraft_tui.screens.onboarding import OnboardingApp
from tests.tui.driving import drive, open_workbench

PLAIN = """\
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()
authors = Table("authors", metadata, Column("id", Integer, primary_key=True), Column("name", String))
Table("books", metadata, Column("id", Integer, primary_key=True), Column("author", ForeignKey("authors.id")))
"""


def find_reason(folder: Path) -> PGCraftConfigError:
    with pytest.raises(PGCraftConfigError, match="PGC001") as caught:
        find_project(folder)
    return caught.value


async def test_an_empty_folder_gets_a_project_on_i(tmp_path: Path):
    app = OnboardingApp(tmp_path, find_reason(tmp_path))
    async with app.run_test() as pilot:
        await pilot.press("i")
        await pilot.pause()
    assert app.return_value is True
    with open_workbench(tmp_path) as workbench:
        async with drive(workbench) as driver:
            assert "products" in driver.read("#tree")


async def test_leaving_makes_nothing(tmp_path: Path):
    app = OnboardingApp(tmp_path, find_reason(tmp_path))
    async with app.run_test() as pilot:
        await pilot.press("q")
    assert app.return_value is None
    assert [*tmp_path.iterdir()] == []


async def test_plain_sqlalchemy_models_are_shown(tmp_path: Path):
    (tmp_path / "models.py").write_text(PLAIN)
    with open_workbench(tmp_path) as workbench:
        async with drive(workbench) as driver:
            tree = driver.read("#tree")
            assert "authors" in tree
            assert "books" in tree
            assert driver.app.session.error is None
