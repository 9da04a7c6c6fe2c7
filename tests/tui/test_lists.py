"""Lists whose rows change while a message about an old row is on its way."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList

from pgcraft.service.workbench import Workbench
from pgcraft_tui.screens.export import ExportScreen
from tests.tui.driving import Driver, drive, make_demo, open_remembering

SOURCES = sorted(Path(__file__).parents[2].glob("pgcraft_tui/**/*.py"))
BY_PLACE = re.compile(r"option_index|get_option_at_index|\[[^\]]*\.highlighted\]")
LISTS = {"s": ("m",), "v": (), "x": (), "r": (), "o": (), "?": ()}
"""The key that opens a screen with a list, and what must be pressed before it has rows."""


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    root = make_demo(tmp_path_factory.mktemp("lists") / "demo")
    with open_remembering(root) as opened:
        opened.load()
        opened.write_revision(opened.draft_revision("first"))
        (root / "models.py").write_text((root / "models.py").read_text().replace('"note"', '"remark"'))
        opened.load()
        opened.write_revision(opened.draft_revision("second"))
        (root / "models.py").write_text((root / "models.py").read_text().replace('"remark"', '"words"'))
        yield opened


async def send_late(driver: Driver) -> None:
    """Let the list say that its last row is under the cursor, or was chosen, when it has no such row any more."""
    listed = driver.app.screen.query_one(OptionList)
    assert listed.option_count
    last = listed.option_count - 1
    option = listed.get_option_at_index(last)
    listed.clear_options()
    listed.post_message(OptionList.OptionHighlighted(listed, option, last))
    await driver.settle()
    assert driver.app.is_running


@pytest.mark.parametrize("key", LISTS)
async def test_news_of_a_row_that_is_gone_does_no_harm(workbench: Workbench, key: str):
    async with drive(workbench, size=(120, 40)) as driver:
        await driver.press(key, *LISTS[key])
        await send_late(driver)
        await driver.press("escape")
        assert driver.app.is_running


async def test_sql_may_be_rendered_anew_under_the_cursor(workbench: Workbench):
    """Moving in the list of files and changing what is exported, in one burst."""
    async with drive(workbench, size=(120, 40)) as driver:
        await driver.press("s", "m")
        screen = driver.app.screen
        assert type(screen) is ExportScreen
        listed = screen.query_one(OptionList)
        await driver.wait_for_message(lambda: listed.option_count == 2)
        listed.focus()
        for key in ("down", "d", "down", "m", "up", "d", "down", "m"):
            driver.app.simulate_key(key)
        await driver.settle()
        screen._take_files((screen._wanted, screen._files[:1]))
        listed.post_message(OptionList.OptionHighlighted(listed, listed.get_option_at_index(0), 1))
        await driver.settle()
        assert driver.app.is_running


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_row_is_told_by_its_place(source: Path):
    """A place in a list says nothing once the list has other rows: options carry what they stand for."""
    assert BY_PLACE.findall(source.read_text(encoding="utf-8")) == []
