"""Saving, breaking and mending the models while the workbench is open."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.present.marks import Mark
from pgcraft_tui.screens.browse.screen import BrowseScreen
from pgcraft_tui.screens.problems import ProblemsScreen
from tests.tui.driving import MODELS, Driver, drive, make_demo, open_workbench

VIEW = ObjectId(Kind.VIEW, "api", "products")
SKU = ObjectId(Kind.COLUMN, "inventory", "sku", "products")
WITH_SKU = MODELS.replace(
    'Column("price", Numeric(10, 2), nullable=False),',
    'Column("price", Numeric(10, 2), nullable=False),\n        Column("sku", String),',
)
BROKEN = MODELS.replace('"products",\n    "inventory"', '"products",\n    1 / 0')


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_demo(tmp_path / "demo")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The same without migrations."""
    return make_demo(tmp_path / "demo", is_migrated=False)


def save_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def save_by_rename(path: Path, text: str) -> None:
    """As vim and most editors do."""
    beside = path.with_name(".models.py.swp")
    beside.write_text(text)
    beside.replace(path)


async def wait_until(driver: Driver, condition: Callable[[], object]) -> None:
    await driver.wait_for_message(condition)
    await driver.settle()


@pytest.mark.parametrize("save", [save_in_place, save_by_rename])
async def test_a_save_is_shown_and_marked(root: Path, save: Callable[[Path, str], None]):
    with open_workbench(root) as workbench:
        async with drive(workbench) as driver:
            driver.app.post_message(ObjectPicked(VIEW))
            await driver.settle()
            save(root / "models.py", WITH_SKU)
            await wait_until(driver, lambda: driver.app.session.generation >= 2)
            assert driver.app.session.changes[SKU] is Mark.ADDED
            assert driver.app.session.selection == VIEW
            assert "sku" in driver.read("#page")
            assert any("1 added" in toast for toast in driver.toasts)
            seen = set()
            for _ in driver.app.session.changes:
                await driver.press("]")
                seen.add(driver.app.session.selection)
            assert SKU in seen
            assert "+•" in driver.read("#tree")
            await driver.press("[")


async def test_two_saves_by_rename_are_both_seen(plain: Path):
    """The watch must not follow the file that was renamed over."""
    with open_workbench(plain) as workbench:
        async with drive(workbench) as driver:
            save_by_rename(plain / "models.py", WITH_SKU)
            await wait_until(driver, lambda: driver.app.session.generation >= 2)
            save_by_rename(plain / "models.py", MODELS)
            await wait_until(driver, lambda: driver.app.session.generation >= 3)
            assert driver.app.session.changes[SKU] is Mark.REMOVED


async def test_a_broken_save_keeps_the_last_good_models_under_a_banner(plain: Path):
    with open_workbench(plain) as workbench:
        async with drive(workbench, size=(120, 40)) as driver:
            save_in_place(plain / "models.py", BROKEN)
            await wait_until(driver, lambda: driver.app.session.is_stale)
            assert driver.read("#banner").strip().startswith("stale since ")
            assert "inventory" in driver.read("#tree")
            await driver.press("!")
            assert isinstance(driver.app.screen, ProblemsScreen)
            page = driver.read("#problems-page")
            assert "models.py:" in page
            assert "1 / 0" in page
            await driver.press("escape")
            save_in_place(plain / "models.py", MODELS)
            await wait_until(driver, lambda: not driver.app.session.is_stale)
            assert not driver.app.browse.query_one("#banner").display


async def test_models_that_miss_a_file_load_once_it_is_there(tmp_path: Path):
    """Only the line that imports it was watched; whoever wrote the file had to press a key."""
    plain = make_demo(tmp_path / "demo", models=f"import prices\n{MODELS}", is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench, is_broken=True) as driver:
            save_in_place(plain / "prices.py", "LIST = ()\n")
            await wait_until(driver, lambda: driver.app.session.loaded is not None)


async def test_models_that_never_loaded_are_shown_with_the_line_and_mend_themselves(tmp_path: Path):
    plain = make_demo(tmp_path / "demo", models=BROKEN, is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench, size=(120, 40), is_broken=True) as driver:
            assert isinstance(driver.app.screen, ProblemsScreen)
            page = driver.read("#problems-page")
            assert "ZeroDivisionError" in page
            assert "▸" in page
            await driver.press("t")
            assert "Traceback" in driver.app.screen.query_one("#problems-page").page[-1].text
            await driver.press("c")
            assert "ZeroDivisionError" in driver.app.clipboard
            save_in_place(plain / "models.py", MODELS)
            await wait_until(driver, lambda: driver.app.session.loaded is not None)
            await driver.wait_for_message(lambda: isinstance(driver.app.screen, BrowseScreen))


@pytest.mark.parametrize(
    "line", ["import os; os._exit(3)", "raise SystemExit(2)", "import os; os.kill(os.getpid(), 11)"]
)
async def test_models_that_end_their_process_do_not_end_the_workbench(tmp_path: Path, line: str):
    plain = make_demo(tmp_path / "demo", models=f"{line}\n{MODELS}", is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench, is_broken=True) as driver:
            assert driver.app.session.error is not None
            assert driver.app.session.error.code.startswith("PGC3")
            save_in_place(plain / "models.py", MODELS)
            await wait_until(driver, lambda: driver.app.session.loaded is not None)


async def test_prints_do_not_reach_the_screen(tmp_path: Path):
    plain = make_demo(tmp_path / "demo", models=f"print('x' * 1_000_000)\n{MODELS}", is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench) as driver:
            assert driver.app.session.error is None
            assert "xxxx" not in driver.read_screen()


async def test_a_wrong_check_is_told_with_its_remedy(tmp_path: Path):
    wrong = MODELS.replace(
        'Column("price", Numeric(10, 2), nullable=False),',
        'Column("price", Numeric(10, 2), nullable=False),\n        PGCraftCheck("{prize} > 0", "positive"),',
    ).replace("metadata = MetaData", "from pgcraft.check import PGCraftCheck\n\nmetadata = MetaData")
    plain = make_demo(tmp_path / "demo", models=wrong, is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench, size=(120, 40), is_broken=True) as driver:
            page = driver.read("#problems-page")
            assert 'did you mean "price"' in page
            assert "PGCraftCheck" in page


async def test_esc_stops_a_load_that_never_ends(tmp_path: Path):
    plain = make_demo(tmp_path / "demo", models="while True: pass\n", is_migrated=False)
    with open_workbench(plain) as workbench:
        async with drive(workbench, settle=False) as driver:
            await driver.wait_for_message(lambda: driver.app.jobs.is_running("load"))
            await driver.pilot.press("escape")
            await driver.wait_for_message(lambda: not driver.app.jobs.running)
            assert any("cancelled" in toast for toast in driver.toasts)
            save_in_place(plain / "models.py", MODELS)
            await driver.press("R")
            assert driver.app.session.loaded is not None
