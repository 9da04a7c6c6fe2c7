"""The view of problems: what lint finds, what the next revision endangers, and the links to it."""

from pathlib import Path

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.service.types import Finding, Operation
from pgcraft_tui.present.page import format_page
from pgcraft_tui.present.problems import present_findings, present_hazards
from tests.tui.driving import MODELS, drive, make_demo, open_workbench

TABLE = ObjectId(Kind.TABLE, "inventory", "products")
ODD = MODELS.replace(
    'schema_items=[Column("note", String)]',
    'schema_items=[Column("note", String), Column("product_id", Integer), '
    'PGCraftFK(references={"{product_id}": "products.id"}, name="fk_old_product")]',
).replace("metadata = MetaData", "from pgcraft.fk import PGCraftFK\n\nmetadata = MetaData")


def test_what_is_in_order_is_left_out():
    findings = [
        Finding("python", "ok", "3.11"),
        Finding("schema", "note", "table a.b has no primary key", "give it one", TABLE),
        Finding("server", "problem", "it does not start"),
    ]
    assert format_page(present_findings(findings)).splitlines() == [
        "! table a.b has no primary key",
        "  give it one",
        "✗ it does not start",
    ]


def test_hazards_name_the_operation():
    drop = Operation("k", "drop", TABLE, "drop table t", (), (), (Hazard(HazardType.DATA_LOSS, "all rows are lost"),))
    assert "! data loss: drop table t: all rows are lost" in format_page(present_hazards([drop]))


async def test_lint_is_listed_counted_and_leads_to_the_object(tmp_path: Path):
    with open_workbench(make_demo(tmp_path / "demo", models=ODD)) as workbench:
        async with drive(workbench, size=(140, 40)) as driver:
            assert "1 note" in driver.read("HeaderLine")
            await driver.press("!")
            page = driver.read("#problems-page")
            assert "has a foreign key on product_id without an index" in page
            await driver.press("enter")
            assert driver.app.session.selection == ObjectId(Kind.TABLE, "inventory", "notes")


async def test_what_the_migrations_made_and_nothing_models_is_named(tmp_path: Path):
    root = make_demo(tmp_path / "demo")
    (root / "migrations" / "versions" / "aaaa.py").write_text(
        'revision = "aaaa"\ndown_revision = None\nfrom alembic import op\ndef downgrade(): pass\ndef upgrade():\n'
        '    op.execute("CREATE SCHEMA inventory CREATE TABLE t (a int)")\n'
        '    op.execute("CREATE RULE quiet AS ON DELETE TO inventory.t DO NOTHING")\n'
    )
    with open_workbench(root) as workbench:
        async with drive(workbench, size=(140, 40)) as driver:
            await driver.press("!")
            assert "rule quiet on inventory.t is left alone" in driver.read("#problems-page")
