"""From saving models.py to the refreshed screen, with 100 factories behind a full API and with the shop."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Result, best_of
from benchmarks.models import SOURCE
from benchmarks.terminal import Terminal

ROUNDS = 4
COUNT = 100
BIN = Path(sys.executable).parent
SHOP = Path(__file__).parents[1] / "examples/shop"
SHOP_COLUMN = '        Column("email", String, nullable=False),\n'

Save = Callable[[int], None]


def measure() -> Iterator[Result]:
    """Return a line for each project."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, alone = _time_factories(folder)
        yield Result(f"reload {COUNT} factories to screen", ours, "python -c 'import models'", alone, limit_s=1.0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        ours, alone = _time_shop(folder)
        yield Result("reload the shop to screen", ours, "python -c 'import models'", alone, limit_s=alone + 0.3)


def _time_factories(folder: Path) -> tuple[float, float]:
    models = folder / "models.py"

    def save(number: int) -> None:
        models.write_text(SOURCE.format(count=COUNT + number))

    return _time(folder, save, lambda number: f"{COUNT + number} tables")


def _time_shop(folder: Path) -> tuple[float, float]:
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (folder / "alembic.ini").unlink()
    models = folder / "models.py"
    text = models.read_text()

    def save(number: int) -> None:
        tables = "".join(f'PGCraftSimple("extra_{index}", "sales", metadata)\n' for index in range(number))
        models.write_text(text + "\n" + tables)

    return _time(folder, save, lambda number: f"{3 + number} tables")


def _time(folder: Path, save: Save, shown: Callable[[int], str]) -> tuple[float, float]:
    """Return our best time, and the best of importing the models alone."""
    save(0)
    times = []
    # Bytecode of a file that was saved twice within a second may be taken for current, by Python itself.
    variables = {"XDG_STATE_HOME": str(folder / "state"), "PYTHONDONTWRITEBYTECODE": "1"}
    with Terminal([str(BIN / "pgcraft"), "tui", "."], folder, variables) as terminal:
        terminal.wait_for(shown(0))
        for number in range(1, ROUNDS + 1):
            time.sleep(1.5)
            save(number)
            times.append(terminal.wait_for(shown(number), since=time.perf_counter()))
    (alone,) = best_of(ROUNDS, lambda: subprocess.run([sys.executable, "-c", "import models"], cwd=folder, check=True))
    return min(times), alone
