"""Leaving in the middle of work: by Esc, by q, and by closing the terminal; no process and no half file stays."""

import sys
from pathlib import Path

import psutil
import pytest

from pgcraft_tui.host.loading import DIFF, LOAD
from tests.support.patience import list_living
from tests.tui.driving import HOLD, MODELS, Driver, copy_demo, drive, make_demo, open_workbench
from tests.tui.pseudo import open_pty
from tests.tui.terminal import TMUX, Terminal

ENDLESS = MODELS + "\nimport time\nwhile True: time.sleep(0.01)\n"

pytestmark = pytest.mark.usefixtures("real_processes")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_demo(tmp_path_factory.mktemp("leaving") / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    return root


def list_offspring() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


async def begin(driver: Driver, what: str) -> None:
    """Begin some work, and wait until it is under way."""
    jobs = driver.app.jobs
    name = {"load": LOAD, "autogenerate": DIFF, "verify": "verify"}[what]
    if what == "load":
        (driver.app.session.project.root / "models.py").write_text(ENDLESS)
        await driver.pilot.press("R")
    else:
        await driver.settle()
        (driver.app.session.project.root / "hold").touch()
        if what == "autogenerate":
            driver.app.loader.compare(asked_on=driver.app.browse)
        else:
            await driver.pilot.press("v")
    await driver.wait_for_message(lambda: jobs.is_running(name))


@pytest.mark.parametrize("key", ["escape", "q"])
@pytest.mark.parametrize("what", ["load", "autogenerate", "verify"])
async def test_leaving_in_the_middle_leaves_no_process(demo: Path, tmp_path: Path, what: str, key: str):
    root, before = copy_demo(demo, tmp_path / "demo"), list_offspring()
    (root / "models.py").write_text(MODELS + HOLD)
    with open_workbench(root) as workbench:
        async with drive(workbench, settle=False) as driver:
            await driver.settle()
            await begin(driver, what)
            working = list_offspring() - before
            await driver.pilot.press(key)
            if key == "escape":
                await driver.wait_for_message(lambda: not driver.app.jobs.shown)
                assert driver.app.is_running
    assert list_living(list(working)) == []
    assert list_offspring() - before == set()


MOMENTS = {
    "loading": ("", "importing models"),
    "loaded": ("", "[1-9] change"),
    "typing": ("/x", "no matches"),
    "proving": ("rp", "proving the revision"),
    "verifying": ("v", "verifying"),
    "in an editor": ("5e", "the editor is open"),
}
"""What is typed, and what is written then."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_terminal_that_goes_away_without_a_signal_ends_everything(demo: Path, tmp_path: Path, moment: str):
    """What its server began went on for hours, at half a processor."""
    root = copy_demo(demo, tmp_path / "demo")
    models = root / "models.py"
    models.write_text(ENDLESS if moment == "loading" else models.read_text().replace('"name"', '"title"'))
    files = {path: path.read_bytes() for path in root.rglob("*.[pt]*") if path.suffix in (".py", ".toml")}
    editor = tmp_path / "vi"
    editor.write_text("#!/bin/sh\necho the editor is open\nread answer\n")
    editor.chmod(0o755)
    with open_pty(root, {"XDG_STATE_HOME": str(tmp_path / "state"), "VISUAL": str(editor)}) as terminal:
        typed, written = MOMENTS[moment]
        if typed:
            terminal.wait_for("[1-9] change")
            terminal.type(typed)
        terminal.wait_for(written)
        working = terminal.list_processes()
        assert len(working) >= 2
        terminal.close()
        assert list_living(working) == []
    assert {path: path.read_bytes() for path in files} == files


@pytest.mark.tmux
@pytest.mark.skipif(TMUX is None, reason="there is no tmux")
@pytest.mark.parametrize("moment", ["loaded", "proving"])
def test_closing_the_terminal_leaves_no_process_and_no_half_file(demo: Path, tmp_path: Path, moment: str):
    root = copy_demo(demo, tmp_path / "demo")
    models = root / "models.py"
    models.write_text(models.read_text().replace('"name"', '"title"'))
    files = {path: path.read_bytes() for path in root.rglob("*.[pt]*") if path.suffix in (".py", ".toml")}
    variables = {"TERM": "screen-256color", "XDG_STATE_HOME": str(tmp_path / "state")}
    program = [str(Path(sys.executable).with_name("pgcraft")), "tui"]
    with Terminal(program, folder=root, size=(100, 30), environment=variables) as terminal:
        terminal.wait_for(r"[1-9] changes?")
        if moment == "proving":
            terminal.press("r")
            terminal.wait_for(r"\[x\]")
            terminal.press("p")
            terminal.wait_for(r"Esc stops it")
        shell = psutil.Process(terminal.pid)
        working = [shell, *shell.children(recursive=True)]
        assert len(working) > 2
    assert list_living(list(working)) == []
    assert {path: path.read_bytes() for path in files} == files
    with open_workbench(root) as workbench:
        assert workbench.load().catalog.objects
        assert workbench.diff().operations
