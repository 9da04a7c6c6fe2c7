"""The two sides of a changed object, as the server prints them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import ChangedObject
from pgcraft.service.workbench import Workbench

TABLE = ObjectId(Kind.TABLE, "inventory", "products")
VIEW = ObjectId(Kind.VIEW, "api", "products")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    init_project(tmp_path)
    with Workbench(find_project(tmp_path)) as opened:
        opened.write_revision(opened.draft_revision("first"))
        yield opened


def find(changed: tuple[ChangedObject, ...], object_id: ObjectId) -> ChangedObject:
    return next(item for item in changed if item.id == object_id)


def test_only_what_changed_is_given_and_parts_as_their_relation(workbench: Workbench, tmp_path: Path):
    assert workbench.diff().changed == ()
    models = tmp_path / "models.py"
    models.write_text(models.read_text().replace('Column("name"', 'Column("ean", String),\n        Column("name"'))
    changed = workbench.diff().changed
    table = find(changed, TABLE)
    assert "ean" not in table.before
    assert "ean character varying" in table.after
    assert {item.id.kind for item in changed} <= {Kind.TABLE, Kind.VIEW, Kind.FUNCTION}
    view = find(changed, VIEW)
    assert "FROM inventory.products" in view.before
    differing = set(view.after.splitlines()) - set(view.before.splitlines())
    assert all("ean" in line or "name" in line for line in differing), differing


def test_what_comes_and_what_goes_has_one_side(workbench: Workbench, tmp_path: Path):
    models = tmp_path / "models.py"
    models.write_text(models.read_text().replace('"products"', '"things"'))
    changed = workbench.diff().changed
    assert find(changed, TABLE).after == ""
    assert find(changed, ObjectId(Kind.TABLE, "inventory", "things")).before == ""


def test_what_is_renamed_has_its_old_name_on_one_side(workbench: Workbench, tmp_path: Path):
    """The former side was empty, as if it came from nowhere."""
    models = tmp_path / "models.py"
    text = models.read_text().replace('"products"', '"things"')
    models.write_text(text.replace("    config=config,\n", '    config=config,\n    renamed_from="products",\n', 1))
    changed = workbench.diff().changed
    assert TABLE not in {item.id for item in changed}
    table, view = (find(changed, each._replace(name="things")) for each in (TABLE, VIEW))
    assert "CREATE TABLE inventory.products" in table.before
    assert "CREATE TABLE inventory.things" in table.after
    assert "CREATE VIEW api.products" in view.before
    assert "CREATE VIEW api.things" in view.after
