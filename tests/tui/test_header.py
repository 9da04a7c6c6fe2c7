"""The header says what stands against what, at every size."""

from dataclasses import replace
from pathlib import Path

import pytest

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from pgcraft_tui.application import WorkbenchApp
from pgcraft_tui.host.session import Session
from pgcraft_tui.present.status import Fact, Span, fit_facts, present_status
from tests.support.databases import Database
from tests.tui.driving import drive, make_demo, open_workbench
from tests.tui.session import SIZES


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_demo(tmp_path_factory.mktemp("header") / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    return root


def read_facts(session: Session, width: int) -> str:
    facts = present_status(session.project, session.comparison, session.findings, session.error, session.served_at)
    return "".join(span.text for span in fit_facts(facts, width))


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_no_changes_is_said_of_models_and_migrations(root: Path, database18: Database, size: tuple[int, int]):
    """With --url to an empty database it read as if that database had what the models declare."""
    with Workbench(find_project(root, dev_url=database18.url)) as workbench:
        async with drive(workbench, size=size) as driver:
            header = driver.read("HeaderLine")
            assert "models vs migrations" in header
            assert "no changes" in header.partition("models vs migrations")[2]
    assert database18.rows("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []


@pytest.mark.parametrize("width", [20, 58, 78, 158])
def test_what_is_not_compared_says_so(root: Path, width: int):
    project = replace(find_project(root), name="a name that is much longer than the header of a small terminal is")
    app = WorkbenchApp(project, lambda: Workbench(project))
    assert "not compared" in read_facts(app.session, max(width, 30))
    no_migrations = Session(replace(project, alembic_ini=None), lambda: Workbench(project))
    assert "no migrations" in read_facts(no_migrations, width)


def test_facts_are_short_before_they_are_left_out():
    facts = (
        Fact(1, ((Span("a long name"),), (Span("name"),))),
        Fact(2, ((Span("dev"),),)),
        Fact(0, ((Span("one vs another: same"),), (Span("same"),))),
    )
    texts = {width: "".join(span.text for span in fit_facts(facts, width)) for width in (2, 4, 13, 17, 33, 60)}
    assert texts == {
        2: "",
        4: "same",
        13: "name ─ same",
        17: "name ─ dev ─ same",
        33: "name ─ dev ─ one vs another: same",
        60: "a long name ─ dev ─ one vs another: same",
    }
