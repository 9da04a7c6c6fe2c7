"""The main screen on real models: each action of the tree and the preview."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.grouping import Grouping
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.styles.themes import THEMES
from tests.tui.driving import Driver, drive, make_demo, open_remembering

VIEW = ObjectId(Kind.VIEW, "api", "products")
TABLE = ObjectId(Kind.TABLE, "inventory", "products")


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    root: Path = make_demo(tmp_path_factory.mktemp("browse") / "demo")
    with open_remembering(root) as opened:
        yield opened


async def stand_on(driver: Driver, object_id: ObjectId) -> None:
    driver.app.post_message(ObjectPicked(object_id))
    await driver.settle()
    assert driver.app.session.selection == object_id


def shown_page(driver: Driver) -> str:
    return driver.read("#page")


async def test_the_tree_shows_the_schemas_with_counts(workbench: Workbench):
    async with drive(workbench, size=(120, 40)) as driver:
        tree = driver.read("#tree")
        assert "api" in tree
        assert "1 view" in tree
        assert "inventory" in tree
        assert "roles" in tree


async def test_the_tree_is_looked_through_for_garbage_no_more(workbench: Workbench):
    """It stays for long; a look at ten thousand objects would stop the loop, whatever was left out before them."""
    async with drive(workbench) as driver:
        (root, *_) = driver.app.browse.panes.tree.state.outline.roots
        assert gc.is_tracked(root)
        assert not any(each is root for each in gc.get_objects())


async def test_the_preview_follows_the_cursor(workbench: Workbench):
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        assert "CREATE VIEW api.products" in shown_page(driver)
        await stand_on(driver, TABLE)
        assert "CREATE TABLE inventory.products" in shown_page(driver)
        assert driver.app.browse.panes.preview.border_title == "table inventory.products"


@pytest.mark.parametrize("keys", [("j", "k"), ("down", "up")])
async def test_the_cursor_moves_by_letters_and_arrows(workbench: Workbench, keys: tuple[str, str]):
    async with drive(workbench) as driver:
        state = driver.app.browse.panes.tree.state
        await driver.press(keys[0], keys[0], keys[1])
        assert state.cursor == 1


async def test_first_last_and_half_pages(workbench: Workbench):
    async with drive(workbench) as driver:
        state = driver.app.browse.panes.tree.state
        await driver.press("G")
        assert state.cursor == len(state.rows) - 1
        await driver.press("g")
        assert state.cursor == 0
        await driver.press("d")
        assert state.cursor > 1
        await driver.press("u")
        assert state.cursor == 0


async def test_unfolding_and_folding(workbench: Workbench):
    async with drive(workbench) as driver:
        await stand_on(driver, TABLE)
        state = driver.app.browse.panes.tree.state
        rows = len(state.rows)
        await driver.press("h")
        folded = len(state.rows)
        assert folded < rows
        await driver.press("l")
        assert len(state.rows) == rows
        await driver.press("enter")
        assert len(state.rows) == folded


@pytest.mark.parametrize(
    ("key", "grouping", "label"),
    [
        ("F", Grouping.FACTORY, "PGCraftSimple"),
        ("X", Grouping.EXTENSION, "postgrest"),
        ("S", Grouping.SCHEMA, "inventory"),
    ],
)
async def test_the_tree_is_grouped_three_ways(workbench: Workbench, key: str, grouping: Grouping, label: str):
    async with drive(workbench) as driver:
        await driver.press(key)
        assert driver.app.browse.grouping is grouping
        assert label in driver.read("#tree")
        assert driver.app.browse.panes.objects.border_title == f"Objects · by {grouping}"


async def test_groupings_are_gone_through_in_turn_and_keep_the_object(workbench: Workbench):
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        await driver.press("b")
        assert driver.app.browse.grouping is Grouping.FACTORY
        await driver.press("b", "b")
        assert driver.app.browse.grouping is Grouping.SCHEMA
        assert driver.app.session.selection == VIEW


async def test_the_filter_narrows_while_it_is_typed_and_esc_gives_the_tree_back(workbench: Workbench):
    async with drive(workbench) as driver:
        before = driver.read("#tree")
        await driver.press("slash")
        await driver.type("products")
        tree = driver.read("#tree")
        assert "products" in tree
        assert "roles" not in tree
        assert "CREATE" in shown_page(driver)
        await driver.press("escape")
        assert driver.read("#tree") == before


async def test_matches_are_walked_with_n(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("slash")
        await driver.type("products")
        await driver.press("enter")
        first = driver.app.browse.panes.tree.state.key
        await driver.press("n")
        second = driver.app.browse.panes.tree.state.key
        assert second != first
        await driver.press("N")
        assert driver.app.browse.panes.tree.state.key == first


async def test_n_without_a_filter_says_why(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("n")
        assert "no filter is set; press / to set one" in driver.toasts


TABS = {
    "1": (Tab.DDL, "CREATE VIEW api.products"),
    "2": (Tab.API, "/products"),
    "3": (Tab.GRANTS, "anon"),
    "4": (Tab.RELATIONS, "inventory.products"),
    "5": (Tab.ORIGIN, 'PostgRESTView("products")'),
}


@pytest.mark.parametrize("key", TABS)
async def test_each_tab_shows_its_side_of_the_object(workbench: Workbench, key: str):
    tab, words = TABS[key]
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        await driver.press(key)
        assert driver.app.browse.tab is tab
        assert words in shown_page(driver)
        assert driver.read("#command").startswith(" $ pgcraft")
        assert "api.products" in driver.read("#command")


async def test_requests_are_run_and_their_answers_shown(workbench: Workbench):
    async with drive(workbench, size=(120, 60)) as driver:
        await stand_on(driver, VIEW)
        await driver.press("a")
        page = shown_page(driver)
        assert "200  GET /products?limit=2  as anon" in page
        assert '"id": 1' in page
        assert driver.app.browse.tab is Tab.API


async def test_requests_of_what_is_not_exposed_are_not_offered(workbench: Workbench):
    async with drive(workbench) as driver:
        await stand_on(driver, ObjectId(Kind.ROLE, None, "anon"))
        await driver.press("a")
        assert "PostgREST does not expose this object" in driver.toasts


async def test_a_relation_is_a_link_and_back_returns(workbench: Workbench):
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        await driver.press("4")
        await driver.press("tab", "j", "enter")
        followed = driver.app.session.selection
        assert followed == ObjectId(Kind.FUNCTION, "api", "api_products_insert", None, "")
        await driver.press("<")
        assert driver.app.session.selection == VIEW
        await driver.press(">")
        assert driver.app.session.selection == followed


async def test_back_without_a_past_says_why(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("<")
        assert "there is no earlier place to go back to" in driver.toasts


async def test_copying_says_which_clipboard_took_it(workbench: Workbench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        await driver.press("y")
        assert driver.app.clipboard == "pgcraft ddl api.products"
        await driver.press("Y")
        assert driver.app.clipboard == "api.products"
        await driver.press("c")
        assert driver.app.clipboard.startswith("CREATE VIEW api.products")
        assert "copied the command by OSC 52, the terminal's clipboard" in driver.toasts


async def test_the_editor_opens_the_declaring_line(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """A window of its own, so that no terminal has to be given away."""
    editor = tmp_path / "code"
    editor.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told.tmp && mv {tmp_path}/told.tmp {tmp_path}/told\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    async with drive(workbench) as driver:
        await stand_on(driver, VIEW)
        await driver.press("e")
        await driver.wait_for_message((tmp_path / "told").exists)
        told = (tmp_path / "told").read_text().split()
        assert told[0] == "--goto"
        file, _, line = told[1].rpartition(":")
        assert "PostgRESTView(" in Path(file).read_text().splitlines()[int(line) - 1]


async def test_panes_are_widened_and_given_back(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("m")
        assert not driver.app.browse.panes.preview.display or driver.app.browse.panes.preview.size.width == 0
        await driver.press("m")
        assert driver.app.browse.panes.preview.size.width > 0
        await driver.press("tab", "m")
        assert driver.app.browse.panes.objects.size.width == 0


async def test_the_preview_scrolls_while_the_tree_keeps_the_cursor(workbench: Workbench):
    async with drive(workbench, size=(100, 14)) as driver:
        await stand_on(driver, ObjectId(Kind.SCHEMA, None, "api"))
        await driver.press("J")
        assert driver.app.browse.panes.page.scroll_y > 0
        assert driver.app.browse.panes.tree.has_focus
        await driver.press("K")
        assert driver.app.browse.panes.page.scroll_y == 0


async def test_on_a_narrow_screen_one_pane_is_shown_at_a_time(workbench: Workbench):
    async with drive(workbench, size=(60, 20)) as driver:
        await stand_on(driver, VIEW)
        assert driver.app.browse.panes.preview.size.width == 0
        await driver.press("1")
        assert "CREATE VIEW" in shown_page(driver)
        await driver.press("escape")
        assert driver.app.browse.panes.preview.size.width == 0
        assert driver.app.browse.panes.tree.has_focus


async def test_themes_are_gone_through(workbench: Workbench):
    async with drive(workbench) as driver:
        seen = [driver.app.theme]
        for _ in THEMES:
            await driver.press("T")
            seen.append(driver.app.theme)
        assert set(seen) == {theme.name for theme in THEMES}
        assert seen[0] == seen[-1]


async def test_the_mouse_picks_rows_tabs_and_keys(workbench: Workbench):
    async with drive(workbench) as driver:
        state = driver.app.browse.panes.tree.state
        await driver.pilot.click("#tree", offset=(6, 2))
        await driver.settle()
        assert state.cursor == 2
        await driver.pilot.click("#tabs", offset=(7, 0))
        await driver.settle()
        assert driver.app.browse.tab is Tab.API
        rows = len(state.rows)
        await driver.pilot.click("#tree", offset=(0, 0))
        await driver.settle()
        assert len(state.rows) < rows


async def test_quitting_ends_with_0(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.pilot.press("q")
        assert driver.app.return_code == 0
