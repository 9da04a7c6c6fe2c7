"""What is typed in one burst behind a key that opens a field goes into the field, and none of it is a command."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from pgcraft.devdb.server.servers import Server
from pgcraft.service.actions import ACTIONS, Action, Scope
from pgcraft_tui.actions.key_queue import PAUSE_S
from pgcraft_tui.screens.confirm import ConfirmScreen
from pgcraft_tui.screens.export import ExportScreen
from pgcraft_tui.screens.revision.screen import RevisionScreen
from tests.tui.driving import Driver, copy_demo, drive, open_remembering, open_workbench
from tests.tui.session import EVERY, PROGRAM, SIZES, WITH_NOTE, make_written
from tests.tui.terminal import TMUX, Terminal

OPENED_BY = {Scope.OBJECTS: "", **{Scope(each.id): each.keys[0] for each in ACTIONS if each.id in {*Scope}}}
"""The key that leads from Objects to the screen of a scope."""
SCREENS = (*OPENED_BY.values(),)
COMMANDS = "wqaxrimp"
"""Every letter is a key of some screen: one that does not reach the field is seen."""
USUAL = "80x24"
"""The terminal in which bursts are typed each time; the others have to be asked for."""


def list_fields() -> Iterator[tuple[str, str, Action]]:
    """Return each key that opens a field, on each screen on which it works."""
    for action in ACTIONS:
        if action.opens_field:
            for before in SCREENS if action.scope is Scope.EVERYWHERE else (OPENED_BY[action.scope],):
                yield from ((before, key, action) for key in action.keys)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, server18: Server) -> Path:
    root = make_written(tmp_path_factory.mktemp("bursts") / "demo", server18)
    (root / "models.py").write_text(WITH_NOTE)
    return root


def post(driver: Driver, *words: str) -> None:
    """Let keys come at once, as a paste or a slow line brings them: a word in plain letters is typed."""
    for word in words:
        for each in [word] if word in ("escape", "enter", "space", "ctrl+p") else word:
            key = _character_to_key(each) if len(each) == 1 else each
            driver.app.post_message(events.Key(key, each if len(each) == 1 else None))


async def burst(driver: Driver, *words: str) -> None:
    post(driver, *words)
    await driver.settle()


def read_field(driver: Driver) -> str | None:
    focused = driver.app.screen.focused
    return focused.value if isinstance(focused, Input) else None


def list_revisions(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "migrations/versions").glob("*.py"))


async def test_every_key_that_opens_a_field_has_the_focus_in_the_same_turn(written: Path):
    with open_remembering(written) as workbench:
        async with drive(workbench, size=(80, 24)) as driver:
            for before, key, action in list_fields():
                await burst(driver, *([before] if before else []))
                screen = driver.app.screen
                await burst(driver, key, COMMANDS)
                assert read_field(driver) == COMMANDS, (before, action.id, key)
                await burst(driver, "escape")
                assert (driver.app.screen, read_field(driver)) == (screen, None), (before, action.id, key)
                if before:
                    await driver.press("escape")
                assert driver.app.screen is driver.app.browse
            assert driver.app.is_running
    assert len(list_revisions(written)) == 1


async def test_a_line_that_opens_screen_and_field_leaves_both_as_one_types_it(written: Path):
    with open_remembering(written) as workbench:
        async with drive(workbench, size=(80, 24)) as driver:
            await burst(driver, "rmwip")
            assert (type(driver.app.screen), read_field(driver)) == (RevisionScreen, "wip")
            await burst(driver, "enter", "escape", "sp", "q.sql", "enter", "f", "base")
            assert (type(driver.app.screen), read_field(driver)) == (ExportScreen, "base")
            await burst(driver, "escape", "escape", "/", "qty", "escape", "/", "prod", "enter", "?", "q", "escape")
            assert driver.app.screen is driver.app.browse
            assert driver.app.browse.panes.objects.filter_text == "prod"


async def test_esc_behind_what_was_typed_leaves_no_hidden_field(written: Path):
    with open_remembering(written) as workbench:
        async with drive(workbench, size=(80, 24)) as driver:
            before = driver.app.browse.panes.tree.state.key
            for _, key, _ in (each for each in list_fields() if not each[0]):
                await burst(driver, key, "exp", "escape", "j")
                assert read_field(driver) is None
                assert driver.app.browse.panes.objects.filter_text == ""
                assert driver.app.browse.panes.tree.state.key != before
                await burst(driver, "k")
                assert driver.app.browse.panes.tree.state.key == before


async def test_a_paste_goes_into_the_field_that_the_key_before_it_opened(written: Path):
    with open_remembering(written) as workbench:
        async with drive(workbench) as driver:
            driver.app.post_message(events.Key("slash", "/"))
            driver.app.post_message(events.Paste("qty"))
            await driver.settle()
            assert read_field(driver) == "qty"


async def test_text_behind_a_key_that_can_open_no_field_is_forgotten(written: Path):
    """The whole schema has no range; `f` says so, and the `q` of what should be a revision does not quit."""
    with open_remembering(written) as workbench:
        async with drive(workbench) as driver:
            await burst(driver, "s", "dd")
            await burst(driver, "f", "qaxrw", "enter")
            assert type(driver.app.screen) is ExportScreen
            assert driver.app.is_running
            assert any("no range" in toast for toast in driver.toasts)
            later = events.Key("d", "d")
            later.time += PAUSE_S
            driver.app.post_message(later)
            await driver.settle()
            assert "up: upgrade" in driver.read_screen()


async def test_a_name_to_confirm_may_be_typed_at_once(written: Path, tmp_path: Path):
    root = copy_demo(written, tmp_path / "demo")
    (root / "q.sql").write_text("mine")
    with open_workbench(root) as workbench:
        async with drive(workbench) as driver:
            await driver.press("s")
            await burst(driver, "p", "q.sql", "enter")
            await burst(driver, "w", "q.sql")
            assert (type(driver.app.screen), read_field(driver)) == (ConfirmScreen, "q.sql")
            await burst(driver, "escape")
    assert (root / "q.sql").read_text() == "mine"


@pytest.mark.parametrize("news", ["comparison", "proof", "nothing"])
async def test_news_takes_no_key_away_from_what_is_typed(written: Path, tmp_path: Path, news: str):
    root = copy_demo(written, tmp_path / "demo")
    if news == "nothing":
        with open_workbench(root) as workbench:
            workbench.load()
            workbench.write_revision(workbench.draft_revision("second"))
    before = list_revisions(root)
    with open_workbench(root) as workbench:
        async with drive(workbench, settle=False) as driver:
            if news == "proof":
                await driver.settle()
                post(driver, "rp", "mwi")
            else:
                await driver.wait_for_message(lambda: driver.app.session.loaded is not None)
                post(driver, "rm", "wi")
            await driver.wait_for_message(lambda: read_field(driver) == "wi")
            await driver.settle()
            await burst(driver, "pq")
            assert read_field(driver) == "wipq"
            await burst(driver, "escape")
            assert read_field(driver) is None
            assert driver.app.screen.focused is not None
            assert driver.app.screen.focused.display
    assert list_revisions(root) == before


def play_bursts(terminal: Terminal) -> None:
    """Type each key that opens a field with all commands behind it, and go back; each Esc only when there is its effect.

    A terminal cannot tell Esc with a letter behind it from Alt with this letter, whoever reads it.
    """
    objects, field = r"vs migrations[^:]*: ", "leaves the field|Search for commands|Enter goes there|Enter runs it"
    terminal.wait_for(r"[1-9] changes?")
    for key, done in (("v", r"\d+ tried|all \d+ held"), ("D", r"\d+ only there"), ("s", r"[1-9]\d* lines")):
        terminal.type(key)
        terminal.wait_for(done)  # else the first Esc would be for the work
        terminal.press("escape")
        terminal.wait_for(objects)
    for at, (before, key, action) in enumerate(reversed(list(list_fields()))):
        typed = f"{COMMANDS}{at}"
        terminal.type(before + ("\x10" if key == "ctrl+p" else key) + typed)
        terminal.wait_for(typed)
        terminal.press("escape")
        terminal.wait_for("", f"{field}|🔎")
        if action.id in ("edit_start", "edit_end"):
            terminal.wait_for(f"'{typed}'")  # no such revision, said when the work has ended
        if before:
            terminal.press("escape")
        terminal.wait_for(objects)
    terminal.type("/qty")
    terminal.wait_for(r"/ *qty")
    terminal.press("escape")
    terminal.wait_for("", field)
    terminal.type("q")
    terminal.wait_for("ended with 0")


@pytest.mark.tmux
@pytest.mark.slow
@pytest.mark.skipif(TMUX is None, reason="there is no tmux")
@pytest.mark.parametrize("name", SIZES)
def test_bursts_in_a_real_terminal(written: Path, tmp_path: Path, name: str):
    """The terminal writes each burst at once."""
    if name != USUAL and os.environ.get(EVERY) != "1":
        pytest.skip(f"the same burst at another size: set {EVERY}=1 to play all of them")
    root = copy_demo(written, tmp_path / "demo")
    variables = {"TERM": "screen-256color", "XDG_STATE_HOME": str(tmp_path / "state")}
    with Terminal(PROGRAM, folder=root, size=SIZES[name], environment=variables) as terminal:
        play_bursts(terminal)
    assert len(list_revisions(root)) == 1
