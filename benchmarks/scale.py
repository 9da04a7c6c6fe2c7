"""The workbench over ten thousand objects: how long its event loop stops, and its memory.

The application runs in a process of its own without a terminal and is driven by keys; its models are imported in its
child as always.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp

ROUNDS = 3
BEAT_S = 0.01
WAIT_S = 60.0
MODELS = """\
from sqlalchemy import Column, Integer, MetaData, String
from pgcraft.factory import PGCraftSimple

metadata = MetaData()
for n in range(2_000):
    PGCraftSimple(f"table_{n:04}", "big", metadata, [Column("name", String), Column("size", Integer)])
"""
KEYS = (*"jjjjjjjjjjkkkkkkkkkkdddduuuu", "slash", *"table_19", "escape", *"ghlFXSo", *"table_1234", "enter")
"""Moves, filters, folds, groups in each way, jumps."""
LIMITS = {
    "objects to tree, from the child's answer, s": 3.0,
    "event loop's lag while keys are pressed, p95, ms": 50.0,
    "event loop's lag while keys are pressed, longest, ms": 150.0,
    "memory of the workbench, MB": 200.0,
}


def measure() -> Iterator[Figure]:
    """Return a line for each promise, the best of three runs."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "models.py").write_text(MODELS)
        runs = [_run_process(root) for _ in range(ROUNDS)]
    for title, limit in LIMITS.items():
        yield Figure(title, min(run[title] for run in runs), limit, note=f"{runs[0]['objects']:,.0f} objects")


def _run_process(root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, str(root)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def _drive(root: Path) -> dict[str, float]:
    """Return the figures in the order of `LIMITS`, and the number of objects."""
    with Workbench(find_project(root)) as workbench:
        figures, objects = await _press_keys(WorkbenchApp(workbench.project, lambda: workbench))
    return {**dict(zip(LIMITS, figures, strict=True)), "objects": objects}


async def _press_keys(app: WorkbenchApp) -> tuple[list[float], int]:
    async with app.run_test(size=(160, 50)) as pilot:
        await _wait(lambda: app.session.loaded is not None)
        began = time.perf_counter()
        await _wait(lambda: bool(app.browse.panes.tree.state.rows))
        to_tree = time.perf_counter() - began
        await app.jobs.wait_idle()
        async with _listening() as lags:
            for key in KEYS:
                await pilot.press(key)
                await asyncio.sleep(0.03)
            await app.jobs.wait_idle()
        lags.sort()
        assert app.session.loaded is not None
        figures = [to_tree, lags[int(len(lags) * 0.95)], lags[-1], _read_peak_mb()]
        return figures, len(app.session.loaded.catalog.objects)


def _read_peak_mb() -> float:
    """Return the most memory that this process has had; on Linux ``ru_maxrss`` counts what its parent had, too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


@asynccontextmanager
async def _listening() -> AsyncIterator[list[float]]:
    """Note by how many milliseconds a short sleep in the event loop is late, again and again."""
    lags: list[float] = []

    async def beat() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            lags.append((time.perf_counter() - began - BEAT_S) * 1_000)

    task = asyncio.create_task(beat())
    yield lags
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _wait(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.002)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_drive(Path(sys.argv[1])))))
