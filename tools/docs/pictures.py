"""The pictures of docs/: the workbench on examples/shop, driven by keys, as SVG."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp

FOLDER = Path("docs/pictures")
SHOP = Path("examples/shop")
SIZE = (140, 40)
TIMEOUT_S = 60.0
POLL_S = 0.05
RESTS = 8
"""As many times in a row nothing is under way when the screen has come to rest."""
EMAIL = '        Column("email", String, nullable=False),\n'
PHONE = '        Column("phone", String(32)),\n'
UNIQUE = re.compile(r"terminal-\d+")


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        keys: pressed one after the other; each waits until no work is under way.
        is_changed: whether the models have a column more than the migrations.
    """

    name: str
    keys: tuple[str, ...]
    is_changed: bool = False


PICTURES = (
    Picture("workbench", ("o", *"api.customers", "enter")),
    Picture("api", ("o", *"api.customers", "enter", "2")),
    Picture("extensions", ("x", "space")),
    Picture("revision", ("r",), is_changed=True),
    Picture("verify", ("v",)),
)


async def write_pictures() -> None:
    """Take every picture and write those that changed."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as name:
            text = await _take(picture, copy_shop(Path(name), is_changed=picture.is_changed))
        path = FOLDER / f"{picture.name}.svg"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def copy_shop(folder: Path, *, is_changed: bool) -> Path:
    """Copy the example into a folder, with a column more than its migrations make when `is_changed`."""
    shop = folder / "shop"
    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns("__pycache__"))
    if is_changed:
        models = shop / "models.py"
        models.write_text(models.read_text(encoding="utf-8").replace(EMAIL, EMAIL + PHONE), encoding="utf-8")
    return shop


async def _take(picture: Picture, project: Path) -> str:
    with Workbench(find_project(project)) as workbench:
        app = WorkbenchApp(workbench.project, lambda: workbench)
        async with app.run_test(size=SIZE) as pilot:
            await settle(app, pilot)
            await press(pilot, picture.keys)
            await settle(app, pilot)
            return UNIQUE.sub(f"pgcraft-{picture.name}", app.export_screenshot(title="pgcraft"))


async def settle(app: WorkbenchApp, pilot: Pilot[int]) -> None:
    """Wait until the models are loaded and nothing has been under way for a while."""
    rests, waited = 0, 0.0
    while rests < RESTS:
        await pilot.pause(POLL_S)
        waited += POLL_S
        is_resting = app.session.loaded is not None and not app.jobs.running
        rests = rests + 1 if is_resting else 0
        if waited > TIMEOUT_S:
            raise TimeoutError("the workbench did not come to rest")


async def press(pilot: Pilot[int], keys: tuple[str, ...]) -> None:
    """Press keys one after the other."""
    for key in keys:
        await pilot.press(_spell(key))


def _spell(key: str) -> str:
    return {".": "full_stop", "_": "underscore"}.get(key, key)
