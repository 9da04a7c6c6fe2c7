"""What squawk finds stands beside our hazards, where that program is there."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.render.statement import HazardType
from pgcraft.service.project import find_project
from pgcraft.service.types import DiffAnswer
from pgcraft.service.workbench import Workbench
from tests.tui.driving import make_demo

HEAD = "from sqlalchemy import *\nfrom pgcraft.config import PGCraftConfig\nconfig, metadata = PGCraftConfig(), MetaData()\n"
TABLE = 'Table("t", metadata, Column("id", BigInteger, primary_key=True), Column("a", Text){})\n'
INDEX = ', Index("i", "a"), Column("b", Text)'
CONFIG = 'excluded_rules = ["require-statement-timeout", "prefer-robust-stmts"]\n'


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """A project whose models have one table, and no revision."""
    root = make_demo(tmp_path / "demo")
    (root / "models.py").write_text(HEAD + TABLE.format(""))
    with Workbench(find_project(root)) as opened:
        yield opened


def list_found(answer: DiffAnswer) -> dict[str, list[str]]:
    """Return the rules by the titles of operations."""
    return {
        operation.title: [
            hazard.message.partition(":")[0] for hazard in operation.hazards if hazard.type is HazardType.SQUAWK
        ]
        for operation in answer.operations
    }


def test_its_findings_stand_with_the_operations_that_they_are_about(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert program, "pip install the group dev anew"
    workbench.write_revision(workbench.draft_revision("first"))
    root = workbench.project.root
    (root / ".squawk.toml").write_text(CONFIG)
    (root / "models.py").write_text(HEAD + TABLE.format(INDEX))
    assert {"create column public.t.b": [], "create index i on public.t": []} == list_found(workbench.diff())
    monkeypatch.setenv("PGCRAFT_SQUAWK", program)
    assert {
        "create column public.t.b": ["require-lock-timeout"],
        "create index i on public.t": ["require-concurrent-index-creation"],
    } == list_found(workbench.diff())
    draft = workbench.draft_revision("second")
    assert "require-lock-timeout: Missing `set lock_timeout`" in draft.operations[0].hazards[0].message
    assert "operations. Configure a `lock_timeout` before this statement." in draft.operations[0].hazards[0].message
    workbench.write_online(True)
    assert ["require-lock-timeout"] == list_found(workbench.diff())["create index i on public.t"]


def test_what_it_cannot_say_is_a_note(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCRAFT_SQUAWK", "false")
    answer = workbench.diff()
    assert ["squawk failed, and nothing is known of what it finds"] == [note.partition(":")[0] for note in answer.notes]
    assert not any(list_found(answer).values())
