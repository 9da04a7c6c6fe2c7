"""Each action of the registry has its effect: the steps of the terminal's script, played without a terminal."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from pgcraft.devdb.server.servers import Server
from pgcraft.service.actions import ACTIONS
from tests.tui.driving import Driver, drive, open_workbench
from tests.tui.script import Step
from tests.tui.session import STEPS, WITH_NOTE, make_written
from tests.tui.terminal import is_as_wanted

EDITING = ("edit_source", "edit_problem")
EDITOR = '#!/bin/sh\necho "$@" >> edited.txt\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory, server18: Server) -> AsyncIterator[Counter[str]]:
    """How often each action was run and had its effect."""
    folder = tmp_path_factory.mktemp("actions")
    root = make_written(folder / "demo", server18)
    (root / "models.py").write_text(WITH_NOTE)
    editor = folder / "code"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    counted: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch, open_workbench(root) as workbench:
        patch.setenv("VISUAL", str(editor))
        patch.setenv("PGCRAFT_POSTGREST", "/nowhere/postgrest")
        async with drive(workbench, size=(80, 24)) as driver:
            await wait_for(driver, "[1-9] changes?", "")
            for step in STEPS[:-1]:
                await play(driver, root, step)
                counted[step.action] += bool(step.shows or step.hides)
            await driver.pilot.press("q")
        counted["quit"] += driver.app.return_value == 0
    yield counted


async def play(driver: Driver, root: Path, step: Step) -> None:
    """Do what a step says, and wait for what it shows; the editor has a window of its own here."""
    if step.saves is not None:
        (root / step.saves[0]).write_text(step.saves[1])
    if not step.action and step.keys:
        return  # leaves the editor of a terminal
    edited = count_edits(root)
    for word, is_text in step.words:
        await driver.pilot.press(*word if is_text else (word,))
    if step.action in EDITING:
        await driver.wait_for_message(lambda: count_edits(root) > edited)
    else:
        await wait_for(driver, step.shows, step.hides)


async def wait_for(driver: Driver, shows: str, hides: str) -> None:
    try:
        await driver.wait_for_message(lambda: is_as_wanted(driver.read_screen(), shows, hides))
    except TimeoutError:
        pytest.fail(f"never saw {shows!r} without {hides!r}:\n{driver.read_screen()}")


def count_edits(root: Path) -> int:
    edited = root / "edited.txt"
    return edited.stat().st_size if edited.exists() else 0


@pytest.mark.parametrize("action", [action.id for action in ACTIONS])
@pytest.mark.asyncio(loop_scope="module")
async def test_it_has_its_effect(played: Counter[str], action: str):
    assert played[action] > 0, f"no step of tests/tui/script.py runs {action} and says what it shows"
