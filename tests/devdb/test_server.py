"""A throw-away server starts quickly, belongs to its starter alone, and leaves nothing."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from pgcraft.devdb.server.binaries import VARIABLE, Binaries, check_binaries
from pgcraft.devdb.server.servers import Server, StartCancelledError, open_server, start_server
from pgcraft.errors import PGCraftDatabaseError
from tests.devdb.processes import is_clean, list_processes, watch_segments
from tests.support.patience import wait_until
from tests.support.servers import MAJORS, get_binaries

pytestmark = pytest.mark.each_server


@pytest.fixture(params=MAJORS, ids=lambda major: f"pg{major}")
def programs(request: pytest.FixtureRequest) -> Binaries:
    return get_binaries(request.param)


def ask(server: Server, query: str) -> object:
    with psycopg.connect(server.conninfo("postgres")) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row
    return row[0]


def test_it_starts_answers_and_leaves_nothing(programs: Binaries, short_path: Path) -> None:
    with start_server(programs, base=short_path) as server:
        assert str(ask(server, "SHOW server_version")).startswith(programs.version)
        assert server.is_running
        assert server.is_ours
        assert server.directory is not None
        assert server.directory.parent == short_path
        assert list_processes(short_path)
    assert not server.is_running
    assert is_clean(short_path)


def test_nobody_else_can_come_in(server18: Server) -> None:
    assert ask(server18, "SHOW listen_addresses") == ""
    assert server18.directory is not None
    assert server18.directory.stat().st_mode & 0o007 == 0


def test_text_is_utf8_and_sorted_by_code_point(programs: Binaries) -> None:
    """What comes out of the development database must not depend on the machine's locale."""
    with start_server(programs) as server:
        assert ask(server, "SHOW server_encoding") == "UTF8"
        assert ask(server, "SELECT string_agg(v, '' ORDER BY v) FROM unnest('{a,B,ä,A}'::text[]) v") == "ABaä"
        assert ask(server, "SELECT upper('ä')") == "Ä"
        assert ask(server, "SHOW timezone") == "UTC"


def test_a_second_stop_does_nothing(programs: Binaries) -> None:
    server = start_server(programs)
    server.stop()
    server.stop()


def test_it_outlives_the_thread_that_started_it(programs: Binaries) -> None:
    """PR_SET_PDEATHSIG in the starting process would end it with the thread."""
    with ThreadPoolExecutor(1) as pool:
        server, thread = pool.submit(lambda: (start_server(programs), threading.get_native_id())).result()
    with server:
        assert wait_until(lambda: not Path(f"/proc/self/task/{thread}").exists())
        assert ask(server, "SELECT 1") == 1
    assert not server.is_running


def test_several_start_at_once(short_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: start_server(get_binaries(18), base=short_path), range(4)))
    assert len({server.base_url for server in servers}) == 4
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Server.stop, servers))
    assert is_clean(short_path)


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.2, 0.3, 0.45])
def test_a_start_can_be_called_off_at_any_time(programs: Binaries, short_path: Path, after_s: float) -> None:
    """initdb's helpers would leave shared memory behind."""
    cancel = threading.Event()
    timer = threading.Timer(after_s, cancel.set)
    with watch_segments() as segments:
        timer.start()
        with suppress(StartCancelledError):
            start_server(programs, cancel=cancel, base=short_path, keep=False).stop()
        timer.join()
    assert is_clean(short_path)
    assert [] == [segment for segment in segments if segment.exists()]


def test_root_does_without_a_user_namespace(programs: Binaries, short_path: Path) -> None:
    """Containers often forbid them; the server then runs as postgres or nobody."""
    if os.getuid() != 0:
        pytest.skip("needs root")
    short_path.chmod(0o755)
    with start_server(programs, base=short_path, allow_namespace=False) as server:
        assert ask(server, "SELECT 1") == 1
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert is_clean(short_path)


def test_programs_out_of_reach_are_copied(short_path: Path) -> None:
    """A virtual environment in root's home cannot be read by the user that the server runs as."""
    if os.getuid() != 0:
        pytest.skip("needs root")
    short_path.chmod(0o755)
    hidden = short_path / "hidden"
    subprocess.run(["mkdir", "-m", "700", hidden], check=True)
    package = get_binaries(18).bindir.parents[1]
    for folder in (package, package.with_name(package.name + ".libs")):
        subprocess.run(["cp", "-a", folder, hidden], check=True)
    found = check_binaries(hidden / package.name / "pginstall/bin", "test")
    assert isinstance(found, Binaries)
    base = short_path / "base"
    base.mkdir()
    with start_server(found, base=base, allow_namespace=False) as server:
        assert ask(server, "SELECT 1") == 1
    assert is_clean(base)


def test_a_kept_cluster_that_lost_files_is_made_anew(monkeypatch: pytest.MonkeyPatch, short_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(short_path))
    start_server(get_binaries(18)).stop()
    (kept,) = (short_path / "pgcraft").iterdir()
    (kept / "global/pg_control").unlink()
    with start_server(get_binaries(18)) as server:
        assert ask(server, "SELECT 1") == 1
    assert (kept / "global/pg_control").exists()


def test_a_cache_that_cannot_be_written_is_done_without(monkeypatch: pytest.MonkeyPatch, short_path: Path) -> None:
    (short_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(short_path / "file"))
    with start_server(get_binaries(18)) as server:
        assert ask(server, "SELECT 1") == 1


def test_a_failed_start_says_what_the_programs_said(monkeypatch: pytest.MonkeyPatch, short_path: Path) -> None:
    bindir = short_path / "bin"
    bindir.mkdir()
    (bindir / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.1'\n")
    (bindir / "initdb").write_text("#!/bin/sh\necho 'initdb: error: no room'; exit 1\n")
    for name in ("postgres", "initdb"):
        (bindir / name).chmod(0o755)
    base = short_path / "base"
    base.mkdir()
    monkeypatch.setenv(VARIABLE, str(bindir))
    with pytest.raises(PGCraftDatabaseError) as caught:
        start_server(base=base, keep=False)
    assert caught.value.code == "PGC502"
    assert (
        f"PostgreSQL 17.1 from {bindir} could not be started: initdb ended with status 1: initdb: error: no room"
        in str(caught.value)
    )
    assert "no room" in caught.value.detail
    assert is_clean(base)


def test_a_server_that_the_user_names_is_only_used(server18: Server) -> None:
    named = open_server(server18.base_url)
    named.stop()
    assert not named.is_ours
    assert named.is_running
    assert ask(named, "SELECT 1") == 1


def test_one_of_ours_is_started_when_none_is_named() -> None:
    with open_server() as server:
        assert server.is_ours
        assert server.version


def test_the_parent_needs_no_more_than_the_standard_library() -> None:
    program = (
        "import sys, pgcraft.devdb.server.servers; print([m for m in ('psycopg', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_server_that_dies_is_noticed_and_cleaned_up(programs: Binaries, short_path: Path) -> None:
    """Somebody kills the postmaster: the guard removes the directory, and the handle tells."""
    server = start_server(programs, base=short_path)
    os.kill(server.pid, 9)
    assert wait_until(lambda: not server.is_running)
    assert wait_until(lambda: is_clean(short_path))
    server.stop()
