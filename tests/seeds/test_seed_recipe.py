"""The cookbook's "Migrations only", line by line: autogenerate, export, a range, psql."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.seeds.printed import example_path, read_example
from tests.support.databases import Database
from tests.support.projects import Project

ADDED = '        Column("weight", Integer),\n'


def run_printed(project: Project, name: str, text: str | None = None) -> str:
    """Run the lines of an example in the project's folder and give what they print."""
    script = project.write(f"printed/{Path(name).name}", read_example(name) if text is None else text)
    return project.run("bash", "-eu", "-o", "pipefail", str(script)).stdout


@pytest.fixture
def developer(printed_project: Callable[..., Project], new_database: Callable[[], Database]) -> Project:
    """The project of someone whose alembic.ini names a database of their own; ``mydb`` is the DBA's."""
    project = printed_project(read_example("cookbook/products.py"))
    return replace(project, environment={**project.environment, "DATABASE_URL": new_database().url})


def table_exists(database: Database, name: str) -> bool:
    return bool(database.value("SELECT to_regclass(%s) IS NOT NULL", name))


def revision_of(path: Path) -> str:
    found = re.search(r"^revision\b.*= '(\w+)'", path.read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_the_recipe_ends_with_psql_applying_the_export(developer: Project, mydb: Database) -> None:
    """Hand-off to a DBA: the file alone makes the schema in an empty database."""
    project = developer
    run_printed(project, "cookbook/revision.sh")
    assert "add_products_table" in project.revisions[0].name
    run_printed(project, "cookbook/upgrade.sh")
    assert not table_exists(mydb, "inventory.products")
    assert "pgcraft" not in re.sub(
        r"^\s*--.*", "", project.root.joinpath("upgrade.sql").read_text(), flags=re.MULTILINE
    )
    run_printed(project, "cookbook/apply.sh")
    mydb.run("INSERT INTO inventory.products (name, sku, price) VALUES ('Widget', 'W-001', 9.99)")
    assert mydb.rows("SELECT id, name, sku, price::text FROM inventory.products") == [(1, "Widget", "W-001", "9.99")]
    assert revision_of(project.revisions[0]) == mydb.value("SELECT version_num FROM alembic_version")


def test_the_printed_range_goes_up_and_down_between_two_revisions(developer: Project, mydb: Database) -> None:
    """`abc123:def456` with the real ids, as the reader would put them in."""
    project, models = developer, read_example("cookbook/products.py")
    run_printed(project, "cookbook/revision.sh")
    project.alembic("upgrade", "head")
    project.alembic("upgrade", "head", DATABASE_URL=mydb.url)
    first = revision_of(project.revisions[0])
    project.write(
        "models.py", models.replace("import Column,", "import Column, Integer,").replace("    ],", ADDED + "    ],")
    )
    second = revision_of(project.autogenerate("weigh products"))
    text = read_example("cookbook/ranges.sh").replace("abc123", first).replace("def456", second)
    run_printed(project, "cookbook/ranges.sh", text)
    columns = "SELECT string_agg(column_name, ' ') FROM information_schema.columns WHERE table_name = 'products'"
    run_printed(project, "cookbook/apply.sh")
    assert mydb.value(columns) == "id name sku price weight"
    assert mydb.value("SELECT version_num FROM alembic_version") == second
    project.run("psql", "-d", "mydb", "-f", "downgrade.sql")
    assert mydb.value(columns) == "id name sku price"
    assert mydb.value("SELECT version_num FROM alembic_version") == first


def test_a_failing_file_stops_psql(printed_project: Callable[..., Project]) -> None:
    """The other tests lean on it: psql without ON_ERROR_STOP would end well after errors."""
    project = printed_project("")
    project.write("upgrade.sql", "SELECT 1/0;\nCREATE TABLE after_it (id int);\n")
    done = project.run("bash", str(example_path("cookbook/apply.sh")), check=False)
    assert done.status != 0
