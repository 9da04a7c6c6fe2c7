"""Models that raise, hang, exit, crash or flood: the parent lives, and says file, line and remedy."""

import os
import threading
import uuid
from pathlib import Path

import psutil
import pytest

from pgcraft.errors import PGCraftError, PGCraftLoadError
from tests.service.conftest import GOOD_MODELS, OpenWorkbench
from tests.support.patience import PATIENCE_S, read_command, wait_until

SHORT = "[tool.pgcraft]\nload_timeout = 1\n"


def load_error(workbench) -> PGCraftError:
    with pytest.raises(PGCraftError) as caught:
        workbench.load()
    return caught.value


def test_good_models_come_back_whole(open_workbench: OpenWorkbench):
    """Without this nothing else works."""
    loaded = open_workbench().load()
    assert "table inventory.products" in {str(item.id) for item in loaded.catalog.objects}
    assert [name.rpartition("/")[2] for name in loaded.files] == ["models.py"]


def test_two_saves_of_one_size_within_a_second_are_both_seen(open_workbench: OpenWorkbench, tmp_path: Path):
    """Python takes bytecode for current by size and whole seconds."""
    for models in (GOOD_MODELS, GOOD_MODELS.replace("products", "articles")):
        workbench = open_workbench(models)
        os.utime(tmp_path / "models.py", (1_700_000_000, 1_700_000_000))
        loaded = workbench.load()
    assert "table inventory.articles" in {str(item.id) for item in loaded.catalog.objects}


def test_an_exception_is_placed_in_the_users_deepest_frame(open_workbench: OpenWorkbench):
    """A library's frame below the user's must not be the one that is named."""
    models = "import json\n\n\ndef read():\n    return json.loads('{')\n\n\nread()\n"
    error = load_error(open_workbench(models))
    assert (
        error.code,
        error.place.file,
        error.place.line,
        error.place.subject,
    ) == ("PGC301", "models.py", 5, "in read")
    assert "JSONDecodeError" in error.what
    assert ">    5 |     return json.loads('{')" in error.detail
    assert "Traceback" in error.detail
    assert "pgcraft/worker" not in error.detail


def test_a_syntax_error_is_placed(open_workbench: OpenWorkbench):
    """Its own frame is the importer's; file and line stand on the exception."""
    error = load_error(open_workbench("x = 1\ny = (\n"))
    assert (error.code, error.place.file, error.place.line) == ("PGC301", "models.py", 2)


def test_a_syntax_error_in_another_file_of_the_project_is_placed_there(open_workbench: OpenWorkbench):
    """The file that was asked for is not always the one that is broken."""
    error = load_error(open_workbench("import other\n", other="def f(:\n"))
    assert (error.place.file, error.place.line) == ("other.py", 1)


def test_a_missing_module_names_the_line_that_imports_it(open_workbench: OpenWorkbench):
    """ModuleNotFoundError of the models' own imports is not the models being missing."""
    error = load_error(open_workbench("import os\nimport no_such_thing\n"))
    assert "no_such_thing" in error.what
    assert (error.place.file, error.place.line) == ("models.py", 2)


def test_a_missing_models_module_says_where_it_was_looked_for(open_workbench: OpenWorkbench):
    """`models = "…"` with a typo is a setting to mend, not a traceback."""
    error = load_error(open_workbench(pyproject='[tool.pgcraft]\nmodels = "nowhere.models"\n'))
    assert "no module nowhere.models" in error.what
    assert "pyproject.toml" in error.place.file


def test_an_endless_loop_runs_out_of_time(open_workbench: OpenWorkbench):
    """A hung import must not hang the parent."""
    error = load_error(open_workbench("while True:\n    pass\n", SHORT))
    assert error.code == "PGC302"
    assert "load_timeout" in error.remedy


