"""From Esc to the end of the work that it stops: the answer is given up, and the process that worked is gone."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Figure
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp

ROUNDS = 3
LIMIT_MS = 200.0
WAIT_S = 60.0
SHOP = Path(__file__).parents[1] / "examples/shop"
ENDLESS = "import time\ntime.sleep(60)\n"

Begin = Callable[[WorkbenchApp], object]


def measure() -> Iterator[Figure]:
    """Return a line for each kind of long work, the best of three runs."""
    with tempfile.TemporaryDirectory() as name:
        endless, shop = Path(name) / "endless", Path(name) / "shop"
        endless.mkdir()
        (endless / "models.py").write_text(ENDLESS)
        shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns("__pycache__"))
        yield _time("a load", endless, lambda _: None, 1.5)
        yield _time("an autogenerate", shop, lambda app: app.loader.compare(asked_on=app.browse), 0.15)
        yield _time("a verify", shop, lambda app: app.simulate_key("v"), 0.3)


def _time(work: str, root: Path, begin: Begin, underway_s: float) -> Figure:
    times = [asyncio.run(_time_once(root, begin, underway_s)) for _ in range(ROUNDS)]
    return Figure(f"Esc to the end of {work}, ms", min(times), LIMIT_MS, note="and of its process")


async def _time_once(root: Path, begin: Begin, underway_s: float) -> float:
    """Return the milliseconds; the work has been under way for a while when Esc is pressed."""
    with Workbench(find_project(root)) as workbench:
        app = WorkbenchApp(workbench.project, lambda: workbench)
        async with app.run_test() as pilot, asyncio.timeout(WAIT_S):
            if root.name == SHOP.name:
                while app.session.diff is None:
                    await asyncio.sleep(0.02)
                await pilot.pause()
            begin(app)
            await asyncio.sleep(underway_s)
            assert app.jobs.running, "it has ended before it could be stopped"
            workers = _list_descendants()
            began = time.perf_counter()
            app.simulate_key("escape")
            while app.jobs.running or workers <= _list_descendants():
                await asyncio.sleep(0.002)
            return (time.perf_counter() - began) * 1_000


def _list_descendants() -> set[int]:
    """Return the ids of the processes that this one has started, directly or not, and that have not ended."""
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid=,stat="], stdout=subprocess.PIPE, text=True) as ps:
        listed = [line.split() for line in ps.communicate()[0].splitlines()]
    parents = {int(pid): int(parent) for pid, parent, state in listed if "Z" not in state and int(pid) != ps.pid}
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found
