"""Esc stops what it was pressed for, and no other work; what was dropped is told."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.errors import PGCraftError
from pgcraft.service.work import stopped_by
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.loading import DIFF, LOAD
from pgcraft_tui.screens.revision.screen import RevisionScreen
from pgcraft_tui.screens.verify import VerifyScreen
from tests.support.patience import PATIENCE_S
from tests.tui.driving import HOLD, MODELS, Driver, copy_demo, drive, make_demo, open_workbench

SLOW = MODELS + "\nimport pathlib, time\nwhile not pathlib.Path(__file__).with_name('go').exists(): time.sleep(0.01)\n"
CHANGED = MODELS.replace('"price"', '"cost"')
HELD = CHANGED + HOLD
OTHERS = ["x", "r", "s", "!"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_demo(tmp_path_factory.mktemp("escape") / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    return root


@pytest.fixture
def root(written: Path, tmp_path: Path) -> Path:
    return copy_demo(written, tmp_path / "demo")


@pytest.fixture
def workbench(root: Path) -> Iterator[Workbench]:
    with open_workbench(root) as opened:
        yield opened


async def begin_reload(driver: Driver, root: Path, models: str = SLOW.replace('"price"', '"cost"')) -> None:
    """Save models that take their time, until there is a file `go`."""
    (root / "models.py").write_text(models)
    await driver.wait_for_message(lambda: driver.app.jobs.is_running(LOAD))


def holds_cost(driver: Driver) -> bool:
    loaded = driver.app.session.loaded
    return loaded is not None and any(item.id.name == "cost" for item in loaded.catalog.objects)


@pytest.mark.parametrize("key", OTHERS)
async def test_esc_on_another_screen_leaves_the_reload_of_a_save_alone(root: Path, workbench: Workbench, key: str):
    async with drive(workbench) as driver:
        await driver.press(key)
        await begin_reload(driver, root)
        await driver.pilot.press("escape")
        await driver.wait_for_message(lambda: driver.app.screen is driver.app.browse)
        assert driver.app.jobs.is_running(LOAD)
        (root / "go").touch()
        await driver.settle()
        assert holds_cost(driver)
        assert not driver.app.session.is_stale


async def test_a_reload_that_is_stopped_says_stale_until_the_next(root: Path, workbench: Workbench):
    async with drive(workbench, size=(80, 24)) as driver:
        await begin_reload(driver, root)
        await driver.pilot.press("escape")
        await driver.wait_for_message(lambda: not driver.app.jobs.is_running(LOAD))
        await driver.settle()
        assert driver.app.session.is_stale
        assert "stale since" in driver.read("#banner")
        assert "R loads again" in driver.read("#banner")
        (root / "go").touch()
        await driver.press("R")
        assert holds_cost(driver)
        assert not driver.app.browse.query_one("#banner").display


async def test_a_comparison_in_the_background_goes_on(workbench: Workbench):
    async with drive(workbench) as driver:
        driver.app.loader.compare()
        assert driver.app.jobs.is_running(DIFF)
        await driver.pilot.press("escape", "r", "escape", "escape")
        await driver.settle()
        assert driver.app.session.diff is not None
        assert driver.app.session.diff_error is None


async def test_a_comparison_that_was_asked_for_is_stopped_where_it_was_asked_for(workbench: Workbench, root: Path):
    (root / "models.py").write_text(HELD)
    async with drive(workbench) as driver:
        await driver.press("r")
        (root / "hold").touch()
        await driver.pilot.press("a")
        await driver.wait_for_message(lambda: driver.app.jobs.is_running(DIFF))
        assert "Esc stops it" in driver.read_screen()
        await driver.pilot.press("escape")
        await driver.settle()
        assert type(driver.app.screen) is RevisionScreen
        assert driver.app.session.diff is None
        await driver.press("escape")
        assert "vs migrations: not compared" in driver.read_screen()


async def test_neither_a_save_nor_esc_elsewhere_ends_a_verify(root: Path, workbench: Workbench):
    """A second save stops the load of the first, and nothing beside it; all of them wait for the same models."""
    async with drive(workbench) as driver:
        await begin_reload(driver, root, SLOW)
        await driver.pilot.press("v")
        await driver.wait_for_message(lambda: driver.app.jobs.is_running("verify"))
        for _ in range(2):
            driver.app.loader.load()
        await driver.pilot.press("r", "escape")
        assert driver.app.jobs.is_running("verify")
        (root / "go").touch()
        await driver.settle()
        assert type(driver.app.screen) is VerifyScreen
        assert re.search("the models have changed since.* held", driver.read("#work-title"))
        await driver.press("a")
        assert "changed since" not in driver.read("#work-title")


async def test_esc_stops_the_work_before_it_goes_back(workbench: Workbench, root: Path):
    """On the file of a revision that is being proven, Esc is for the proof."""
    (root / "models.py").write_text(HELD)
    async with drive(workbench) as driver:
        await driver.press("r", "f")
        (root / "hold").touch()
        await driver.pilot.press("p")
        await driver.wait_for_message(lambda: driver.app.jobs.is_running("revision"))
        await driver.pilot.press("escape")
        await driver.settle()
        assert "stopped" in driver.read("#work-progress")
        assert "revision-file" == driver.app.screen.query_one("#revision-views").current
        await driver.press("escape")
        assert "revision-operations" == driver.app.screen.query_one("#revision-views").current


def test_an_event_calls_off_what_its_thread_asks_and_nothing_else(root: Path, workbench: Workbench):
    (root / "models.py").write_text(SLOW)
    begun, outcomes = {name: threading.Event() for name in ("mine", "other")}, dict[str, str]()
    stop = {name: threading.Event() for name in begun}

    def load(name: str) -> None:
        try:
            with stopped_by(stop[name]):
                workbench.load(lambda _: begun[name].set())
            outcomes[name] = "loaded"
        except PGCraftError as error:
            outcomes[name] = error.code

    threads = {name: threading.Thread(target=load, args=(name,)) for name in begun}
    for name, thread in threads.items():
        thread.start()
        assert begun[name].wait(PATIENCE_S)
    stop["mine"].set()
    threads["mine"].join(PATIENCE_S)
    (root / "go").touch()
    threads["other"].join(PATIENCE_S)
    assert outcomes == {"mine": "PGC390", "other": "loaded"}
