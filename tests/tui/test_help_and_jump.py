"""The list of keys, the palette, and jumping to objects, on real models."""

from collections.abc import Iterator

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.actions import ACTIONS
from pgcraft.service.workbench import Workbench
from pgcraft_tui.actions.dispatch import find_offers
from pgcraft_tui.screens.extensions import ExtensionsScreen
from pgcraft_tui.screens.help import HelpScreen
from pgcraft_tui.screens.jump import JumpScreen
from tests.tui.driving import drive, make_demo, open_remembering


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with open_remembering(make_demo(tmp_path_factory.mktemp("jump") / "demo")) as opened:
        yield opened


async def test_help_lists_every_action_of_the_registry(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("?")
        listed = driver.app.screen.query_one("#help-list", OptionList)
        ids = {listed.get_option_at_index(at).id for at in range(listed.option_count)}
        assert {action.id for action in ACTIONS} == ids - {None}


async def test_help_filters_and_runs_what_is_under_the_cursor(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("?")
        await driver.type("come and go")
        assert any("extensions" in row for row in driver.list_rows("#help-list"))
        await driver.press("enter")
        assert isinstance(driver.app.screen, ExtensionsScreen)


async def test_help_says_why_an_action_cannot_run(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("?")
        await driver.type("shown before")
        assert "not now: there is no earlier place to go back to" in "\n".join(driver.list_rows("#help-list"))
        await driver.press("enter")
        assert "there is no earlier place to go back to" in driver.toasts


async def test_help_finds_by_key_and_says_when_nothing_fits(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("?")
        await driver.type("^p")
        assert any("palette" in row for row in driver.list_rows("#help-list"))
        await driver.type("zzz")
        assert driver.list_rows("#help-list") == []
        await driver.press("escape")
        assert not isinstance(driver.app.screen, HelpScreen)


async def test_the_palette_offers_the_actions_and_runs_one(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("ctrl+p")
        assert isinstance(driver.app.screen, CommandPalette)
        await driver.type("extensions")
        await driver.wait_for_message(lambda: driver.app.screen.query_one(OptionList).option_count > 0)
        await driver.press("enter")
        await driver.wait_for_message(lambda: isinstance(driver.app.screen, ExtensionsScreen))


async def test_every_action_that_works_on_the_main_screen_is_offered(workbench: Workbench):
    async with drive(workbench) as driver:
        offered = {offer.action.id for offer in find_offers(driver.app.screen, driver.app.focused)}
        expected = {action.id for action in ACTIONS if action.scope.value in ("everywhere", "objects")}
        assert expected - offered == set()


async def test_jump_goes_to_the_object_that_was_picked(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("o")
        assert isinstance(driver.app.screen, JumpScreen)
        await driver.type("v:prod")
        assert driver.list_rows("#jump-list") == [" view              api.products"]
        await driver.press("enter")
        assert driver.app.session.selection == ObjectId(Kind.VIEW, "api", "products")


async def test_jump_moves_with_the_arrows_while_one_types(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("o")
        await driver.type("products")
        rows = driver.list_rows("#jump-list")
        assert rows[0].split() == ["table", "inventory.products"]
        await driver.press("down", "enter")
        assert str(driver.app.session.selection) == " ".join(rows[1].split())


async def test_jump_says_when_nothing_fits_and_escape_goes_nowhere(workbench: Workbench):
    async with drive(workbench) as driver:
        before = driver.app.session.selection
        await driver.press("o")
        await driver.type("[red]")
        assert "no object’s name fits “[red]”" in driver.read("#jump-more")
        assert driver.app.screen.query_one(Input).value == "[red]"
        await driver.press("escape")
        assert not isinstance(driver.app.screen, JumpScreen)
        assert before == driver.app.session.selection
