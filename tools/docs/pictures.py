"""The pictures of docs/: the workbench on examples/shop, driven by keys, as SVG."""

import re
from dataclasses import dataclass
from pathlib import Path

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp

FOLDER = Path("docs/pictures")
SHOP = Path("examples/shop")
SIZE = (140, 40)
TIMEOUT_S = 60.0
POLL_S = 0.05
UNIQUE = re.compile(r"terminal-\d+")


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        keys: pressed one after the other; each waits until no work is under way.
    """

    name: str
    keys: tuple[str, ...]


PICTURES = (
    Picture("workbench", ("o", *"api.products", "enter")),
    Picture("api", ("o", *"api.customers", "enter", "2")),
    Picture("extensions", ("x", "space")),
    Picture("revision", ("r",)),
    Picture("verify", ("v",)),
)


async def write_pictures() -> None:
    """Take every picture and write those that changed."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        text = await _take(picture)
        path = FOLDER / f"{picture.name}.svg"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


async def _take(picture: Picture) -> str:
    with Workbench(find_project(SHOP)) as workbench:
        app = WorkbenchApp(workbench)
        async with app.run_test(size=SIZE) as pilot:
            await _settle(app, pilot, loaded=True)
            for key in picture.keys:
                await pilot.press(_spell(key))
                await _settle(app, pilot)
            return UNIQUE.sub(f"pgcraft-{picture.name}", app.export_screenshot(title="pgcraft"))


async def _settle(app: WorkbenchApp, pilot: object, *, loaded: bool = False) -> None:
    """Wait until the models are loaded, no work is under way, and the screen stands."""
    waited = 0.0
    while app.jobs.foreground or (loaded and app.session.loaded is None):
        await pilot.pause(POLL_S)
        waited += POLL_S
        if waited > TIMEOUT_S:
            raise TimeoutError("the workbench did not come to rest")
    await pilot.pause()


def _spell(key: str) -> str:
    return {".": "full_stop", "_": "underscore"}.get(key, key)
