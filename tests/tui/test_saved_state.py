"""The state of a session: taken up again, and never a reason to fail."""

from pathlib import Path

import pytest

from pgcraft.service.grouping import Grouping
from pgcraft_tui.application import WorkbenchApp
from pgcraft_tui.host.saved_state import SavedState, find_state_path, read_state, write_state
from pgcraft_tui.present.tabs import Tab
from tests.tui.driving import Driver, make_demo, open_workbench

STATE = SavedState((("object", "view"), ("schema", "api")), ("schema", "api"), Grouping.FACTORY, Tab.GRANTS, "x-dark")


def test_what_is_written_is_read_again(tmp_path: Path):
    path = tmp_path / "deep" / "state.json"
    assert write_state(path, STATE)
    assert read_state(path) == STATE
    assert [path] == [*path.parent.iterdir()]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 99, "tab": "grants"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 1, "opened": 3, "cursor": [1], "grouping": [], "tab": {}, "theme": 7}',
    ],
)
def test_a_broken_file_gives_a_fresh_state(tmp_path: Path, content: bytes):
    path = tmp_path / "state.json"
    path.write_bytes(content)
    assert SavedState() == read_state(path)


def test_what_is_broken_in_it_is_left_out(tmp_path: Path):
    path = tmp_path / "state.json"
    path.write_text('{"version": 1, "opened": [["a"], 3, []], "cursor": ["b"], "tab": "no"}')
    assert SavedState(opened=(("a",),), cursor=("b",)) == read_state(path)


def test_a_missing_file_gives_a_fresh_state(tmp_path: Path):
    assert SavedState() == read_state(tmp_path / "none.json")


def test_a_disk_that_refuses_costs_only_the_place(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert not write_state(blocked / "state.json", STATE)


def test_projects_of_one_name_have_states_of_their_own(tmp_path: Path):
    paths = {find_state_path(tmp_path / each / "shop") for each in "ab"}
    assert len(paths) == 2
    assert all(path.name.startswith("shop-") for path in paths)


async def test_the_next_session_begins_where_the_last_one_ended(tmp_path: Path):
    root, path = make_demo(tmp_path / "demo"), tmp_path / "state.json"
    with open_workbench(root) as workbench:
        first = WorkbenchApp(workbench.project, lambda: workbench, state_path=path)
        async with first.run_test() as pilot:
            driver = Driver(first, pilot)
            await driver.settle()
            await driver.press("F", "3", "T", "j", "j")
            key = first.browse.panes.tree.state.key
            await pilot.press("q")
        second = WorkbenchApp(workbench.project, lambda: workbench, state_path=path)
        async with second.run_test() as pilot:
            await Driver(second, pilot).settle()
            assert second.browse.grouping is Grouping.FACTORY
            assert second.browse.tab is Tab.GRANTS
            assert second.theme == first.theme
            assert second.browse.panes.tree.state.key == key
        fresh = WorkbenchApp(workbench.project, lambda: workbench, state_path=path, fresh=True)
        async with fresh.run_test() as pilot:
            await Driver(fresh, pilot).settle()
            assert fresh.browse.grouping is Grouping.SCHEMA
