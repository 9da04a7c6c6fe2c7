"""What clients of an API write of a type that stands in a schema which they may not use."""

import pytest
from sqlalchemy import ARRAY, Column, Enum, Integer, String
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.render.catalog import render_catalog
from tests.factories.building import FACTORIES, Models
from tests.support.databases import Database
from tests.support.postgrest import run_postgrest

MOOD = Enum("happy", "sad", name="Mood of", schema="shop")
GRADE = DOMAIN("grade", Integer, schema="shop", create_type=False)
SCHEMAS = ("api", "narrow", "joined")


def declare(kind: str) -> Models:
    models = Models()
    columns = [
        Column("mood", MOOD, server_default="happy"),
        Column("open", Enum("x", "y", name="opened")),
        Column("name", String),
        *([] if kind == "EAV" else [Column("moods", ARRAY(MOOD)), Column("grade", GRADE)]),
    ]
    factory = models.declare(kind, "item", columns)
    models.expose(factory)
    models.expose(factory, schema="narrow", exclude_columns=["open"])
    models.expose(factory, schema="joined", query=lambda q, t: q.add_columns((t.c.id * 2).label("double")))
    return models


@pytest.fixture(params=FACTORIES)
def kind(request: pytest.FixtureRequest, database: Database, clean_roles: None) -> str:
    """A database with everything, the domain included, which nobody but the user makes."""
    database.run("CREATE SCHEMA shop; CREATE DOMAIN shop.grade AS integer CHECK (value < 7)")
    models = declare(request.param)
    pgcraft_configure_metadata(models.metadata, models.config)
    for statement in render_catalog(collect(models.metadata)):
        if str(statement.sql) != "CREATE SCHEMA shop":
            database.run(str(statement.sql))
    return str(request.param)


@pytest.mark.postgrest
def test_an_enum_of_the_base_is_written_over_http(kind: str, database: Database) -> None:
    """PostgREST names the type of each column, for which the anonymous role would need USAGE of its schema."""
    more: dict[str, object] = {"value": 1} if kind == "Ledger" else {}
    wide: dict[str, object] = {} if kind == "EAV" else {"moods": ["happy", "sad"], "grade": 3}
    cases: tuple[tuple[dict[str, object], object], ...] = (
        ({"mood": "sad", **wide}, "sad"),
        ({"name": "a"}, "happy"),
        ({"mood": None}, None),
    )
    with run_postgrest(database.url, schemas=", ".join(SCHEMAS)) as client:
        for schema in SCHEMAS:
            profile = {"headers": {"Content-Profile": schema}}
            for given, expected in cases:
                made = client.post("/item", {**given, **more}, **profile)
                assert made.status == 201, made.text
                assert (expected, given.get("moods")) == (made.json[0]["mood"], made.json[0].get("moods"))
            assert client.post("/item", {"mood": "angry", **more}, **profile).status == 400
            if kind != "Ledger":
                changed = client.patch("/item?mood=eq.sad", {"mood": "happy", "name": "b"}, **profile)
                assert [("happy", "b")] == [(row["mood"], row["name"]) for row in changed.json]
    assert not database.value("SELECT has_schema_privilege('anon', 'shop', 'USAGE')")


def test_a_view_that_is_only_read_shows_the_type_itself() -> None:
    models = Models()
    models.expose(models.declare("Simple", "item", [Column("mood", MOOD)]), grants=["select"])
    assert "::text" not in "".join(str(statement.sql) for statement in render_catalog(collect(models.metadata)))
