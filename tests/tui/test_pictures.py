"""How the main screens look, at three sizes, in the dark, in the light, in the terminal's colours and without any."""

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.workbench import Workbench
from pgcraft_tui.messages import ObjectPicked
from pgcraft_tui.themes import ANSI, DARK, LIGHT
from tests.tui.driving import Driver, drive, make_demo, open_workbench
from tests.tui.snapshots import compare_picture

VIEW = ObjectId(Kind.VIEW, "api", "products")
SIZES = {"wide": (160, 50), "usual": (80, 24), "small": (60, 20)}
SCREENS = {
    "ddl": ("1",),
    "api": ("2",),
    "grants": ("3",),
    "relations": ("4", "tab"),
    "origin": ("5",),
    "by-factory": ("F",),
    "filter": ("slash", *"prod"),
    "problems": ("!",),
    "help": ("?",),
    "jump": ("o", *"prod"),
}


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    root = make_demo(tmp_path_factory.mktemp("pictures") / "demo")
    (root / "alembic.ini").unlink()  # nothing is compared, so nothing comes late
    with open_workbench(root) as opened:
        yield opened


async def show(driver: Driver, keys: tuple[str, ...]) -> None:
    driver.app.post_message(ObjectPicked(VIEW))
    await driver.settle()
    for key in keys:
        await driver.press(key)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
async def test_screens(workbench: Workbench, snapshot: SnapshotAssertion, screen: str, size: str):
    async with drive(workbench, size=SIZES[size], notifications=False) as driver:
        await show(driver, SCREENS[screen])
        compare_picture(driver.app, snapshot)


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, ANSI.name])
async def test_themes(workbench: Workbench, snapshot: SnapshotAssertion, theme: str):
    async with drive(workbench, size=SIZES["usual"], notifications=False) as driver:
        driver.app.theme = theme
        await show(driver, ("1",))
        compare_picture(driver.app, snapshot)


async def test_no_colour(workbench: Workbench, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(workbench, size=SIZES["usual"], notifications=False) as driver:
        await show(driver, ("1",))
        compare_picture(driver.app, snapshot)
