"""The screen of a real database: what differs, the SQL for it, and no password anywhere."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.databases import Database
from tests.tui.driving import drive, make_demo, open_workbench

SECRET = "t0ps3cret"

pytestmark = pytest.mark.usefixtures("clean_roles18")


@pytest.fixture
def root(tmp_path: Path, database18: Database) -> Path:
    made = make_demo(tmp_path / "demo", is_migrated=False)
    with open_workbench(made) as workbench:
        loaded = workbench.load()
        del loaded
        database18.psql("".join(f"{each.sql};\n" for each in workbench.render_ddl()))
    database18.run(
        "ALTER TABLE inventory.products ALTER price SET DEFAULT 3; CREATE TABLE public.\"[red] 'x'\" (x integer)"
    )
    return made


async def test_what_differs_is_listed_and_mended_and_no_password_is_shown(root: Path, database18: Database) -> None:
    """An address is typed with its password, which is gone from the field, the command and the title once it is read."""
    parts = urlsplit(database18.url)
    address = parts._replace(scheme="postgresql", netloc=f"postgres:{SECRET}@").geturl()
    with open_workbench(root) as workbench:
        async with drive(workbench) as driver:
            await driver.press("D")
            assert "press d to name one" in driver.read("#drift-detail")
            await driver.press("m")
            assert not driver.list_rows("#drift-list")
            await driver.press("d")
            await driver.type(address)
            await driver.press("enter")
            rows = driver.list_rows("#drift-list")
            assert "~ column inventory.products.price  default" in rows
            assert any(row.startswith("- table public.\"[red] 'x'\"") for row in rows)
            assert "1 different, 1 only here" in driver.read("#work-title")
            assert "default: 3 here, none there" in driver.read("#drift-detail")
            assert "--db" in driver.read("#work-command")
            assert SECRET not in driver.read_screen()
            await driver.press("m")
            assert "ALTER COLUMN price DROP DEFAULT" in driver.read_screen()
            assert "left alone: table public" in driver.read_screen()
            assert "--mend here" in driver.read("#work-command")
            await driver.press("m")
            assert "SET DEFAULT 3" in driver.read_screen()
            assert "--mend there" in driver.read("#work-command")
            await driver.press("escape")
            assert rows == driver.list_rows("#drift-list")
            database18.run("ALTER TABLE inventory.products ALTER price DROP DEFAULT; DROP TABLE public.\"[red] 'x'\"")
            await driver.press("a")
            assert "nothing that could be seen is different" in driver.read("#drift-detail")
            assert SECRET not in driver.read_screen()


async def test_what_cannot_be_read_is_said_and_esc_leaves_the_name_as_it_was(root: Path) -> None:
    """A name that nobody knows, and a database out of reach."""
    with open_workbench(root) as workbench:
        async with drive(workbench) as driver:
            await driver.press("D", "d")
            await driver.type("nowhere")
            await driver.press("enter")
            assert "PGC026" in driver.read("#work-progress")
            await driver.press("d")
            await driver.type(f"postgresql://me:{SECRET}@127.0.0.1:1/x")
            await driver.press("enter")
            assert "PGC540" in driver.read("#work-progress")
            await driver.press("d")
            await driver.type("other")
            await driver.press("escape")
            assert "me:***@127.0.0.1:1/x" in driver.read_screen()
            assert SECRET not in driver.read_screen()
