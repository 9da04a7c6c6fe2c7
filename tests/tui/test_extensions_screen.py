"""Switching an extension: what comes and goes is shown first, applied on the user's word, and taken back whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind
from pgcraft.service.workbench import Workbench
from pgcraft_tui.screens.extensions import ExtensionsScreen
from pgcraft_tui.widgets.diff import DiffView
from tests.tui.driving import MODELS, PYPROJECT, Driver, drive, make_demo, open_workbench


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_demo(tmp_path / "demo", is_migrated=False)


@pytest.fixture
def workbench(root: Path) -> Iterator[Workbench]:
    with open_workbench(root) as opened:
        yield opened


def count_views(driver: Driver) -> int:
    assert driver.app.session.loaded is not None
    return len(tuple(driver.app.session.loaded.catalog.of_kind(Kind.VIEW)))


async def test_each_extension_is_listed_with_its_facts(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("x")
        (row,) = driver.list_rows("#extensions-list")
        assert row.split()[:3] == ["●", "on", "postgrest"]
        facts = driver.read("#extensions-facts")
        assert "comes from  pgcraft" in facts
        assert "depends on  nothing" in facts
        assert "$ pgcraft extensions disable postgrest --preview" in driver.read("#work-command")


async def test_a_preview_lists_what_goes_and_writes_nothing(workbench: Workbench, root: Path):
    async with drive(workbench, size=(140, 50)) as driver:
        await driver.press("x", "space")
        summary = driver.read("#extensions-summary")
        assert summary.strip().startswith("postgrest off: ")
        assert "objects disappear" in summary
        assert "- view api.products" in driver.read("#extensions-objects")
        rows = [row.left for row in driver.app.screen.query_one(DiffView).rows if row.left is not None]
        assert any(piece.line.sign == "-" and piece.text == "CREATE VIEW api.products AS" for piece in rows)
        assert (root / "pyproject.toml").read_text() == PYPROJECT
        await driver.press("escape")
        assert isinstance(driver.app.screen, ExtensionsScreen)
        assert not driver.app.screen.has_class("-previewing")


async def test_nothing_is_applied_that_was_not_previewed(workbench: Workbench, root: Path):
    async with drive(workbench) as driver:
        await driver.press("x", "a")
        assert "no switch is previewed; press Space on an extension" in driver.toasts
        await driver.press("u")
        assert "no switch was applied in this session" in driver.toasts
        assert (root / "pyproject.toml").read_text() == PYPROJECT


async def test_a_switch_is_applied_keeping_comments_and_taken_back_byte_for_byte(workbench: Workbench, root: Path):
    async with drive(workbench) as driver:
        assert count_views(driver) == 1
        await driver.press("x", "space", "a")
        written = (root / "pyproject.toml").read_text()
        assert 'disabled_extensions = ["postgrest"]' in written
        assert "# what pgcraft must know" in written
        assert "# beside this file" in written
        assert count_views(driver) == 0
        assert driver.list_rows("#extensions-list")[0].split()[:3] == ["○", "off", "postgrest"]
        await driver.press("u")
        assert (root / "pyproject.toml").read_bytes() == PYPROJECT.encode()
        assert count_views(driver) == 1


async def test_a_file_that_changed_since_the_preview_is_left_alone(workbench: Workbench, root: Path):
    async with drive(workbench) as driver:
        await driver.press("x", "space")
        mine = PYPROJECT + "# mine\n"
        (root / "pyproject.toml").write_text(mine)
        await driver.press("a")
        assert "PGC007" in driver.read("#work-progress")
        assert (root / "pyproject.toml").read_text() == mine


async def test_why_one_cannot_be_switched_is_said(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGCRAFT_DISABLED_EXTENSIONS", "postgrest")
    with open_workbench(root) as workbench:
        async with drive(workbench) as driver:
            await driver.press("x")
            await driver.press("space")
            assert "PGC006" in driver.read("#work-progress")
            assert "PGCRAFT_DISABLED_EXTENSIONS" in driver.read("#work-progress")


TENANCY = """
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.extension import PGCraftExtension


@dataclass
class Tenancy(PGCraftExtension):
    name: str = "tenancy"
    depends_on: ClassVar[list[str]] = ["postgrest"]


config.use(Tenancy())
"""


async def test_one_that_another_needs_is_locked_and_says_whose_need_it_is(tmp_path: Path):
    models = MODELS.replace("metadata = ", TENANCY + "\nmetadata = ", 1)
    with open_workbench(make_demo(tmp_path / "tenancy", models=models, is_migrated=False)) as workbench:
        async with drive(workbench) as driver:
            await driver.press("x")
            assert "It cannot be switched: needed by tenancy" in driver.read("#extensions-facts")
            await driver.press("space")
            assert "postgrest cannot be switched: needed by tenancy" in driver.toasts


async def test_what_was_previewed_is_still_there_after_looking_elsewhere(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("x", "space", "?", "escape")
        assert driver.app.screen.has_class("-previewing")