@pytest.mark.usefixtures("real_processes")
def test_an_endless_loop_is_cancelled(open_workbench: OpenWorkbench):
    """Esc must work while models.py spins."""
    workbench = open_workbench("while True:\n    pass\n")
    started = threading.Event()
    raised: list[PGCraftError] = []

    def run() -> None:
        try:
            workbench.load(lambda progress: started.set() if progress.stage == "importing models" else None)
        except PGCraftError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(PATIENCE_S)
    workbench.cancel()
    thread.join(PATIENCE_S)
    assert [error.code for error in raised] == ["PGC390"]
    assert wait_until(lambda: not children())


def test_os_exit_tells_the_status(open_workbench: OpenWorkbench):
    """The child dies without a word."""
    error = load_error(open_workbench("import os\nprint('bye')\nos._exit(3)\n"))
    assert error.code == "PGC303"
    assert "exited with status 3" in error.what
    assert "bye" in error.detail


def test_a_crash_tells_the_signal(open_workbench: OpenWorkbench):
    """A compiled module may take the process down."""
    error = load_error(open_workbench("import ctypes\nctypes.string_at(0)\n"))
    assert error.code == "PGC303"
    assert "SIGSEGV" in error.what


@pytest.mark.parametrize("call", ["sys.exit(4)", "raise SystemExit", "raise KeyboardInterrupt"])
def test_leaving_the_interpreter_is_an_error_with_a_place(open_workbench: OpenWorkbench, call: str):
    """SystemExit and KeyboardInterrupt pass by `except Exception`."""
    error = load_error(open_workbench(f"import sys\n{call}\n"))
    assert (error.code, error.place.line) == ("PGC301", 2)


def test_a_megabyte_of_output_breaks_nothing_and_is_kept_in_part(open_workbench: OpenWorkbench):
    """Prints, writes to the descriptor and C-level writes all go past the protocol."""
    models = (
        "import ctypes, os, sys\n"
        "print('x' * 1_000_000)\n"
        "os.write(1, b'from os\\n')\n"
        "ctypes.CDLL(None).puts(b'from C')\n"
        "ctypes.CDLL(None).fflush(None)\n"
        "print('to stderr', file=sys.stderr)\n"
    )
    loaded = open_workbench(models + GOOD_MODELS).load()
    assert len(loaded.printed) < 66_000
    assert "bytes before this" in loaded.printed
    assert all(text in loaded.printed for text in ("from os", "from C", "to stderr"))


@pytest.mark.parametrize(
    "oddity",
    [
        "import sys\nsys.stdout = sys.stderr = None\n",
        "import os\nos.chdir('/')\n",
        "import os\nif os.fork() == 0:\n    os._exit(0)\n",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
        "import atexit, time\natexit.register(time.sleep, 60)\n",
        "import sys\nsys.setrecursionlimit(150)\n",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n",
        "import logging\nlogging.basicConfig(level=0)\nlogging.disable()\n",
    ],
)
@pytest.mark.usefixtures("real_processes")
def test_oddities_do_no_harm(open_workbench: OpenWorkbench, oddity: str):
    """Code that somebody's application runs at import."""
    loaded = open_workbench(oddity + GOOD_MODELS).load()
    assert "table inventory.products" in {str(item.id) for item in loaded.catalog.objects}
    assert not children()


def test_waiting_for_input_ends_at_once(open_workbench: OpenWorkbench):
    """The terminal belongs to the workbench."""
    error = load_error(open_workbench("name = input('name? ')\n"))
    assert "EOFError" in error.what


@pytest.mark.usefixtures("real_processes")
def test_closing_every_descriptor_is_reported_as_a_death(open_workbench: OpenWorkbench):
    """Daemonizing code closes all it finds, our pipes among it."""
    error = load_error(open_workbench("import os\nos.closerange(3, 256)\n" + GOOD_MODELS, SHORT))
    assert error.code in {"PGC303", "PGC302"}


@pytest.mark.usefixtures("real_processes")
def test_what_the_models_start_is_ended_with_them(open_workbench: OpenWorkbench):
    """A grandchild that holds the pipes must neither hang us nor survive."""
    sleep = ["sleep", f"600.{uuid.uuid4().int}"]  # no other test run's
    models = f"import os, subprocess\nsubprocess.Popen({sleep}, close_fds=False)\nos._exit(5)\n"
    error = load_error(open_workbench(models))
    assert "exited with status 5" in error.what
    assert wait_until(lambda: not [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == sleep])


