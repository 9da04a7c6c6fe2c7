"""Names and comments that look like markup, quote, break lines, steer the terminal or run from right to left."""

from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind
from pgcraft_tui.present.tabs import Tab
from tests.tui.driving import Driver, drive, open_workbench

NAMES = (
    "[red]bold[/red]",
    "[/]",
    "[@click=app.quit]x",
    'say "hi"',
    "it's",
    "two\nlines",
    "tab\there",
    "表の名前",
    "عربي",
    "\u202egnp",
    "\x1b[31mred",
    "bell\x07",
    "emoji 👩‍👧",
    "a" * 63,
    "$(rm -rf)",
    "%s %d",
)
MODELS = f"""\
from sqlalchemy import Column, Integer, MetaData, String, Table
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

NAMES = {NAMES!r}
config = PGCraftConfig(auto_discover=False)
config.use(PostgRESTExtension())
metadata = MetaData()
for name in NAMES:
    Table(name, metadata, Column("id", Integer, primary_key=True), Column(name, String, comment=name), schema="[b]odd")
exposed = PGCraftSimple("[link]", "[b]odd", metadata, config=config, schema_items=[Column("[i]word", String)])
PostgRESTView(exposed, grants=["select", "insert"])
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


def find_steering(text: str) -> list[str]:
    """Return the characters that a terminal would obey, or that would turn the text around."""
    return [each for each in text if (ord(each) < 32 and each != "\n") or each in "\x7f\u202e\u202d\u2066\u2067"]


async def test_every_name_is_shown_literally_in_every_tab(root: Path):
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            loaded = driver.app.session.loaded
            assert loaded is not None, driver.app.session.error
            assert len([*loaded.catalog.of_kind(Kind.TABLE)]) == len(NAMES) + 1
            for item in loaded.catalog.of_kind(Kind.TABLE, Kind.VIEW):
                assert driver.app.browse.walk.go_to(item.id)
                for tab in Tab:
                    driver.app.browse._show_tab(tab)
                    await driver.settle()
                    screen = driver.read_screen()
                    assert find_steering(screen) == []
                if item.id.name.startswith("["):
                    assert item.id.name in driver.read("#tree")
                    assert item.id.name in driver.read("#page") or item.id.name in screen


async def test_markup_in_a_name_does_nothing_in_lists_and_toasts(root: Path):
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("slash")
            await driver.type("[red]")
            assert "[red]bold[/red]" in driver.read("#tree")
            await driver.press("enter", "Y", "y", "c")
            await driver.press("o")
            await driver.type("[@click")
            assert "[@click=app.quit]x" in driver.read_screen()
            await driver.press("escape")
            for key in ("x", "r", "s", "!", "?"):
                await driver.press(key)
                assert find_steering(driver.read_screen()) == []
                await driver.press("escape")
            assert driver.app.is_running


async def test_an_error_with_markup_in_it_is_shown_literally(tmp_path: Path):
    (tmp_path / "models.py").write_text('raise ValueError("[/red] [b]no\\x1b[2J")\n')
    with open_workbench(tmp_path) as workbench:
        async with drive(workbench, size=(120, 40), is_broken=True) as driver:
            assert "[/red] [b]no" in driver.read("#problems-page")
            await press_all(driver, "t", "c")
            assert find_steering(driver.read_screen()) == []


async def press_all(driver: Driver, *keys: str) -> None:
    for key in keys:
        await driver.press(key)
