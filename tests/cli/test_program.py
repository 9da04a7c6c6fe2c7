"""What holds for every command: exit status, where text goes, how a project is found."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import PROGRAM, Shell
from tests.support.patience import PATIENCE_S, list_living, wait_until

BEGUN = "from pathlib import Path\nPath(__file__).with_name('begun').touch()\n"
"""Models that tell when they are being imported."""
ANSWERING = (
    ("show",),
    ("ddl",),
    ("api",),
    ("extensions",),
    ("extensions", "list"),
    ("diff",),
    ("check",),
    ("verify",),
    ("doctor",),
    ("export", "--schema"),
    ("history", "products"),
    ("revision", "-m", "first", "--dry-run", "--no-prove"),
)


def test_without_a_command_the_help_is_shown(shell: Shell):
    """The first thing that anybody types."""
    done = shell()
    assert "Usage: pgcraft" in done.stdout + done.stderr


def test_an_empty_folder_is_no_project(shell: Shell):
    """A usage error with what to do about it, and no traceback."""
    done = shell("show")
    assert 2 == done.status
    assert "" == done.stdout
    assert done.stderr.startswith("PGC001: no project")
    assert "pgcraft init" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_a_usage_error(shell: Shell, project: Shell):
    """The models' extensions are asked first, and do not know it either."""
    done = project("shwo")
    assert 2 == done.status
    assert "No such command" in done.stderr


def test_broken_models_exit_with_3_and_place_and_remedy(project: Shell):
    """What a CI log shows must be enough to mend it."""
    project.write("models.py", "import os\n\nraise ValueError('no luck')\n")
    done = project("show")
    assert 3 == done.status
    assert "" == done.stdout
    assert "PGC301: ValueError while importing the models: no luck" in done.stderr
    assert "at models.py:3" in done.stderr
    assert ">    3 | raise ValueError('no luck')" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in project("show", PGCRAFT_DETAIL="1").stderr


def test_an_unreachable_server_exits_with_4(project: Shell):
    """Its address is shown without the password."""
    url = "postgresql+psycopg://me:topsecret@127.0.0.1:1/db"
    done = project("check", "--url", url)
    assert 4 == done.status
    assert "PGC504" in done.stderr
    assert "topsecret" not in done.stderr
    assert "topsecret" not in project("doctor", "--url", url).stdout


@pytest.mark.parametrize("command", ANSWERING, ids=" ".join)
def test_every_answering_command_prints_one_json_document(project: Shell, command: tuple[str, ...]):
    """A script parses stdout and nothing else."""
    done = project(*command, "--json")
    assert done.status in {0, 1}, done.stderr
    assert isinstance(done.json, dict)


def test_an_error_with_json_is_an_object(project: Shell):
    """Scripts need the code."""
    done = project("ddl", "prodcts", "--json")
    assert 2 == done.status
    assert "PGC005" == done.json["error"]["code"]
    assert '"products"' in done.json["error"]["remedy"]


@pytest.mark.parametrize("arguments", [("show", "--bogus"), ("revision",), ("bogus",), ("export", "sideways")])
def test_a_usage_error_with_json_is_an_object_too(shell: Shell, arguments: tuple[str, ...]):
    """A script that reads stdout as JSON failed there, and did not show why."""
    done = shell(*arguments, "--json")
    assert 2 == done.status
    assert "PGC024" == done.json["error"]["code"]
    assert done.json["error"]["what"] in done.stderr.replace("\n", " ")


def test_what_the_models_print_goes_to_stderr(project: Shell):
    """stdout is data."""
    text = (project.root / "models.py").read_text()
    project.write("models.py", "print('from the models')\n" + text)
    done = project("ddl", "--json")
    assert done.json["statements"]
    assert "from the models" in done.stderr


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_after_the_command(project: Shell, tmp_path_factory, before: bool):
    """Nobody remembers where they belong."""
    elsewhere = Shell(tmp_path_factory.mktemp("elsewhere"))
    options = ["--project", str(project.root), "--disable", "postgrest"]
    done = elsewhere(*options, "show") if before else elsewhere("show", *options)
    assert 0 == done.status, done.stderr
    assert "inventory" in done.stdout
    assert "api" not in done.stdout