def test_a_check_on_a_missing_column_is_placed_with_its_remedy(open_workbench: OpenWorkbench):
    """An error of ours keeps its code, its place in the user's file and its remedy on the way through the pipe."""
    models = GOOD_MODELS.replace(
        '[Column("name", String, nullable=False)])',
        '[\n    Column("name", String),\n    PGCraftCheck("{nmae} <> \'\'", "named"),\n])',
    ).replace("metadata =", "from pgcraft.check import PGCraftCheck\nmetadata =")
    error = load_error(open_workbench(models))
    assert error.code == "PGC104"
    assert error.place.file == "models.py"
    assert '"name"' in error.remedy


def test_broken_models_load_once_they_are_mended(open_workbench: OpenWorkbench, tmp_path):
    """A broken save must not spoil the next load, nor the other way round."""
    workbench = open_workbench("raise ValueError('broken')\n")
    load_error(workbench)
    (tmp_path / "models.py").write_text(GOOD_MODELS)
    assert workbench.load().catalog.objects
    (tmp_path / "models.py").write_text("1 / 0\n")
    assert "ZeroDivisionError" in load_error(workbench).what


def test_passwords_are_taken_out_of_everything(open_workbench: OpenWorkbench):
    """A URL in a message, a source line or a traceback would end in a log."""
    models = "url = 'postgresql://me:hunter2secret@db/x'\nraise ValueError(f'cannot reach {url}')\n"
    error = load_error(open_workbench(models))
    assert "hunter2secret" not in str(error) + error.detail
    assert "postgresql://me:***@db/x" in error.what


def test_two_metadata_are_named_and_one_can_be_chosen(open_workbench: OpenWorkbench):
    """Which of them is meant cannot be guessed."""
    models = GOOD_MODELS + (
        "other = MetaData()\nfrom sqlalchemy import Table\nTable('things', other, Column('a', String))\n"
    )
    error = load_error(open_workbench(models))
    assert error.code == "PGC306"
    assert "metadata, other" in error.what
    chosen = open_workbench(models, '[tool.pgcraft]\nmetadata = "other"\n').load()
    assert "table public.things" in {str(item.id) for item in chosen.catalog.objects}
    wrong = load_error(open_workbench(models, '[tool.pgcraft]\nmetadata = "othr"\n'))
    assert '"other"' in wrong.remedy


def test_plain_sqlalchemy_models_load_too(open_workbench: OpenWorkbench):
    """Somebody without pgcraft sees what there is."""
    models = (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n"
        "class Base(DeclarativeBase):\n    pass\n"
        "class User(Base):\n    __tablename__ = 'users'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    loaded = open_workbench(models).load()
    assert "table public.users" in {str(item.id) for item in loaded.catalog.objects}


def test_models_without_metadata_say_so(open_workbench: OpenWorkbench):
    """An empty models.py is the commonest beginning."""
    assert load_error(open_workbench("")).code == "PGC305"


@pytest.mark.usefixtures("real_processes")
def test_a_failing_progress_handler_leaves_no_child(open_workbench: OpenWorkbench):
    """The face's own mistakes must not leave processes behind."""
    with pytest.raises(ZeroDivisionError):
        open_workbench().load(lambda _: 1 / 0)
    assert not children()


@pytest.mark.usefixtures("real_processes")
def test_closing_during_a_load_ends_it(open_workbench: OpenWorkbench):
    """Quitting never waits."""
    workbench = open_workbench("import time\ntime.sleep(60)\n")
    raised: list[PGCraftError] = []

    def run() -> None:
        try:
            workbench.load()
        except PGCraftLoadError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(children)
    workbench.close()
    thread.join(PATIENCE_S)
    assert [error.code for error in raised] == ["PGC390"]
    assert not children()


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if "pgcraft.worker" in read_command(each)]
