"""Exporting SQL and verifying access, on a real project and a real server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from pgcraft.service.actions import Need
from pgcraft.service.workbench import Workbench
from pgcraft_tui.screens.confirm import ConfirmScreen
from tests.tui.driving import HOLD, MODELS, copy_demo, drive, make_demo, open_remembering, open_workbench


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_demo(tmp_path_factory.mktemp("export") / "demo")
    with open_workbench(made) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    return made


@pytest.fixture(scope="module")
def workbench(root: Path) -> Iterator[Workbench]:
    with open_remembering(root) as opened:
        yield opened


async def test_an_upgrade_is_previewed_and_written(workbench: Workbench, root: Path):
    async with drive(workbench) as driver:
        await driver.press("s")
        assert "CREATE TABLE" in driver.read("#export-text")
        assert "$ pgcraft export up -o sql/upgrade.sql" in driver.read("#work-command")
        await driver.press("w")
        assert "CREATE TABLE inventory.products" in (root / "sql/upgrade.sql").read_text()


async def test_a_file_that_is_there_is_replaced_only_when_its_name_is_typed(workbench: Workbench, root: Path):
    target = root / "sql/mine.sql"
    target.parent.mkdir(exist_ok=True)
    target.write_text("mine")
    async with drive(workbench) as driver:
        await driver.press("s", "p")
        await driver.type("sql/mine.sql")
        await driver.press("enter", "w")
        assert isinstance(driver.app.screen, ConfirmScreen)
        await driver.press("enter")
        assert target.read_text() == "mine"
        await driver.press("w")
        driver.app.screen.query_one("#confirm-input", Input).focus()
        await driver.type("mine.sql")
        driver.app.screen.query_one("#confirm-yes").focus()
        await driver.press("space")
        assert "CREATE TABLE" in target.read_text()


async def test_directions_and_ranges_follow_the_keys(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("s", "d")
        await driver.wait_for_message(lambda: "DROP TABLE" in driver.read("#export-text"))
        await driver.press("d")
        await driver.wait_for_message(lambda: "-- The schema of demo" in driver.read("#export-text"))
        assert "pgcraft export schema" in driver.read("#work-command")
        await driver.press("d", "t")
        await driver.type("nowhere")
        await driver.wait_for_message(lambda: "PGC" in driver.read("#work-progress"))
        assert "pgcraft export up --to nowhere" in driver.read("#work-command")
        await driver.press("enter", "w")
        assert "there is nothing to export yet" in driver.toasts


async def test_one_file_a_revision_is_listed_and_goes_into_a_folder(workbench: Workbench, root: Path):
    async with drive(workbench) as driver:
        await driver.press("s", "m")
        await driver.wait_for_message(lambda: "--split" in driver.read("#work-command"))
        await driver.wait_for_message(lambda: Need.FILES in driver.app.screen.met_needs())
        await driver.press("w")
        (path,) = (root / "sql/upgrade").glob("*.sql")
        assert "CREATE TABLE" in path.read_text()


@pytest.mark.parametrize("is_shown", [True, False])
async def test_what_is_exported_is_what_models_and_revisions_say_now(root: Path, tmp_path: Path, is_shown: bool):
    demo = copy_demo(root, tmp_path / "demo")
    shutil.rmtree(demo / "sql", ignore_errors=True)
    models = demo / "models.py"
    with open_workbench(demo) as workbench:
        async with drive(workbench) as driver:
            await driver.press("s", "d", "d")
            await driver.wait_for_message(lambda: Need.FILES in driver.app.screen.met_needs())
            if not is_shown:
                await driver.press("escape")
            models.write_text(models.read_text().replace("Numeric(10, 2)", "Numeric(11, 3)"))
            await driver.wait_for_message(lambda: driver.app.session.generation > 1)
            await driver.settle()
            await driver.press(*(() if is_shown else ("s",)), "w")
            assert "numeric(11,3)" in (demo / "sql/schema.sql").read_text()

            await driver.press("d")
            await driver.wait_for_message(lambda: Need.FILES in driver.app.screen.met_needs())
            if not is_shown:
                await driver.press("escape")
            (revision,) = (demo / "migrations/versions").glob("*.py")
            more = "    op.execute('SELECT 42')\n\n\ndef downgrade() -> None:"
            revision.write_text(revision.read_text().replace("\n\ndef downgrade() -> None:", more, 1))
            await driver.wait_for_message(lambda: driver.app.session.revised)
            await driver.settle()
            await driver.press(*(() if is_shown else ("s",)), "w")
            assert "SELECT 42" in (demo / "sql/upgrade.sql").read_text()


async def test_verify_lists_every_operation_of_every_role(workbench: Workbench):
    async with drive(workbench) as driver:
        await driver.press("v")
        rows = [row.split() for row in driver.list_rows("#verify-list")]
        assert ["✓", "anon", "api.products", "select", "allowed"] in rows
        assert ["✓", "anon", "api.products", "delete", "refused"] in rows
        assert "held" in driver.read("#work-title")
        assert "by the declared grants" in driver.read("#verify-detail")
        await driver.press("f")
        assert driver.list_rows("#verify-list") == []
        assert "nothing failed" in driver.read("#verify-detail")
        await driver.press("f", "a")
        assert driver.list_rows("#verify-list")


async def test_what_does_not_hold_comes_first_and_is_named(root: Path, tmp_path: Path):
    broken = copy_demo(root, tmp_path / "demo")
    (path,) = (broken / "migrations/versions").glob("*.py")
    text = path.read_text()
    extra = "    op.execute('REVOKE SELECT ON api.products FROM anon')\n\n\ndef downgrade() -> None:"
    path.write_text(text.replace("\n\ndef downgrade() -> None:", extra, 1))
    with open_workbench(broken) as workbench:
        async with drive(workbench) as driver:
            await driver.press("v")
            rows = driver.list_rows("#verify-list")
            assert rows[0] == "✗ the models and the migrations agree  did not hold"
            failing = [row for row in rows[1:] if row.startswith("✗")]
            assert failing == rows[1 : len(failing) + 1]
            assert any(row.split()[1:4] == ["anon", "api.products", "select"] for row in failing)
            assert "expected allowed, seen refused" in failing[0]
            assert f"{len(failing) + 1} not as declared" in driver.read("#work-title")
            await driver.press("down")
            assert "permission denied" in driver.read("#verify-detail")


async def test_escape_stops_a_verification_and_leaves_the_screen_usable(root: Path, tmp_path: Path):
    demo = copy_demo(root, tmp_path / "demo")
    (demo / "models.py").write_text(MODELS + HOLD)
    with open_workbench(demo) as workbench:
        async with drive(workbench) as driver:
            (demo / "hold").touch()
            await driver.pilot.press("v")
            await driver.wait_for_message(lambda: driver.app.jobs.is_running("verify"))
            await driver.pilot.press("escape")
            await driver.settle()
            assert "stopped" in driver.read("#work-progress")
            (demo / "hold").unlink()
            await driver.press("a")
            assert driver.list_rows("#verify-list")
