"""Histories with several heads, branches and bases, in several folders."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError
from pgcraft.service.heads import Position
from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import ExportRequest
from pgcraft.service.workbench import Workbench

MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

metadata = MetaData()
a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", Integer))
b = Table("b", metadata, Column("id", Integer, ForeignKey("a.id", name="b_id_fkey"), primary_key=True))
"""
N = MODELS.replace("primary_key=True))\n", 'primary_key=True), Column("n", Integer))\n')

REVISION = '''\
"""{doc}"""

from alembic import op

revision = "{name}"
down_revision = {below!r}
branch_labels = {labels!r}
depends_on = {needs!r}


def upgrade():
    op.execute("{up}")


def downgrade():
    op.execute("{down}")
'''


def write(
    root: Path, name: str, below: str | None, up: str, down: str, *, labels: str | None = None, needs: str | None = None
) -> None:
    folder = root / ("other" if labels else "migrations/versions")
    folder.mkdir(exist_ok=True)
    text = REVISION.format(doc=f"the {name}", name=name, below=below, labels=labels, needs=needs, up=up, down=down)
    (folder / f"{name}.py").write_text(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people follow one revision, and a branch with a label and a folder of its own needs that, too."""
    root = tmp_path_factory.mktemp("heads") / "project"
    root.mkdir()
    (root / "models.py").write_text(MODELS)
    init_project(root)
    ini = (root / "alembic.ini").read_text()
    folders = "version_locations = %(here)s/migrations/versions%(here)s/other"
    separator = next(line for line in ini.splitlines() if line.startswith("path_separator"))
    assert separator.endswith("= os")
    (root / "alembic.ini").write_text(ini.replace(separator, f"{separator}\n{folders.replace('s%', 's:%')}"))
    write(root, "first", None, "CREATE TABLE a (id serial PRIMARY KEY)", "DROP TABLE a")
    write(root, "xx", "first", "ALTER TABLE a ADD x integer", "ALTER TABLE a DROP x")
    write(root, "yy", "first", "ALTER TABLE a ADD y integer", "ALTER TABLE a DROP y")
    keyed = "id integer PRIMARY KEY CONSTRAINT b_id_fkey REFERENCES a"
    write(root, "oo", None, f"CREATE TABLE b ({keyed})", "DROP TABLE b", labels="other", needs="first")
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def workbench(root: Path) -> Iterator[Workbench]:
    with Workbench(find_project(root)) as opened:
        yield opened


def test_what_was_done_with_several_heads_is_told(workbench: Workbench) -> None:
    """Nobody heard of the second head before `alembic upgrade head` refused where it counts."""
    answer = workbench.check()
    assert answer.agree
    assert [("oo", ("other",)), ("xx", ()), ("yy", ())] == [(head.revision, head.labels) for head in answer.heads]
    (found,) = answer.history
    assert "problem" == found.level
    assert "3 heads: oo (the oo, other), xx (the xx) and yy (the yy); all of them were replayed" in found.message
    assert "4 revisions up to oo, xx, yy" in answer.compared
    alone = workbench.diff(head="other")
    assert ["public.a gains x", "public.a gains y"] == [each.title for each in alone.intentions]
    assert "2 revisions up to oo (the oo, other), one of 3 heads" in alone.compared
    assert alone.history[0].message.endswith("oo alone was replayed")
    with pytest.raises(PGCraftConfigError, match=r"PGC005.*no head"):
        workbench.diff(head="first")


def test_a_revision_follows_the_head_that_is_named(workbench: Workbench, root: Path) -> None:
    """It stands where that stands, and is proven with the others and without them."""
    (root / "models.py").write_text(N)
    with pytest.raises(PGCraftPlanError, match=r"PGC413.*3 heads"):
        workbench.draft_revision("add n")
    draft = workbench.draft_revision("add n", position=Position("other"))
    assert (["oo"], ["xx", "yy"]) == ([each.revision for each in draft.heads], [each.revision for each in draft.beside])
    assert ["public.b gains n"] == [each.title for each in draft.intentions]
    proof = workbench.prove_revision(draft)
    assert proof.held, proof.steps
    assert root / "other" == workbench.write_revision(draft).parent
    assert "down_revision: str | Sequence[str] | None = 'oo'" in draft.text
    assert workbench.check().agree


def test_a_revision_that_needs_what_another_head_made_is_not_proven(workbench: Workbench, root: Path) -> None:
    (root / "models.py").write_text(MODELS.replace('"y", Integer)', '"y", Integer, nullable=False)'))
    proof = workbench.prove_revision(workbench.draft_revision("y is there", position=Position("xx")))
    assert "upgrade from base to" in proof.steps[-1].name
    assert "does not follow oo (the oo, other) and yy (the yy)" in proof.steps[-1].message
    assert "pgcraft merge" in proof.steps[-1].message


def test_a_branch_begins_beside_the_others_and_after_what_it_depends_on(workbench: Workbench, root: Path) -> None:
    """A head that another depends on counted as one that a database stands at: all that compared failed (PGC412)."""
    (root / "models.py").write_text(N)
    begun = workbench.draft_revision("n", position=Position("base", label="third", depends_on=("xx", "oo")))
    assert ((), ["oo", "xx", "yy"]) == (begun.heads, [each.revision for each in begun.beside])
    proof = workbench.prove_revision(begun)
    assert proof.held, proof.steps
    workbench.write_revision(begun)

    (root / "models.py").write_text(N.replace('"n"', '"m"'))
    with pytest.raises(PGCraftPlanError, match=r"PGC412.*already used"):
        workbench.draft_revision("m", position=Position(begun.revision, label="third"))
    with pytest.raises(PGCraftConfigError, match=r"PGC005.*\n.*--splice"):
        workbench.draft_revision("m", position=Position("first"))
    spliced = workbench.draft_revision("m", position=Position("first", is_splice=True))
    assert "down_revision: str | Sequence[str] | None = 'first'" in workbench.write_revision(spliced).read_text()
    with pytest.raises(PGCraftPlanError, match="PGC410"):
        workbench.write_revision(replace(spliced, revision="zz", path=spliced.path.with_name("zz.py")))


def test_heads_are_joined_and_what_they_share_is_named(workbench: Workbench, root: Path) -> None:
    found = workbench.merge_heads("join", ("xx", "yy"))
    assert found.held, found.steps
    assert ["xx then yy", "yy then xx"] == [step.name for step in found.steps]
    (shared,) = found.shared
    assert "table public.a" == str(shared.target)
    assert (("xx", "public.a gains x"), ("yy", "public.a gains y")) == shared.changes
    path = workbench.write_revision(found.draft)
    assert root / "migrations/versions" == path.parent
    assert "('xx', 'yy')" in path.read_text()
    answer = workbench.diff()
    assert [found.draft.revision, "oo"] == sorted((each.revision for each in answer.heads), key="oo".__eq__)
    with pytest.raises(PGCraftPlanError, match="PGC410"):
        workbench.write_revision(found.draft)
    with pytest.raises(PGCraftPlanError, match="PGC417"):
        workbench.merge_heads("again", ("oo",))
    write(root, "zz", "first", "CREATE TABLE c ()", "DROP TABLE c", needs="xx")
    depending = workbench.merge_heads("of both", (found.draft.revision, "zz"))
    assert ((), True) == (depending.shared, depending.held)  # what zz depends on is not what it does


def test_heads_whose_order_makes_a_difference_are_not_joined(workbench: Workbench, root: Path) -> None:
    """Each database would have another default, as its branches happened to run."""
    for name, value in (("xx", 1), ("yy", 2)):
        up, down = f"ALTER TABLE a ALTER id SET DEFAULT {value}", "ALTER TABLE a ALTER id DROP DEFAULT"
        write(root, name, "first", up, down)
    found = workbench.merge_heads("join", ("xx", "yy"))
    assert [True, False] == [step.held for step in found.steps]
    assert "PGC418" in found.steps[1].message
    assert "column public.a.id" in found.steps[1].message


def test_sql_is_exported_of_all_heads_or_of_one(workbench: Workbench) -> None:
    """Alembic writes no way down from several heads."""
    (up,) = workbench.export(ExportRequest("up"))
    (down,) = workbench.export(ExportRequest("down"))
    assert all(text in up.text for text in ("ADD x", "ADD y", "CREATE TABLE b"))
    assert all(text in down.text for text in ("DROP x", "DROP y", "DROP TABLE b", "DROP TABLE a"))
    assert down.note.endswith("; this is all of them")
    (alone,) = workbench.export(ExportRequest("up", head="other"))
    assert "CREATE TABLE a" in alone.text
    assert "CREATE TABLE b" in alone.text
    assert "ADD x" not in alone.text
    assert alone.note.endswith("this is oo (the oo, other) alone")
