"""Whatever ends the parent: no process and no directory is left."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pgcraft.devdb.server import directories
from pgcraft.devdb.server.binaries import Binaries
from pgcraft.devdb.server.directories import make_run_directory, sweep
from pgcraft.devdb.server.identity import copy_programs
from pgcraft.devdb.server.servers import start_server
from tests.devdb.processes import ROOT, end, is_clean, list_processes, read_line, start_parent
from tests.support.patience import wait_until
from tests.support.servers import MAJORS, get_binaries

pytestmark = pytest.mark.each_server


def as_user(uid: int) -> tuple[str, ...]:
    return ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")


NOBODY, NAMELESS = 65534, 54321


@pytest.fixture(params=MAJORS, ids=lambda major: f"pg{major}")
def programs(request: pytest.FixtureRequest) -> Binaries:
    return get_binaries(request.param)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_the_parent_is_killed(
    programs: Binaries, short_path: Path, number: signal.Signals
) -> None:
    parent = start_parent(programs.bindir, short_path)
    assert read_line(parent)
    assert len(list_processes(short_path)) >= 2
    os.kill(parent.pid, number)
    end(parent)
    assert wait_until(lambda: is_clean(short_path))


@pytest.mark.parametrize("after_s", [0.15, 0.3, 0.5])
def test_nothing_is_left_when_it_is_killed_while_starting(programs: Binaries, short_path: Path, after_s: float) -> None:
    parent = start_parent(programs.bindir, short_path, keep="no")
    time.sleep(after_s)
    end(parent)
    assert wait_until(lambda: is_clean(short_path))


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(short_path: Path) -> None:
    """The terminal sends SIGINT to the whole process group; a workbench that handles it goes on."""
    parent = start_parent(get_binaries(18).bindir, short_path, prefix=("env", "--ignore-signal=INT"))
    try:
        pid = int(read_line(parent).split()[0])
        os.killpg(parent.pid, signal.SIGINT)
        time.sleep(0.1)
        assert psutil.pid_exists(pid)
    finally:
        end(parent)
    assert wait_until(lambda: is_clean(short_path))


def test_a_guard_ends_its_server_on_sigterm(short_path: Path) -> None:
    """A shutdown of the machine sends it to everyone."""
    with start_server(get_binaries(18), base=short_path) as server:
        os.kill(psutil.Process(server.pid).ppid(), signal.SIGTERM)
        assert wait_until(lambda: is_clean(short_path))


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_a_killed_guard_takes_the_server_along_and_the_next_start_sweeps(short_path: Path) -> None:
    server = start_server(get_binaries(18), base=short_path)
    os.kill(psutil.Process(server.pid).ppid(), signal.SIGKILL)
    assert wait_until(lambda: not list_processes(short_path))
    assert server.directory is not None
    assert server.directory.exists()
    with start_server(get_binaries(18), base=short_path) as second:
        assert wait_until(lambda: list(short_path.iterdir()) == [second.directory])
    server.stop()


@pytest.mark.parametrize("uid", [NOBODY, NAMELESS], ids=["nobody", "nameless"])
def test_a_normal_user_can_start_one(programs: Binaries, short_path: Path, uid: int) -> None:
    """One without an entry in passwd, too: containers run as such, and initdb asks for the name."""
    if os.getuid() != 0:
        pytest.skip("the other tests run as a normal user here")
    base, package = short_path / "base", short_path / "package"
    shutil.copytree(ROOT / "pgcraft", package / "pgcraft")  # the checkout may be closed to others
    bindir = copy_programs(programs.bindir, short_path / "programs") if programs.major == 18 else programs.bindir
    base.mkdir()
    for path in (short_path, base, *package.rglob("*"), package):
        path.chmod(0o777)
    prefix = ("env", "--unset=HOME", *as_user(uid))
    parent = start_parent(bindir, base, "keep", prefix, python=_find_python_for_everyone(), package=package)
    try:
        pid, directory = read_line(parent).split()
        assert psutil.Process(int(pid)).uids().real == uid
        assert Path(directory).stat().st_uid == uid
    finally:
        end(parent)
    assert wait_until(lambda: is_clean(base))


def _find_python_for_everyone() -> str:
    """Return a Python that nobody can run: that of the environment may lie in root's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        probe = "import sys; sys.exit(not (sys.version_info >= (3, 11) and __import__('os').access(sys.executable, 1)))"
        done = subprocess.run([*as_user(NOBODY), python, "-c", probe], cwd="/", capture_output=True, check=False)
        if done.returncode == 0:
            return python
    pytest.skip("no Python that nobody may run")


def test_only_abandoned_directories_of_ours_are_swept(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "UNLOCKED_AGE_S", 1000.0)
    held = make_run_directory(short_path)
    abandoned = make_run_directory(short_path)
    os.close(abandoned.lock)
    for name in ("other", "pgc-just-made", "pgc-old"):
        (short_path / name).mkdir()
    os.utime(short_path / "pgc-old", (0, 0))
    (short_path / "pgc-link").symlink_to(short_path / "other")
    assert sorted([abandoned.path, short_path / "pgc-old"]) == list(sweep(short_path))
    assert {held.path.name, "other", "pgc-just-made", "pgc-link"} == {path.name for path in short_path.iterdir()}
    os.close(held.lock)


def test_another_users_directory_is_left_alone(short_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("needs root")
    foreign = short_path / "pgc-foreign"
    foreign.mkdir()
    (foreign / "lock").write_text("")
    os.chown(foreign, 65534, 65534)
    assert sweep(short_path) == ()
    with contextlib.suppress(FileNotFoundError):
        assert foreign.exists()
