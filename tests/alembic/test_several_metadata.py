"""``target_metadata`` may be a list: the models of all of them are one schema."""

from tests.alembic.conftest import HEAD, Walk

MORE = """
more = MetaData()
register_role(more, RoleDefinition(name="em_worker"))
Table("other", more, Column("id", Integer, primary_key=True), schema="more")
register_view(more, ViewDefinition(schema="more", name="ids", query="SELECT id FROM more.other"))
Table("thing", metadata, Column("id", Integer, primary_key=True), schema="app")
register_view(metadata, ViewDefinition(schema="app", name="ids", query="SELECT id FROM app.thing"))
"""


def test_models_of_several_metadata_are_one_schema(walk: Walk) -> None:
    env = walk.trip.project.root / "migrations/env.py"
    text = env.read_text(encoding="utf-8").replace("=models.metadata,", "=[models.metadata, models.more],")
    configured = "pgcraft_configure_metadata(models.metadata"
    assert configured in text
    env.write_text(text.replace(configured, f"pgcraft_configure_metadata(models.more)\n{configured}"), encoding="utf-8")
    revision = walk.step(MORE)
    for made in ("view app.ids", "view more.ids", "role em_worker"):
        assert f"# pgcraft: create {made}" in revision
    assert 4 == revision.count("FROM PUBLIC, anon, authenticator, em_worker")
    walk.trip.project.write(
        "models.py", HEAD + MORE.replace("SELECT id FROM more.other", "SELECT id + 1 AS id FROM more.other")
    )
    assert "# pgcraft: replace view more.ids" in walk.trip.autogenerate().read_text(encoding="utf-8")
