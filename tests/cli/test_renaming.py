"""``pgcraft revision`` where something has likely got another name: told, asked at a terminal only, and done."""

import os
import pty
import subprocess

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.cli.renaming import find_renames
from pgcraft.errors import PGCraftConfigError
from pgcraft.service.types import DiffAnswer, Operation
from tests.cli.conftest import PROGRAM, Shell
from tests.support.patience import PATIENCE_S

MODELS = """
from sqlalchemy import *
from pgcraft.config import PGCraftConfig

config = PGCraftConfig()
metadata = MetaData()
Table("customers", metadata, Column("id", Integer, primary_key=True), Column("{column}", Text),
    Column("mood", Enum("{value}", "sad", name="mood", schema="sales")), schema="sales")
"""
REVISION = ("revision", "-m", "second", "--dry-run", "--no-prove")
RENAMED = "new_column_name='phone'"


@pytest.fixture
def renamed(project: Shell) -> Shell:
    """A column and a value that the models give other names than the revision that is there."""
    project.write("models.py", MODELS.format(column="telephone", value="happy"))
    assert 0 == project("revision", "-m", "first", "--no-prove").status
    project.write("models.py", MODELS.format(column="phone", value="glad"))
    return project


def answer(shell: Shell, *answers: str) -> tuple[str, str]:
    """Run the command at a terminal, and return what it prints and what it says there."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    with subprocess.Popen(
        [PROGRAM, *REVISION], cwd=shell.root, env=environment, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE
    ) as program:
        os.close(theirs)
        said, left = b"", list(answers)
        while left:
            said += os.read(ours, 1000)
            if said.count(b"[y/N]") > len(answers) - len(left):
                os.write(ours, left.pop(0).encode() + b"\n")
        printed, _ = program.communicate(timeout=PATIENCE_S)
        said += os.read(ours, 100_000)
    os.close(ours)
    return printed.decode(), said.decode()


def test_who_sits_at_a_terminal_is_asked(renamed: Shell) -> None:
    printed, said = answer(renamed, "y", "n")
    assert RENAMED in printed
    assert "RENAME VALUE" not in printed
    assert "is column phone of sales.customers the former telephone? [y/N]" in said
    assert "info=renamed_from('telephone')" in said
    assert "is value glad of sales.mood the former happy? [y/N]" in said


def test_nobody_else_is_asked_but_told(renamed: Shell) -> None:
    told = renamed(*REVISION)
    assert "the former telephone? then --rename sales.customers.telephone=phone" in told.stderr
    assert RENAMED not in told.stdout
    assert "the former" not in renamed(*REVISION, "--json").stderr
    done = renamed(*REVISION, "--rename", "sales.customers.telephone=phone", "--rename", "happy=glad", "--json").json
    assert RENAMED in done["draft"]["text"]
    assert "RENAME VALUE 'happy' TO 'glad'" in done["draft"]["text"]
    assert [] == done["draft"]["likely"]


@pytest.mark.parametrize(
    ("rename", "told"),
    [
        ("app.t.telephon=phone", 'did you mean "app.t.telephone"?'),
        ("telephone=x", "no column app.t.x comes"),
        ("name=x", "it may mean app.t.name or app.u.name"),
        ("phone", "write --rename OLD=NEW"),
    ],
)
def test_what_is_renamed_goes_and_comes(rename: str, told: str) -> None:
    goes = ("column app.t.telephone", "column app.t.name", "column app.u.name")
    operations = [Operation(line, "drop", parse_id(line), line, (), ()) for line in goes]
    operations.append(Operation("new", "create", parse_id("column app.t.phone"), "new", (), ()))
    answer = DiffAnswer((), tuple(operations))
    with pytest.raises(PGCraftConfigError) as caught:
        find_renames(answer, [rename])
    assert told in str(caught.value)
    (found,) = find_renames(answer, ["telephone=phone"])
    assert ("telephone", "phone") == (found.old.name, found.new.name)
