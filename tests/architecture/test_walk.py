"""CONTRIBUTING's walk of one column's name is the way that it really takes."""

import re
from pathlib import Path

from alembic import command
from alembic.config import Config

from pgcraft.catalog.objects import Kind
from pgcraft.service.project import find_project
from pgcraft.service.requests import Load
from pgcraft.service.workbench import Workbench
from pgcraft.worker.load import load
from tests.architecture.imports import ROOT
from tests.architecture.walking import Step, walking
from tests.conftest import ProjectFactory
from tests.support.projects import Project
from tests.support.roundtrip import lend_process
from tests.tui.driving import drive, make_demo

NAME = "walked_price"
MODELS = f"""
from sqlalchemy import Column, MetaData, Numeric

from pgcraft.factory import PGCraftSimple

metadata = MetaData()
products = PGCraftSimple("products", "inventory", metadata, [Column("{NAME}", Numeric)])
"""


def _read_walk(heading: str) -> list[Step]:
    """Read the steps of one part of the walk: `path  function  what it does there`."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(heading)}\n+```text\n(.*?)```", text, re.M | re.S)
    assert block is not None, heading
    return [Step(*line.split()[:2]) for line in block[1].splitlines() if line.startswith("pgcraft")]


DECLARED = _read_walk("Declared and collected, in the child process:")
SHOWN = _read_walk("Shown, in the workbench's process:")
REVISED = _read_walk("Made a revision, in the child process:")


def test_each_room_is_entered_once():
    """A reader who follows a name never comes back to a room."""
    rooms = [step.room for step in (*DECLARED, *SHOWN)]
    assert len(rooms) == len(set(rooms))
    assert len({step.room for step in REVISED}) == len(REVISED)


def test_a_column_is_declared_and_collected_this_way(tmp_path: Path):
    """Each function of the walk has the name in hand, in the order of the walk."""
    project = find_project(make_demo(tmp_path / "demo", models=MODELS))
    with lend_process(Project(project.root, {})), walking(NAME, DECLARED) as found:
        loaded = load(Load(project), lambda progress: None)
    assert DECLARED == found
    assert any(item.id.kind is Kind.COLUMN and item.id.name == NAME for item in loaded.catalog.objects)


async def test_a_column_is_shown_this_way(tmp_path: Path):
    """The catalog comes over the pipe, and the line is on the screen at the end."""
    project = find_project(make_demo(tmp_path / "demo", models=MODELS))
    with walking(NAME, SHOWN) as found, Workbench(project) as workbench:
        async with drive(workbench) as driver:
            await driver.press("slash")
            await driver.type(NAME)
            assert NAME in driver.read_screen()
    assert SHOWN == found


def test_a_column_gets_into_a_revision_this_way(project: ProjectFactory):
    """The revision adds the column at the end."""
    made = project(MODELS)
    with lend_process(made), walking(NAME, REVISED) as found:
        command.revision(Config("alembic.ini"), "first", autogenerate=True)
    assert REVISED == found
    (revision,) = made.revisions
    assert f"sa.Column('{NAME}'" in revision.read_text()
