"""The short session of README and docs/: one workbench on examples/shop, driven by keys, a frame after each step."""

import re
import tempfile
from pathlib import Path

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp
from tools.docs.animation import join_frames
from tools.docs.pictures import FOLDER, copy_shop, press, settle

SIZE = (110, 32)
SECONDS = 4.0
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("every object that models.py makes, and its SQL", ()),
    ("o: jump to any of them", ("o", *"api.customers", "enter")),
    ("2: what PostgREST will make of it", ("2",)),
    ("a: requests, really run in the development database", ("a",)),
    ("5: whose it is, down to the line", ("5",)),
    ("r: what the next migration does, and what it endangers", ("r",)),
    ("p: the migration proven: up, nothing left, down, up", ("p",)),
    ("x, Space: what would go with an extension", ("x", "space")),
    ("v: every operation tried as each role", ("v",)),
)
_TIMES = re.compile(r"\b\d\.\d(?=(?: |&#160;)s\b)")
_STAMP = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+")
_REVISION = re.compile(r"\b[0-9a-f]{12}\b")


async def write_session() -> None:
    """Play the session and write it."""
    with tempfile.TemporaryDirectory() as name:
        project = copy_shop(Path(name), is_changed=True)
        text = _make_repeatable(join_frames(await _play(project), seconds=SECONDS), project)
    path = FOLDER / "session.svg"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


async def _play(project: Path) -> tuple[str, ...]:
    frames = []
    with Workbench(find_project(project)) as workbench:
        app = WorkbenchApp(workbench.project, lambda: workbench)
        async with app.run_test(size=SIZE) as pilot:
            await settle(app, pilot)
            for caption, keys in STEPS:
                await press(pilot, keys)
                await settle(app, pilot)
                frames.append(app.export_screenshot(title=f"pgcraft tui · {caption}", simplify=True))
    return tuple(frames)


def _make_repeatable(text: str, project: Path) -> str:
    """Put fixed ones in the place of times and of the id that the new revision would have."""
    files = sorted((project / "migrations/versions").glob("*.py"))
    known = {revision for path in files for revision in _REVISION.findall(path.read_text(encoding="utf-8"))}
    text = _REVISION.sub(lambda found: found[0] if found[0] in known else "0123456789ab", text)
    return _TIMES.sub("0.1", _STAMP.sub("2026-01-31T12:00:00.000000", text))
