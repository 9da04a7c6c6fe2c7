"""Driving the workbench in tests: a real project, a real Workbench, and waiting for its work to end."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import OptionList

from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import Project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp
from tests.support.patience import PATIENCE_S

LOOK_EVERY_S = 0.02
MODELS = """\
from sqlalchemy import Column, Integer, MetaData, Numeric, String

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

config = PGCraftConfig(auto_discover=False)
config.use(PostgRESTExtension())
metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())

products = PGCraftSimple(
    "products",
    "inventory",
    metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("price", Numeric(10, 2), nullable=False),
    ],
)
notes = PGCraftSimple("notes", "inventory", metadata, config=config, schema_items=[Column("note", String)])
PostgRESTView(products, grants=["select", "insert"])
"""

PYPROJECT = """\
[project]
name = "demo"
version = "0.1"

# what pgcraft must know
[tool.pgcraft]
models = "models.py"  # beside this file
"""


def make_demo(folder: Path, *, models: str = MODELS, is_migrated: bool = True) -> Path:
    """Make a project as a user has it, with no revision yet; one that is not migrated is compared with nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models.py").write_text(models, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    if is_migrated:
        init_project(folder)
    return folder


def copy_demo(source: Path, target: Path) -> Path:
    """Copy a project for a test that writes into it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


HOLD = "\nimport pathlib, time\nwhile pathlib.Path(__file__).with_name('hold').exists(): time.sleep(0.01)\n"
"""Behind the models of a test that looks at work while it runs: it does not end while there is a file ``hold``."""


class Driver:
    """One running app, and the ways to press, wait and look."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.toasts: list[str] = []
        self._listen()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each time waiting until what it began has ended."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.pilot.press(*("space" if each == " " else each for each in text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until no work is awaited, every message has been handled and the screen is drawn.

        Textual's own `pause` takes a process that gets no time for one that is idle, so the queues are looked at.
        """
        async with asyncio.timeout(PATIENCE_S):
            await self.pilot.pause()
            while self._is_busy:
                await self.app.jobs.wait_idle()
                await self.pilot.pause()

    @property
    def _is_busy(self) -> bool:
        """Whether work is awaited, a message waits, or something is still to be laid out or drawn."""
        app, screen = self.app, self.app.screen
        pumps = (app, *app.screen_stack, *screen.walk_children())
        is_unread = any(pump.message_queue_size or pump._next_callbacks for pump in pumps)
        is_undrawn = screen._layout_required or screen._repaint_required or screen._dirty_widgets
        return bool(app.jobs.running or is_unread or is_undrawn or not app.keys.is_idle)

    async def wait_for_message(self, condition: object) -> None:
        """Wait until a condition holds; a look at the loop of every widget, as `pause` takes, would keep a processor busy."""
        assert callable(condition)
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(LOOK_EVERY_S)

    def _listen(self) -> None:
        """Keep what is said in passing: a busy machine may look when it has gone from the screen."""
        say = self.app.notify

        def note(message: str, **options: Any) -> None:
            self.toasts.append(message)
            say(message, **options)

        self.app.notify = note  # type: ignore[method-assign]

    def list_rows(self, selector: str) -> list[str]:
        """Return the rows of a list as text."""
        listed = self.app.screen.query_one(selector, OptionList)
        return [str(listed.get_option_at_index(at).prompt) for at in range(listed.option_count)]

    def read(self, selector: str) -> str:
        """Return what a widget shows, as text."""
        widget = self.app.screen.query_one(selector, Widget)
        lines = widget.render_lines(widget.size.region)
        return "\n".join(line.text.rstrip() for line in lines).strip("\n")

    def read_screen(self) -> str:
        """Return the whole screen as text."""
        return "\n".join(line.text.rstrip() for line in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def drive(
    workbench: Workbench,
    *,
    size: tuple[int, int] = (100, 40),
    notifications: bool = True,
    settle: bool = True,
    is_broken: bool = False,
) -> AsyncIterator[Driver]:
    """Run the app over a workbench, and with `settle` wait until the models, or with `is_broken` the error is shown."""
    app = WorkbenchApp(workbench.project, lambda: workbench)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        driver = Driver(app, pilot)
        if settle:
            await driver.settle()
        assert is_broken or app.session.error is None, app.session.error
        yield driver


def open_workbench(root: Path) -> Workbench:
    """Open a project."""
    return Workbench(find_project(root))


class RememberingWorkbench(Workbench):
    """One for many apps, each of which loads and compares as it starts: the same files are read by a child once.

    Args:
        questions: names of further methods whose answers hang on the project's files, and on what is asked, alone.
    """

    def __init__(self, project: Project, *questions: str) -> None:
        super().__init__(project)
        for name in ("load", "diff", *questions):
            setattr(self, name, self._remember(getattr(self, name)))

    def _remember(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        known: list[tuple[object, object, Any]] = []

        def answer(*given: Any, **named: Any) -> Any:
            files = (self.project, self._read_files())
            asked = ([each for each in given if not callable(each)], {**named, "on_progress": None})
            known[:] = [each for each in known if each[0] == files]
            for _, before, found in known:
                if before == asked:
                    return found
            found = ask(*given, **named)
            known.append((files, asked, found))
            return found

        return answer

    def _read_files(self) -> dict[Path, bytes]:
        files = [path for path in self.project.root.rglob("*") if path.suffix in (".py", ".toml", ".ini")]
        return {path: path.read_bytes() for path in files}


def open_remembering(root: Path, *questions: str) -> RememberingWorkbench:
    """Open a project for tests that look at screens: what its files say is asked for real, and once."""
    return RememberingWorkbench(find_project(root), *questions)
