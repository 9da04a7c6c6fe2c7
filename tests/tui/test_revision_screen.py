"""The revision wizard on real projects: nothing is lost, nothing is done twice, and what destroys is asked about."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from pgcraft.service.workbench import Workbench
from pgcraft_tui.screens.confirm import ConfirmScreen
from pgcraft_tui.screens.revision.screen import RevisionScreen
from tests.tui.driving import MODELS, Driver, copy_demo, drive, make_demo, open_workbench

OLD_LINE = next(line for line in MODELS.splitlines(keepends=True) if line.startswith("notes = "))
PRICE = '        Column("price", Numeric(10, 2), nullable=False),\n'
WITH_NOTE = MODELS.replace(PRICE, PRICE + '        Column("note", String),\n')


def list_revisions(root: Path) -> list[Path]:
    return sorted((root / "migrations/versions").glob("*.py"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose migrations make what its models declare."""
    root = make_demo(tmp_path_factory.mktemp("revision") / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    return root


@pytest.fixture
def root(written: Path, tmp_path: Path) -> Path:
    return copy_demo(written, tmp_path / "demo")


@pytest.fixture
def workbench(root: Path) -> Iterator[Workbench]:
    """The same project with a column more."""
    (root / "models.py").write_text(WITH_NOTE)
    with open_workbench(root) as opened:
        yield opened


def read_list(driver: Driver) -> list[str]:
    return [row.strip() for row in driver.list_rows("#revision-list")]


def go_to(driver: Driver, place: int) -> None:
    driver.app.screen.query_one("#revision-list", OptionList).highlighted = place


async def test_the_first_revision_goes_from_operations_to_a_proven_file(tmp_path: Path):
    root = make_demo(tmp_path / "demo")
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            assert any(row.startswith("▸ [x] + inventory.products is new") for row in read_list(driver))
            assert "the first revision" in driver.read("#work-title")
            await driver.press("m")
            await driver.type("first of all")
            await driver.press("enter", "f")
            assert "def upgrade() -> None:" in driver.read("#revision-text")
            assert "pgcraft revision -m 'first of all'" in driver.read("#work-command")
            assert list_revisions(root) == []
            await driver.press("p")
            assert "It holds" in driver.read("#revision-proof")
            assert list_revisions(root) == []
            await driver.press("w")
            (path,) = list_revisions(root)
            assert path.name.endswith("first_of_all.py")
            assert "There is nothing to do" in driver.read("#revision-note")
            await driver.press("w")
            assert list_revisions(root) == [path]
            assert "there is nothing to write" in driver.toasts


async def test_the_operation_under_the_cursor_is_shown_up_and_down(workbench: Workbench):
    async with drive(workbench, size=(140, 50)) as driver:
        await driver.press("r", "t", "j")
        detail = driver.read("#revision-detail")
        assert "ADD COLUMN note" in detail
        assert "DROP COLUMN note" in detail


async def test_what_needs_an_operation_is_left_out_with_it(tmp_path: Path):
    root = make_demo(tmp_path / "demo")
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            heads = [row.partition("\n")[0] for row in read_list(driver)]
            place = next(at for at, row in enumerate(heads) if row.startswith("▸ [x] + schema inventory is new"))
            go_to(driver, place)
            await driver.press("space")
            rows = read_list(driver)
            left_out = [row for row in rows if row.startswith("▸ [ ]")]
            assert ["inventory.notes", "inventory.products", "schema"] == sorted(
                row.split("+ ")[1].split()[0] for row in left_out
            )
            assert any(toast.endswith("more follow") for toast in driver.toasts)
            assert driver.app.screen.command.endswith(" --leave-out inventory")
            go_to(driver, next(at for at, row in enumerate(rows) if "inventory.products is new" in row))
            await driver.press("space")
            back = [row for row in read_list(driver) if row.startswith("▸ [ ]")]
            assert ["inventory.notes"] == [row.split("+ ")[1].split()[0] for row in back]


async def test_a_change_unfolds_into_its_steps_which_are_left_out_one_by_one(workbench: Workbench):
    async with drive(workbench, size=(140, 50)) as driver:
        await driver.press("r")
        (row,) = read_list(driver)
        assert row.startswith("▸ [x] + inventory.products gains note\n")
        await driver.press("l")
        opened, *steps = read_list(driver)
        assert opened.startswith("▾ [x]")
        assert "[x] + create column inventory.products.note" in steps
        go_to(driver, 1 + next(at for at, step in enumerate(steps) if "replace view" in step))
        await driver.press("space")
        assert read_list(driver)[0].startswith("▾ [-] + inventory.products gains note\n")
        assert "without 1 step" in driver.read("#work-title")
        await driver.press("h")
        assert 1 == len(read_list(driver))
        await driver.press("space")
        assert read_list(driver)[0].startswith("▸ [ ]")
        assert "0 of 1 changes" in driver.read("#work-title")


async def test_nothing_is_lost_by_looking_elsewhere(workbench: Workbench):
    async with drive(workbench, size=(140, 50)) as driver:
        await driver.press("r", "m")
        await driver.type("mine")
        await driver.press("enter", "end", "space")
        before = read_list(driver)
        await driver.press("x", "escape", "escape", "r")
        assert isinstance(driver.app.screen, RevisionScreen)
        assert before == read_list(driver)
        assert driver.app.screen.query_one("#revision-message", Input).value == "mine"


async def test_a_save_while_the_message_is_typed_takes_no_key_away(workbench: Workbench, root: Path):
    """Letters are actions: one that missed the field could write the revision."""
    async with drive(workbench, size=(140, 50)) as driver:
        await driver.press("r", "m")
        await driver.type("what ")
        loads = driver.app.session.generation
        (root / "models.py").write_text(WITH_NOTE.replace('"note"', '"remark"'))
        await driver.wait_for_message(lambda: driver.app.session.generation > loads)
        await driver.type("we write")
        await driver.settle()
        assert driver.app.screen.query_one("#revision-message", Input).value == "what we write"
        assert any("remark" in row for row in read_list(driver))


async def test_losing_data_is_asked_about_and_no_is_the_answer_of_enter(root: Path):
    (root / "models.py").write_text(MODELS.replace(OLD_LINE, ""))
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            assert any("- inventory.notes is dropped" in row and "! data loss" in row for row in read_list(driver))
            await driver.press("w")
            assert isinstance(driver.app.screen, ConfirmScreen)
            assert "DROP TABLE inventory.notes" in driver.read("#confirm-dry-run")
            await driver.press("enter")
            assert isinstance(driver.app.screen, RevisionScreen)
            assert len(list_revisions(root)) == 1
            await driver.press("w", "shift+tab")
            driver.app.screen.query_one(Input).focus()
            await driver.type("inventory.notes")
            driver.app.screen.query_one("#confirm-yes").focus()
            await driver.press("space")
            assert len(list_revisions(root)) == 2


async def test_several_heads_are_named_with_the_way_to_join_them(root: Path):
    (first,) = list_revisions(root)
    for name in ("aaaa", "bbbb"):
        text = f'revision = "{name}"\ndown_revision = "{first.name.split("_")[0]}"\nbranch_labels = None\ndepends_on = None\n'
        (root / f"migrations/versions/{name}_x.py").write_text(
            text + "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
        )
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            shown = driver.read("#revision-note")
            assert "aaaa" in shown
            assert "bbbb" in shown
            assert "pgcraft merge" in shown
            await driver.press("escape", "!")
            assert "the history has 2 heads: aaaa" in driver.read("#problems-page")
            assert "nothing is wrong" not in driver.read("#problems-page")
            (root / "models.py").write_text(WITH_NOTE)
            await driver.press("escape", "r", "a")
            await driver.press("H", "H")
            assert "after bbbb" in driver.read("#work-title")
            assert "--head bbbb" in driver.read_screen()
            await driver.press("p")
            assert "It holds" in driver.read("#revision-proof")
            (root / "models.py").write_text(MODELS)
            await driver.press("escape", "a")
            await driver.press("H")
            assert "has 2 heads" in driver.read("#revision-note")
            await driver.press("M")
            joined = driver.read("#revision-note")
            assert "✓ Written: migrations/versions/" in joined
            assert "aaaa then bbbb" in joined
            assert "There is nothing to do" in joined
            assert 4 == len(list_revisions(root))


async def test_a_migration_that_fails_is_shown_with_its_file(root: Path):
    (first,) = list_revisions(root)
    broken = first.read_text().replace(
        "def upgrade() -> None:\n", "def upgrade() -> None:\n    op.execute('SELEC 1')\n"
    )
    first.write_text(broken)
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            shown = driver.read("#revision-note")
            assert "PGC" in shown
            assert first.name in shown


async def test_models_that_agree_with_the_migrations_leave_nothing_to_do(root: Path):
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            assert "There is nothing to do" in driver.read("#revision-note")
            await driver.press("a")
            assert "There is nothing to do" in driver.read("#revision-note")


async def test_a_project_without_migrations_is_offered_them(tmp_path: Path):
    (tmp_path / "models.py").write_text(MODELS)
    with open_workbench(tmp_path) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            shown = driver.read("#revision-note")
            assert "This project has no migrations yet" in shown
            assert "pgcraft init" in shown
            await driver.press("i")
            assert (tmp_path / "alembic.ini").is_file()
            assert any(row.startswith("▸ [x]") for row in read_list(driver))


async def test_what_likely_has_another_name_is_renamed_and_taken_back(root: Path):
    (root / "models.py").write_text(MODELS.replace('Column("price"', 'Column("cost"').replace("{price}", "{cost}"))
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 50)) as driver:
            await driver.press("r")
            assert any("loses price" in row for row in read_list(driver))
            go_to(driver, next(at for at, row in enumerate(read_list(driver)) if "loses price" in row))
            await driver.settle()
            assert "is column cost of inventory.products the former price?" in driver.read("#revision-detail")
            await driver.press("n")
            await driver.settle()
            renamed = next(at for at, row in enumerate(read_list(driver)) if "cost is renamed from price" in row)
            assert not any("loses price" in row for row in read_list(driver))
            go_to(driver, renamed)
            await driver.settle()
            assert "info=renamed_from('price')" in driver.read("#revision-detail")
            await driver.press("f")
            assert "new_column_name='cost'" in driver.read("#revision-text")
            await driver.press("f", "n")
            await driver.settle()
            assert any("loses price" in row for row in read_list(driver))
