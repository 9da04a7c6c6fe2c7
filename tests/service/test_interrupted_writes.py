"""Every write of the workbench, killed or out of room in its middle: nothing is half, nothing is lost, and it goes on."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.errors import PGCraftError
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.saved_state import read_state
from tests.service.writing import WRITES, write
from tests.tui.driving import PYPROJECT, make_demo

WRITING, NAMING = "while the bytes are written", "before the file gets its name"
DEATHS = {
    WRITING: "import os, signal; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)",
    NAMING: (
        "import os, signal\nfrom pathlib import Path\n"
        "die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\nos.link = die\nPath.replace = die"
    ),
}


def list_visible(root: Path) -> dict[str, bytes]:
    """Return the files that anything but a directory listing would look at."""
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in found if not path.name.startswith(".")}


def check_written(root: Path, what: str) -> None:
    """See that the write was done, and that the project loads and compares."""
    with Workbench(find_project(root)) as workbench:
        assert workbench.load().catalog.objects
        diff = workbench.diff()
    match what:
        case "revision":
            assert diff.operations == ()
        case "export":
            assert "CREATE TABLE" in (root / "sql" / "schema.sql").read_text()
        case "switch":
            assert 'disabled_extensions = ["postgrest"]' in (root / "pyproject.toml").read_text()
        case _:
            assert read_state(root / "state.json").theme == "textual-light"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("writes") / "demo")


@pytest.mark.parametrize(
    ("what", "death"),
    [*((what, WRITING) for what in WRITES), ("revision", NAMING), ("switch", NAMING)],
)
def test_killed_in_the_middle_nothing_is_half_and_the_next_try_works(demo: Path, tmp_path: Path, what: str, death: str):
    root = shutil.copytree(demo, tmp_path / "demo")
    before = list_visible(root)
    code = [sys.executable, "-m", "tests.service.writing", str(root), what, DEATHS[death]]
    killed = subprocess.run(code, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert list_visible(root) == before
    assert (root / "pyproject.toml").read_text().startswith(PYPROJECT.splitlines()[0])
    write(root, what)
    check_written(root, what)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    filling = folder / ".filling"
    with filling.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 4096)
        except OSError:
            return filling


@pytest.mark.parametrize("what", WRITES)
def test_on_a_full_disk_nothing_is_half_and_with_room_it_works(
    demo: Path, small_disk: Path, what: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    root = shutil.copytree(demo, small_disk / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    before = list_visible(root)
    fillings: list[Path] = []
    with pytest.raises(PGCraftError) as caught:
        write(root, what, lambda: fillings.append(fill(small_disk)))
    assert caught.value.code == "PGC021"
    assert list_visible(root) == before
    assert list(root.rglob(".*.tmp")) == []
    fillings[0].unlink()
    write(root, what)
    check_written(root, what)
