"""Revisions on the development server: nobody else's database is touched, nothing is left behind."""

import ast
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from pgcraft.errors import PGCraftConfigError, PGCraftDatabaseError, PGCraftError, PGCraftPlanError
from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import Progress, Stage
from pgcraft.service.workbench import Workbench
from tests.support.patience import PATIENCE_S, is_living, list_living, read_command, read_name, wait_until
from tests.support.projects import ENV_PY


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """On what `pgcraft init` makes."""
    init_project(tmp_path)
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


@pytest.fixture
def others(real_processes: None) -> set[psutil.Process]:
    """What ran before the test: the session's servers among it, which other tests still need."""
    return set(psutil.Process().children(recursive=True))


def children(others: set[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that the test started."""
    found = set(psutil.Process().children(recursive=True)) - others
    return [process for process in found if is_living(process)]


def find_named(word: str, others: set[psutil.Process]) -> list[psutil.Process]:
    """Return those of them whose command line has the word."""
    return [process for process in children(others) if word in read_command(process)]


def test_a_draft_is_proven_written_once_and_leaves_nothing(workbench: Workbench, tmp_path: Path):
    """The wizard's whole way; a second press does nothing twice."""
    titles = [operation.title for operation in workbench.diff().operations]
    assert "create view api.products" in titles
    draft = workbench.draft_revision("first tables")
    assert tmp_path / "migrations" / "versions" == draft.path.parent
    assert not list(draft.path.parent.glob("*.py"))
    proof = workbench.prove_revision(draft)
    assert proof.held, proof
    assert 6 == len(proof.steps)
    assert not list(draft.path.parent.glob("*.py"))
    assert draft.path == workbench.write_revision(draft)
    assert draft.text == draft.path.read_text()
    for again in (draft, replace(draft, path=draft.path.with_name("other.py"), revision="abc")):
        with pytest.raises(PGCraftPlanError, match="PGC410"):
            workbench.write_revision(again)
    assert [draft.path] == list(draft.path.parent.glob("*.py"))
    answer = workbench.diff()
    assert (draft.revision, ()) == (answer.heads[0].revision, answer.operations)


def test_any_message_is_kept_as_it_is(workbench: Workbench):
    """Three quotes ended the docstring that it stands in, and a backslash changed it."""
    message = 'two lines\nDROP TABLE x; """ C:\\new \\" größe "'
    draft = workbench.draft_revision(f" {message} ")
    assert (draft.message, message) == (message, (ast.get_docstring(ast.parse(draft.text)) or "").partition("\n\n")[0])
    assert workbench.prove_revision(draft).held


def test_operations_can_be_left_out(workbench: Workbench):
    """What is left out is what the next comparison finds."""
    operations = workbench.diff().operations
    grant = next(item for item in operations if item.title == "create grant on view api.products to anon")
    draft = workbench.draft_revision("without", leave_out=(grant.key,))
    assert grant.title not in {item.title for item in draft.operations}
    assert "GRANT SELECT ON api.products" not in draft.text
    assert workbench.prove_revision(draft).held
    workbench.write_revision(draft)
    assert [grant.title] == [item.title for item in workbench.diff().operations]


def test_a_draft_that_does_not_hold_says_at_which_step(workbench: Workbench):
    """Somebody edited the text; the proof must not."""
    draft = workbench.draft_revision("first")
    broken = replace(draft, text=draft.text.replace("DROP VIEW api.products", "DROP VIEW api.product"))
    proof = workbench.prove_revision(broken)
    assert not proof.held
    assert [True, True, False] == [step.held for step in proof.steps]
    assert "PGC521" in proof.steps[-1].message


def test_an_env_that_ignores_the_url_is_given_the_development_database(
    tmp_path: Path, database18, monkeypatch: pytest.MonkeyPatch
):
    """`create_engine(os.environ["DATABASE_URL"])` is in many an env.py; it leads to somebody's data."""
    init_project(tmp_path)
    (tmp_path / "migrations" / "env.py").write_text(ENV_PY)
    monkeypatch.setenv("DATABASE_URL", database18.url)
    before = database18.value("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    with Workbench(find_project(tmp_path)) as workbench:
        draft = workbench.draft_revision("first")
        assert workbench.prove_revision(draft).held
        assert any("sqlalchemy.url" in note for note in workbench.diff().notes)
    assert 0 == database18.value("SELECT count(*) FROM pg_class WHERE relname IN ('products', 'alembic_version')")
    assert before is not None


def kill_server(others: set[psutil.Process]) -> None:
    for process in children(others):
        with contextlib.suppress(psutil.NoSuchProcess):
            if read_name(process) == "postgres":
                process.send_signal(signal.SIGQUIT)


def test_an_env_for_another_database_is_refused(workbench: Workbench, tmp_path: Path):
    """SQLite cannot stand in for PostgreSQL, and its file must not be made."""
    change_env(tmp_path, "    with engine.", "    engine = create_engine('sqlite:///x.db')\n    with engine.")
    change_env(tmp_path, "import engine_from_config", "import create_engine, engine_from_config")
    with pytest.raises(PGCraftConfigError, match="PGC015"):
        workbench.diff()
    assert not (tmp_path / "x.db").exists()


def test_an_env_that_is_not_wired_says_what_is_missing(workbench: Workbench, tmp_path: Path):
    """Without the hook, views and grants would silently not be compared."""
    change_env(tmp_path, "pgcraft_alembic_hook()", "")
    change_env(tmp_path, "    pgcraft_alembic_hook,\n", "")
    try:
        said = " ".join(workbench.diff().notes)
    except PGCraftError as error:
        said = str(error)
    assert "pgcraft_alembic_hook()" in said


def test_each_revision_that_is_replayed_is_counted(workbench: Workbench):
    """A long history shows how far it has come."""
    workbench.write_revision(workbench.draft_revision("first"))
    reports: list[Progress] = []
    workbench.diff(reports.append)
    replayed = [(each.count, each.total) for each in reports if each.stage is Stage.REPLAY]
    assert replayed == [(0, 1), (1, 1)]


def change_env(root: Path, old: str, new: str) -> None:
    env = root / "migrations" / "env.py"
    assert old in env.read_text()
    env.write_text(env.read_text().replace(old, new))


def test_what_a_killed_run_left_on_a_named_server_goes_with_the_next(tmp_path: Path, cluster18):
    """An hour's wait, and somebody who kills often fills a disk with databases; one in use must stay."""
    init_project(tmp_path)
    names = [f"pgcraft_serve_dev_{number:08x}" for number in (7, 8)] + ["pgcraft_serve_mine"]
    roles = [f"pgcraft_deployer_{number:08x}" for number in (7, 8)]
    with psycopg.connect(cluster18.conninfo("postgres"), autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}".encode())
        for role in roles:
            connection.execute(f"CREATE ROLE {role}".encode())
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (0x70676372, 8))
        with Workbench(find_project(tmp_path, dev_url=cluster18.base_url)) as workbench:
            workbench.diff()
        left = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^pgcraft_' ORDER BY 1").fetchall()
        deployers = connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^pgcraft_' ORDER BY 1").fetchall()
    assert [(name,) for name in names[1:]] == left
    assert [(roles[1],)] == deployers


def test_a_named_server_is_left_as_it_was(tmp_path: Path, cluster18):
    """`--url` may lead to a server with other work on it."""
    init_project(tmp_path)
    with Workbench(find_project(tmp_path, dev_url=cluster18.base_url)) as workbench:
        assert workbench.diff().operations
        workbench.write_revision(workbench.draft_revision("first"))
        assert all(step.held for step in workbench.verify().steps)
    with psycopg.connect(cluster18.conninfo("postgres")) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'").fetchall()
    assert [("postgres",)] == rows == roles


@pytest.mark.parametrize("ask", ["diff", "verify", "draft"])
@pytest.mark.parametrize("stage", ["starting PostgreSQL", "replaying migrations", "comparing"])
def test_cancelling_ends_the_work_and_leaves_no_process(
    workbench: Workbench, others: set[psutil.Process], ask: str, stage: str
):
    """Esc, at any moment of the work."""
    workbench.write_revision(workbench.draft_revision("first"))
    calls: dict[str, Callable[..., object]] = {
        "diff": workbench.diff,
        "verify": workbench.verify,
        "draft": lambda report: workbench.draft_revision("second", on_progress=report),
    }
    reached, ended = threading.Event(), threading.Event()
    codes: list[str] = []

    def run() -> None:
        try:
            calls[ask](lambda progress: reached.set() if progress.stage.value == stage else None)
        except PGCraftError as error:
            codes.append(error.code)
        ended.set()

    threading.Thread(target=run).start()
    assert reached.wait(PATIENCE_S)
    workbench.cancel()
    assert ended.wait(PATIENCE_S)
    assert ["PGC390"] == codes
    workbench.close()
    assert wait_until(lambda: not find_named("pgcraft.worker", others))


def test_a_killed_server_is_said_and_the_next_start_works(workbench: Workbench, others: set[psutil.Process]):
    """The development server may be killed, too."""
    assert workbench.diff().operations
    kill_server(others)
    assert workbench.diff().operations


def test_a_server_killed_in_the_middle_is_an_error_of_the_database(workbench: Workbench, others: set[psutil.Process]):
    """No traceback, exit status 4, and the next run is fine."""

    def kill(progress) -> None:
        if progress.stage.value == "comparing":
            kill_server(others)

    with pytest.raises(PGCraftDatabaseError):
        workbench.diff(kill)
    assert workbench.diff().operations


def test_closing_leaves_no_process(tmp_path: Path, others: set[psutil.Process]):
    """Quitting, with a server and a spare child about."""
    init_project(tmp_path)
    workbench = Workbench(find_project(tmp_path))
    workbench.keep_spare()
    workbench.start_server()
    workbench.diff()
    workbench.close()
    assert wait_until(lambda: not find_named("pgcraft", others))


def test_killing_the_parent_leaves_no_process_and_no_directory(tmp_path: Path):
    """kill -9 of the workbench, with a server running and a warm child waiting."""
    init_project(tmp_path)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from pgcraft.service.project import find_project\n"
        "from pgcraft.service.workbench import Workbench\n"
        "workbench = Workbench(find_project(Path(sys.argv[1])))\n"
        "workbench.keep_spare()\n"
        "workbench.diff()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout
    assert b"ready\n" == parent.stdout.readline()
    left = psutil.Process(parent.pid).children(recursive=True)
    assert left
    parent.kill()
    parent.communicate()
    assert [] == list_living(left)


def test_no_migrations_yet_says_how_to_make_them(tmp_path: Path):
    """models.py alone."""
    (tmp_path / "models.py").write_text("")
    with Workbench(find_project(tmp_path)) as workbench, pytest.raises(PGCraftConfigError, match="pgcraft init"):
        workbench.diff()


def test_sample_rows_are_read_without_migrations(workbench: Workbench):
    """The API tab shows what a row gives before any revision is written."""
    view = workbench.load().resources[0].view
    assert '"sku"' in workbench.sample_rows(view)