def test_an_extension_is_disabled_by_the_environment_too(project: Shell):
    """`alembic revision` from a shell must see the same set."""
    assert "api" not in project("show", PGCRAFT_DISABLED_EXTENSIONS="postgrest").stdout


def test_broken_toml_is_placed(project: Shell):
    """The file and the line, before anything is imported."""
    project.write("pyproject.toml", '[tool.pgcraft]\nmodels = "models.py\n')
    done = project("show")
    assert 2 == done.status
    assert "PGC011" in done.stderr
    assert "pyproject.toml:2" in done.stderr


def test_a_closed_pipe_is_no_error(project: Shell):
    """`pgcraft ddl | head -1`."""
    done = subprocess.run(
        f"{PROGRAM} show | head -1", shell=True, cwd=project.root, capture_output=True, text=True, check=False
    )
    assert "" == done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.usefixtures("real_processes")
def test_a_full_disk_behind_stdout_is_told(project: Shell):
    """`pgcraft ddl > file` ended in a traceback, or worse, in half a file and status 0."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([PROGRAM, "ddl"], cwd=project.root, stdout=full, stderr=subprocess.PIPE, check=False)
    assert 2 == done.returncode
    assert b"PGC021: the answer could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


def test_closed_streams_are_no_error(project: Shell):
    """`pgcraft show >&-`, as some schedulers start programs."""
    done = subprocess.run(f"{PROGRAM} show >&-", shell=True, cwd=project.root, stderr=subprocess.PIPE, check=False)
    assert (0, b"") == (done.returncode, done.stderr)


def test_sql_is_utf_8_whatever_the_terminal_speaks(project: Shell):
    """Escapes in place of letters would be other SQL."""
    models = (project.root / "models.py").read_text(encoding="utf-8").replace('"sku"', '"größe"')
    (project.root / "models.py").write_text(models, encoding="utf-8")
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    sql = subprocess.check_output([PROGRAM, "ddl"], cwd=project.root, env=plain)
    assert '"größe" character varying(32) NOT NULL' in sql.decode()
    done = subprocess.run([PROGRAM, "revision", "-m", "größe"], cwd=project.root, env=plain, capture_output=True)
    assert (2, b"PGC019") == (done.returncode, done.stderr[:6])


@pytest.mark.parametrize("url", ["mysql://me:topsecret@localhost/db", "localhost"])
def test_an_address_of_something_else_is_refused(project: Shell, url: str):
    """A typing mistake was a server out of reach."""
    done = project("check", "--url", url)
    assert 2 == done.status
    assert "PGC016" in done.stderr
    assert "topsecret" not in done.stderr


@pytest.mark.usefixtures("real_processes")
def test_interrupting_ends_everything_with_130(project: Shell):
    """Ctrl-C in the middle of an import."""
    project.write("models.py", f"{BEGUN}import time\ntime.sleep(60)\n")
    process = subprocess.Popen([PROGRAM, "show"], cwd=project.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert wait_until((project.root / "begun").exists)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    assert 130 == process.returncode
    assert b"Traceback" not in stderr
    assert list_living(workers) == []


@pytest.mark.parametrize("spin", ["while True:\n    pass\n", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n"])
@pytest.mark.usefixtures("real_processes")
def test_killing_the_program_leaves_no_child(project: Shell, spin: str):
    """kill -9 gives nobody a chance to clean up; the second loop never lets another thread of the child run."""
    project.write("models.py", BEGUN + spin)
    process = subprocess.Popen([PROGRAM, "show"], cwd=project.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert wait_until((project.root / "begun").exists)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    process.kill()
    process.communicate()
    assert list_living(workers) == []
