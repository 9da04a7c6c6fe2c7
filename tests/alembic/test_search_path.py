"""What a database says of the search path changes nothing, or is refused: all that is read and written names its schema."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from pgcraft.errors import PGCraftPlanError
from tests.alembic.conftest import HEAD, Walk
from tests.support.roundtrip import RoundTrip

MODELS = """
from sqlalchemy.dialects.postgresql import DOMAIN
Table("t", metadata, Column("id", Integer, primary_key=True, unique=True),
      Column("mood", Enum("good", "bad", name="mood", schema="apart"), server_default="good"),
      Column("moods", ARRAY(Enum("good", "bad", name="mood", schema="apart"))),
      Column("word", DOMAIN("word", Text, schema="app", check="VALUE <> ''")),
      Column("nothing", Integer, server_default=text("NULL")), Column("nil", Integer, server_default=null()),
      CheckConstraint("mood <> 'bad'", name="c"), Index("i", text("(mood = 'good')")), schema="app")
Table("other", metadata, Column("id", Integer, ForeignKey("app.t.id"), primary_key=True){more}, schema="public")
register_function(metadata, FunctionDefinition(schema="app", name="f", arguments="m apart.mood", returns="apart.mood",
                                               language="sql", body="SELECT m"))
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, app.f(mood) AS m FROM app.t"))
"""


def test_a_search_path_of_the_database_is_no_change(any_walk: Walk) -> None:
    """An enum that the path leads to was read without its schema, and changed with each revision."""
    name = any_walk.database.name
    any_walk.database.run("CREATE SCHEMA apart; CREATE SCHEMA app")
    any_walk.database.run(f'ALTER DATABASE "{name}" SET search_path = apart, app, public')
    any_walk.database.let_go()
    any_walk.step(MODELS.format(more=""))
    assert any_walk.trip.pending() == ""
    any_walk.step(MODELS.format(more=', Column("m", Enum("good", "bad", name="mood", schema="apart"))'))


BARE = """
Table("t", metadata, Column("id", Integer, primary_key=True){more})
Table("u", metadata, Column("id", Integer, ForeignKey("t.id"), primary_key=True))
"""
TYPED = """
Table("t", metadata, Column("mood", Enum("good", "bad", name="mood"), server_default="good"){more}, schema="app")
"""
TABLES = "tables without a schema stand in public, and "
VERSIONS = "Alembic's table has no schema, and "
NOWHERE = "the search path of this connection leads to no schema that is there"
FIRST = "the search path of this connection leads to {} first"
TYPES = "types without a schema stand in public, "
REFUSED = {
    BARE: {
        "app, public": f"{TABLES}{FIRST.format('app')}: t, u",
        "missing, app, public": f"{TABLES}{FIRST.format('app')}: t, u",
        '"$user", public': f"{TABLES}{FIRST.format('postgres')}: t, u",
        "''": f"{TABLES}{NOWHERE}: t, u",
    },
    TYPED: {
        "app": f"{TYPES}to which the search path of this connection does not lead: mood",
        "apart, public": f"{TYPES}and the search path of this connection leads to others of their names first: apart.mood",
        "missing": f"{VERSIONS}{NOWHERE}",
    },
}


def lead(walk: Walk, path: str) -> RoundTrip:
    """Return the project with a URL that says the path."""
    url = f"{walk.database.url}&options={quote(f'-csearch_path={path}'.replace(' ', ''))}"
    environment = {**walk.trip.project.environment, "DATABASE_URL": url}
    return RoundTrip(replace(walk.trip.project, environment=environment), walk.database)


def test_names_without_a_schema_mean_public_or_are_refused(any_walk: Walk) -> None:
    """Tables were made in the first schema of the path and looked for in public; enumerated types were not found."""
    any_walk.database.run("CREATE SCHEMA app; CREATE SCHEMA apart; CREATE SCHEMA postgres")
    any_walk.database.run("CREATE TYPE apart.mood AS ENUM ('good', 'bad')")
    for models, refused in REFUSED.items():
        any_walk.trip.project.write("models.py", HEAD + models.format(more=""))
        for path, said in refused.items():
            with pytest.raises(PGCraftPlanError) as raised:
                lead(any_walk, path).autogenerate()
            assert ("PGC405", said) == (raised.value.code, raised.value.what), path
            assert str(raised.value.remedy).startswith('say schema="public" (or another) in the models'), path


@pytest.mark.parametrize(
    ("models", "path"), [(BARE, "public, app"), (TYPED, "app, public"), (TYPED, "missing, public, apart")]
)
def test_names_without_a_schema_are_settled_where_public_is_meant(walk: Walk, models: str, path: str) -> None:
    """What stands in the first schema of the path was written without one, and made elsewhere where paths differ."""
    walk.database.run("CREATE SCHEMA app; CREATE SCHEMA apart; CREATE TYPE apart.mood AS ENUM ('good', 'bad')")
    walk.database.run(f'ALTER DATABASE "{walk.database.name}" SET search_path = {path}')
    walk.step(models.format(more=""))
    walk.step(models.format(more=', Column("z", Integer)'))


def test_an_upgrade_of_another_path_changes_nothing(walk: Walk) -> None:
    walk.trip.project.write("models.py", HEAD + BARE.format(more=""))
    walk.trip.autogenerate()
    walk.database.run("CREATE SCHEMA app; DROP TABLE alembic_version")
    before = walk.trip.leftovers()
    with pytest.raises(PGCraftPlanError, match="PGC405"):
        lead(walk, "app, public").upgrade()
    assert before == walk.trip.leftovers()
    assert not walk.database.value("SELECT to_regclass('alembic_version')")
