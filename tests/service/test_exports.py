"""What stands in the folder of the migrations, and what is exported of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError
from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import ExportRequest
from pgcraft.service.workbench import Workbench
from tests.support.databases import Database


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """On what `pgcraft init` makes."""
    init_project(tmp_path)
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


def test_exports_are_whole_split_and_ranged(workbench: Workbench, tmp_path: Path):
    """One file a revision, numbered in run order, up and down."""
    for message, column in (("first", None), ("second", "weight")):
        if column:
            text = (tmp_path / "models.py").read_text()
            new = f'        Column("{column}", Numeric(10, 2)),\n    ],\n)\n\nPostgREST'
            (tmp_path / "models.py").write_text(text.replace("    ],\n)\n\nPostgREST", new))
        workbench.write_revision(workbench.draft_revision(message))
    second, first = (workbench.diff().heads[0].revision, None)
    up = workbench.export(ExportRequest("up", is_split=True))
    down = workbench.export(ExportRequest("down", is_split=True))
    assert ["0001", "0002"] == [item.name[:4] for item in up]
    assert ["first", "second"] == [item.name.removesuffix(".sql").rpartition("_")[2] for item in up]
    assert ["second", "first"] == [item.name.removesuffix(".sql").rpartition("_")[2] for item in down]
    (whole,) = workbench.export(ExportRequest("up"))
    first = up[0].name.split("_")[1]
    (ranged,) = workbench.export(ExportRequest("up", start=first, end=second))
    assert "ADD COLUMN weight" in ranged.text
    assert "CREATE TABLE inventory.products" not in ranged.text
    assert "CREATE TABLE inventory.products" in whole.text
    with pytest.raises(PGCraftPlanError, match="PGC412"):
        workbench.export(ExportRequest("up", end="nothing"))
    with pytest.raises(PGCraftConfigError, match="PGC023"):
        workbench.write_export(up, tmp_path / "models.py", overwrite=True)


def test_the_schema_says_which_server_it_needs(tmp_path: Path):
    """An older one says no more than that there is no function uuidv7."""
    init_project(tmp_path)
    models = (
        (tmp_path / "models.py").read_text().replace("    config=config,", "    config=config, extra_plugins=[KEY],")
    )
    (tmp_path / "models.py").write_text(
        "from pgcraft.plugins.pk import UUIDV7PKPlugin\n\nKEY = UUIDV7PKPlugin()\n" + models, encoding="utf-8"
    )
    with Workbench(find_project(tmp_path)) as opened:
        (schema,) = opened.export(ExportRequest("schema"))
    assert '; it needs PostgreSQL 18 or newer (UUIDV7PKPlugin in PGCraftSimple("products"))\nBEGIN;' in schema.text


BRANCH = """
from alembic import op
revision, down_revision, branch_labels, depends_on = {revision!r}, {parents!r}, None, None
def upgrade():
    op.execute("CREATE TABLE inventory.{revision} ()")
def downgrade():
    op.execute("DROP TABLE inventory.{revision}")
"""


def test_split_files_of_branches_go_up_down_and_up_again(
    workbench: Workbench, tmp_path: Path, cluster18_database: Database
):
    """A revision behind a fork ran twice, and the next file did not find the version it starts from."""
    first = workbench.write_revision(workbench.draft_revision("first"))
    root = first.name.partition("_")[0]
    for revision, parents in (("left", root), ("right", root), ("both", ("left", "right"))):
        text = BRANCH.format(revision=revision, parents=parents)
        (first.parent / f"{revision}.py").write_text(text, encoding="utf-8")
    up = workbench.export(ExportRequest("up", is_split=True))
    down = workbench.export(ExportRequest("down", is_split=True))
    assert len(up) == len(down) == 4
    versions = []
    for item in (*up, *down, *up):
        cluster18_database.psql(item.text)
        versions.append(cluster18_database.rows("SELECT version_num FROM alembic_version ORDER BY 1"))
    assert versions[3] == versions[-1] == [("both",)]
    assert versions[2] == versions[4] == [("left",), ("right",)]
    assert versions[7] == []
    (only,) = workbench.write_export(up[:1], tmp_path / "sql")
    assert only.parent == tmp_path / "sql"


def test_what_is_missing_of_the_migrations_is_named_and_made_again(workbench: Workbench, tmp_path: Path):
    """Alembic told of an ImportError without a place, of its own `init`, and of a KeyError."""
    folder = tmp_path / "migrations"
    env = (folder / "env.py").read_text()
    for what in (folder / "env.py", folder):
        shutil.rmtree(what) if what.is_dir() else what.unlink()
        with pytest.raises(PGCraftConfigError, match=f"PGC018: {what} is not there"):
            workbench.export(ExportRequest("up"))
        init_project(tmp_path)
        assert (folder / "env.py").read_text() == env
    (folder / "versions" / "lost.py").write_text(BRANCH.format(revision="left", parents="gone"), encoding="utf-8")
    with pytest.raises(PGCraftPlanError, match='a revision follows "gone"') as caught:
        workbench.export(ExportRequest("up"))
    assert str(caught.value.place) == "migrations/versions/lost.py:3"
