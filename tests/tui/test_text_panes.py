"""Panes of code and differences, the progress of work, and the question before something is lost; no project needed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Input

from pgcraft.errors import PGCraftDatabaseError
from pgcraft.service.types import Progress, Stage
from pgcraft_tui.screens.confirm import ConfirmScreen
from pgcraft_tui.widgets.code import CodeView
from pgcraft_tui.widgets.diff import DiffView, make_diff
from pgcraft_tui.widgets.progress import WorkProgress

OLD = (
    "".join(f"line {at}\n" for at in range(40))
    + "CREATE VIEW api.products AS SELECT id, name FROM inventory.products;\n"
)
NEW = OLD.replace("id, name", "id, name, price").replace("line 5\n", "line five\n")

HOSTILE = [
    "[red]x[/red]",
    "[/]",
    "[@click=app.quit]x[/]",
    "a\"b'c",
    "new\nline",
    "tab\there",
    "\x1b[31mred\x1b[0m",
    "\x00\x07\x7f",
    "名前テーブル",
    "שלום עולם",
    "\u202eevil",
    "e\u0301\u0323",
    "👩‍👩‍👧",
    "\ud800",
    "x" * 63,
    "é" * 31,
    "%s %(x)s {y}",
    "$$body$$",
    "\\1 \\N",
    " ",
]
hostile_texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)), max_size=6).map("\n".join)


class Bench(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


def read(widget: Widget) -> str:
    return "\n".join(line.text.rstrip() for line in widget.render_lines(widget.size.region)).strip("\n")


async def start(pilot: Pilot[None], widget: Widget) -> str:
    widget.focus()
    await pilot.pause()
    return read(widget)


async def test_a_wide_difference_stands_side_by_side_and_a_narrow_one_is_mixed():
    for width, is_beside in ((160, True), (80, False), (60, False)):
        view = DiffView(make_diff(OLD, NEW))
        async with Bench(view).run_test(size=(width, 24)) as pilot:
            await pilot.pause()
            assert view.shows_beside is is_beside
            assert "⋯ 2 equal lines" in read(view)


@pytest.mark.parametrize("key", ["|", "=", "z"])
async def test_keys_change_how_a_difference_is_shown_and_back(key: str):
    view = DiffView(make_diff(OLD, NEW))
    async with Bench(view).run_test(size=(60, 24)) as pilot:
        before = await start(pilot, view)
        await pilot.press(key)
        changed = read(view)
        assert changed != before
        await pilot.press(key)
        assert before == read(view)


async def test_equal_lines_are_shown_when_unfolded():
    view = DiffView(make_diff(OLD, NEW))
    async with Bench(view).run_test(size=(80, 24)) as pilot:
        await start(pilot, view)
        await pilot.press("=", "g")
        assert read(view).startswith(" 1  1   line 0")
        await pilot.press("G")
        assert "price" in read(view)


async def test_every_key_of_a_text_scrolls_it():
    view = CodeView(OLD + "x" * 400)
    async with Bench(view).run_test(size=(60, 12)) as pilot:
        await start(pilot, view)
        await pilot.press("z", "j", "j", "k")
        await pilot.pause()
        assert view.scroll_target_y == 1
        await pilot.press("G")
        assert view.scroll_target_y == view.max_scroll_y
        await pilot.press("pageup", "pagedown", "g")
        assert view.scroll_target_y == 0
        await pilot.press("l", "l", "h")
        assert view.scroll_target_x == 1


async def test_a_cut_line_can_be_seen_whole():
    view = CodeView("SELECT " + "column, " * 30 + "the_end")
    async with Bench(view).run_test(size=(60, 12)) as pilot:
        assert "the_end" in await start(pilot, view)
        await pilot.press("z")
        assert "the_end" not in read(view)
        view.scroll_to(x=view.max_scroll_x, animate=False, immediate=True)
        await pilot.pause()
        assert "the_end" in read(view)


async def test_the_mouse_selects_what_is_shown():
    view = CodeView("CREATE TABLE a;\nCREATE TABLE b;\n")
    async with Bench(view).run_test(size=(40, 6)) as pilot:
        await start(pilot, view)
        await pilot.mouse_down(view, offset=(2, 0))
        await pilot.hover(view, offset=(8, 1))
        await pilot.mouse_up(view, offset=(8, 1))
        selected = pilot.app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("CREATE TABLE a;\n2 CREATE")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=hostile_texts, new=hostile_texts, width=st.sampled_from([24, 60, 130]))
async def test_no_text_breaks_a_pane(old: str, new: str, width: int):
    diff, code = DiffView(make_diff(old, new)), CodeView(old)
    for view in (diff, code):
        async with Bench(view).run_test(size=(width, 20)) as pilot:
            shown = await start(pilot, view)
            assert "\x1b" not in shown
            assert "\u202e" not in shown
            assert all(line.cell_length == view.size.width for line in view.render_lines(view.size.region))
            await pilot.press("z", "|")


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "ansi-light"])
async def test_a_difference_says_by_signs_what_colours_say(theme: str):
    view = DiffView(make_diff(OLD, NEW))
    app = Bench(view)
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await start(pilot, view)
        assert "- line 5" in shown
        assert "+ line five" in shown


async def test_progress_names_stages_with_counts_and_says_how_to_stop():
    progress = WorkProgress()
    async with Bench(progress).run_test(size=(80, 10)):
        progress.begin("verifying")
        progress.advance(Progress(Stage.SERVER, seconds=0.0))
        progress.advance(Progress(Stage.REPLAY, 2, 5, 0.4, "[red]3f2a[/]"))
        lines = progress.text.splitlines()
        assert lines[0].endswith("Esc stops it")
        assert lines[1] == "✓ starting PostgreSQL  0.4 s"
        assert lines[2].startswith("… replaying migrations  2 of 5  [red]3f2a[/]  ")


async def test_progress_keeps_the_error_with_its_remedy_and_goes_away_when_all_is_well():
    progress = WorkProgress()
    async with Bench(progress).run_test(size=(80, 10)):
        progress.begin("verifying")
        progress.fail(PGCraftDatabaseError("PGC501", "no server [x]", remedy="start it"))
        assert progress.text == "✗ PGC501: no server [x]\n  start it"
        progress.begin("verifying")
        progress.advance(Progress(Stage.SERVER))
        progress.finish()
        assert progress.text == ""
        assert not progress.has_class("-shown")


async def ask(pilot: Pilot[None], *names: str) -> list[bool | None]:
    answers: list[bool | None] = []
    pilot.app.push_screen(ConfirmScreen("Drop it?", "DROP TABLE a;", names, yes="Drop"), answers.append)
    await pilot.pause()
    return answers


async def test_the_focus_stands_on_no_and_enter_says_no():
    async with Bench(Widget()).run_test() as pilot:
        answers = await ask(pilot)
        assert pilot.app.focused is pilot.app.screen.query_one("#confirm-no")
        await pilot.press("enter")
        assert answers == [False]


async def test_enter_never_confirms_but_space_on_yes_does():
    async with Bench(Widget()).run_test() as pilot:
        answers = await ask(pilot)
        pilot.app.screen.query_one("#confirm-yes").focus()
        await pilot.press("enter")
        assert answers == []
        await pilot.press("space")
        assert answers == [True]


async def test_every_name_must_be_typed_exactly():
    async with Bench(Widget()).run_test() as pilot:
        answers = await ask(pilot, "inventory.old", "a.b")
        yes = pilot.app.screen.query_one("#confirm-yes", Button)
        pilot.app.screen.query_one(Input).focus()
        await pilot.press(*"inventory.ol")
        assert yes.disabled
        await pilot.press("d")
        assert "[x] inventory.old" in read(pilot.app.screen.query_one("#confirm-names"))
        assert yes.disabled
        await pilot.press(*"a.b", "enter")
        assert not yes.disabled
        assert answers == []
        yes.focus()
        await pilot.press("space")
        assert answers == [True]


async def test_escape_says_no():
    async with Bench(Widget()).run_test() as pilot:
        answers = await ask(pilot, "a")
        await pilot.press("escape")
        assert answers == [False]
