"""How the main screens look: in the dark at three sizes, at one in the light, in the terminal's colours and without any."""

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.command import CommandPalette
from textual.filter import Monochrome
from textual.widgets import Input, OptionList

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.styles.themes import ANSI, DARK, LIGHT
from tests.tui.driving import MODELS, Driver, drive, make_demo, open_remembering
from tests.tui.snapshots import compare_picture

VIEW = ObjectId(Kind.VIEW, "api", "products")
REST_S = 0.05
REVISION = "0123456789ab"
PRICE = '        Column("price", Numeric(10, 2), nullable=False),\n'
NOTE = '        Column("note", String),\n'
SIZES = {"wide": (160, 50), "usual": (80, 24), "small": (60, 20)}
LOOKED_AT = "usual"
"""The size at which screens are shown in the light and without colour, too: neither depends on it."""
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
    "palette": (":", *"group"),
    "jump": ("o", *"prod"),
}
WORK_SCREENS = {
    "change": ("6",),
    "history": ("7",),
    "extensions": ("x",),
    "switch": ("x", "space"),
    "revision": ("r",),
    "export": ("s",),
    "verify": ("v",),
}


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    root = make_demo(tmp_path_factory.mktemp("pictures") / "demo")
    (root / "alembic.ini").unlink()  # nothing is compared, so nothing comes late
    with open_remembering(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A project with one revision, whose id is always the same, and a column more than it makes."""
    root = make_demo(tmp_path_factory.mktemp("pictures") / "demo")
    with open_remembering(root, "draft_revision", "export", "verify", "history", "preview_switch") as opened:
        opened.load()
        draft = opened.draft_revision("first")
        text = draft.text.replace(draft.path.name.partition("_")[0], REVISION)
        draft.path.with_name(f"{REVISION}_first.py").write_text(text)
        (root / "models.py").write_text(MODELS.replace(PRICE, PRICE + NOTE))
        yield opened


async def show(driver: Driver, keys: tuple[str, ...]) -> None:
    driver.app.post_message(ObjectPicked(VIEW))
    await driver.settle()
    for key in keys:
        await driver.press(key)
    if isinstance(driver.app.screen, CommandPalette):
        await driver.wait_for_message(lambda: driver.app.screen.query_one(OptionList).option_count > 0)
    for field in driver.app.screen.query(Input):
        field.cursor_blink = False
    await come_to_rest(driver)


async def come_to_rest(driver: Driver) -> None:
    """Wait until two looks in a row are the same: panes that were just shown are laid out a moment later."""
    before: object = None
    while before != (now := driver.app.screen._compositor.render_strips()):
        before = now
        await driver.pilot.pause(REST_S)


async def compare_looks(driver: Driver, snapshot: SnapshotAssertion) -> None:
    """Compare in the light and without colour."""
    driver.app.theme = LIGHT.name
    await come_to_rest(driver)
    compare_picture(driver.app, snapshot(name="light"))
    driver.app.theme = DARK.name
    driver.app._filters.append(Monochrome())
    driver.app.refresh(layout=True)
    await come_to_rest(driver)
    compare_picture(driver.app, snapshot(name="grey"))


async def compare_screen(workbench: Workbench, snapshot: SnapshotAssertion, keys: tuple[str, ...], size: str) -> None:
    async with drive(workbench, size=SIZES[size], notifications=False) as driver:
        await show(driver, keys)
        compare_picture(driver.app, snapshot)
        if size == LOOKED_AT:
            await compare_looks(driver, snapshot)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
async def test_screens(workbench: Workbench, snapshot: SnapshotAssertion, screen: str, size: str):
    await compare_screen(workbench, snapshot, SCREENS[screen], size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", WORK_SCREENS)
async def test_screens_of_work(changed: Workbench, snapshot: SnapshotAssertion, screen: str, size: str):
    await compare_screen(changed, snapshot, WORK_SCREENS[screen], size)


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
