"""The real PostgREST, started by the workbench: what it answers, and that nothing of it stays however it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pgcraft.errors import PGCraftDatabaseError, PGCraftError
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from tests.service.test_try_api import MODELS, PRODUCTS
from tests.support.patience import PATIENCE_S, list_living, read_name, wait_until
from tests.support.postgrest import PostgREST, get_postgrest

pytestmark = pytest.mark.usefixtures("real_processes")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> str:
    found = get_postgrest()
    monkeypatch.setenv("PGCRAFT_POSTGREST", found)
    return found


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "models.py").write_text(MODELS)
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


def list_offspring(process: psutil.Process | None = None) -> list[psutil.Process]:
    return (process or psutil.Process()).children(recursive=True)


def find_server(program: str) -> psutil.Process:
    return next(each for each in list_offspring() if read_name(each) == Path(program).name)


def wait_until_gone(processes: list[psutil.Process]) -> None:
    assert list_living(processes) == []


@pytest.mark.postgrest
def test_it_answers_as_declared_on_loopback_and_leaves_no_process(program: str, workbench: Workbench):
    before = set(list_offspring())
    address = workbench.serve_api()
    assert address.startswith("http://127.0.0.1:")
    assert workbench.api_address == address
    client = PostgREST(address, "")
    assert [set(row) for row in client.get("/products").json] == [{"id", "name", "price"}] * 2
    assert client.post("/products", {"name": "lamp", "price": 9}).json[0]["id"] == 3
    assert client.delete("/products").status == 401
    listening = {connection.laddr.ip for connection in find_server(program).net_connections() if connection.laddr}
    assert listening == {"127.0.0.1"}
    started = [each for each in list_offspring() if each not in before]
    workbench.stop_api()
    assert workbench.api_address == ""
    wait_until_gone(started)


@pytest.mark.postgrest
def test_requests_are_shown_with_the_address_that_answers(program: str, workbench: Workbench):
    workbench.load()
    address = workbench.serve_api()
    shown = dict(workbench.preview_api(PRODUCTS).curls)
    assert f"{address}/products" in shown["list"]


@pytest.mark.postgrest
def test_other_work_goes_on_beside_it_and_starting_again_replaces_it(program: str, workbench: Workbench):
    first = workbench.serve_api()
    workbench.load()
    assert workbench.try_api(PRODUCTS).exchanges[0].status == 200
    assert PostgREST(first, "").get("/products").status == 200
    second = workbench.serve_api()
    assert PostgREST(second, "").get("/products").status == 200
    assert sum(read_name(each) == Path(program).name for each in list_offspring()) == 1


@pytest.mark.postgrest
def test_one_that_ends_by_itself_is_told(program: str, workbench: Workbench):
    told: list[PGCraftError | None] = []
    ended = threading.Event()

    def note_end(error: PGCraftError | None) -> None:
        told.append(error)
        ended.set()

    workbench.serve_api(on_end=note_end)
    find_server(program).kill()
    assert ended.wait(PATIENCE_S)
    assert [error.code for error in told if error] == ["PGC532"]
    assert workbench.api_address == ""


@pytest.mark.postgrest
@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 0)], ids=["kill", "ctrl-c"])
def test_nothing_lives_on_when_the_program_ends(program: str, workbench: Workbench, number: int, status: int):
    command = [str(Path(sys.executable).with_name("pgcraft")), "serve", "--project", str(workbench.project.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert PostgREST(address, "").get("/products").status == 200
    offspring = list_offspring(psutil.Process(process.pid))
    assert Path(program).name in {read_name(each) for each in offspring}
    os.kill(process.pid, number)
    process.communicate(timeout=PATIENCE_S)
    wait_until_gone(offspring)
    assert process.returncode == status


@pytest.mark.parametrize(
    ("named", "words"), [("/nowhere/postgrest", "names /nowhere/postgrest"), ("", "is not set, nor is one on PATH")]
)
def test_without_the_program_the_error_says_how_to_get_it(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, named: str, words: str
):
    monkeypatch.setenv("PGCRAFT_POSTGREST", named)
    monkeypatch.setenv("PATH", os.defpath if not named else os.environ["PATH"])
    with pytest.raises(PGCraftDatabaseError, match=words) as caught:
        workbench.serve_api()
    assert caught.value.code == "PGC530"


def test_a_program_that_refuses_is_told_with_its_own_words(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    fake = tmp_path / "postgrest"
    fake.write_text("#!/bin/sh\necho the schema cache is full\nexit 3\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PGCRAFT_POSTGREST", str(fake))
    with pytest.raises(PGCraftDatabaseError, match="ended with status 3") as caught:
        workbench.serve_api()
    assert (caught.value.code, caught.value.detail.strip()) == ("PGC531", "the schema cache is full")


def test_the_start_can_be_called_off(workbench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    fake = tmp_path / "postgrest"
    fake.write_text("#!/bin/sh\nexec sleep 1000\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PGCRAFT_POSTGREST", str(fake))
    before = set(list_offspring())
    errors: list[PGCraftError] = []

    def serve() -> None:
        try:
            workbench.serve_api()
        except PGCraftError as error:
            errors.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    assert wait_until(lambda: any(read_name(each) == "sleep" for each in list_offspring()))
    workbench.cancel()
    thread.join(PATIENCE_S)
    assert [error.code for error in errors] == ["PGC390"]
    wait_until_gone([each for each in list_offspring() if each not in before])
