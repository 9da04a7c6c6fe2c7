"""What the models declare to have had another name is one object to drift, and is renamed by what mends it."""

from pathlib import Path

from pgcraft.service.drift import DriftRequest, format_mending
from pgcraft.service.project import find_project
from pgcraft.service.types import ExportRequest
from pgcraft.service.workbench import Workbench
from tests.alembic.conftest import HEAD
from tests.alembic.renamed import AFTER, BEFORE
from tests.support.databases import Database

MOVING = """
Table("moving", metadata, Column("id", Integer, primary_key=True), Index("by_moving", "id"), schema="{schema}"{was})
"""
HERE = HEAD + BEFORE + MOVING.format(schema="app", was="")
THERE = HEAD + AFTER + MOVING.format(schema="apart", was=', info=renamed_from("moving", schema="app")')
ROWS = "INSERT INTO app.things (id, a) VALUES (1, 7); INSERT INTO app.moving VALUES (8)"


def test_what_is_renamed_is_told_by_its_names_and_mended_both_ways(
    tmp_path: Path, database: Database, clean_roles: None
) -> None:
    """It was told as an object that goes and another that comes, and was only mended by dropping rows."""
    models = tmp_path / "models.py"
    models.write_text(HERE)
    with Workbench(find_project(tmp_path)) as workbench:
        database.psql(workbench.export(ExportRequest(direction="schema", format="sql"))[0].text)
        database.run(ROWS)
        models.write_text(THERE)
        found = workbench.drift(DriftRequest(database.url, mend="here"))
        assert [(), ["schema apart"]] == [found.only_here, [str(each.id) for each in found.only_there]]
        facts = {str(each.id): [(fact.name, fact.here, fact.there) for fact in each.facts] for each in found.different}
        assert [("name", "things", "new_things")] == facts["table app.new_things"]
        assert [("schema", "app", "apart")] == facts.pop("table apart.moving")
        assert {"name"} == {name for told in facts.values() for name, _, _ in told}
        back = workbench.drift(DriftRequest(database.url, mend="there", drops=True))
        database.psql(format_mending(found.mend))
        assert [(7, 8)] == database.rows("SELECT new_a, m.id FROM app.new_things, apart.moving m")
        assert workbench.drift(DriftRequest(database.url)).agree
        database.psql(format_mending(back.mend))
        assert [(7, 8)] == database.rows("SELECT a, m.id FROM app.things, app.moving m")
        models.write_text(HERE)
        assert workbench.drift(DriftRequest(database.url)).agree
