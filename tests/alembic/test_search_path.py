"""What a database says of the search path changes nothing: all that is read and written names its schema."""

from tests.alembic.conftest import Walk

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
