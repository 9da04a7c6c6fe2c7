"""A column whose values no cast turns into the new type is told with the way, before anything is written."""

import pytest
from sqlalchemy import NullPool, create_engine

from pgcraft.errors import PGCraftError
from pgcraft.reconcile.casts import find_cast
from tests.alembic.conftest import Walk
from tests.support.databases import Database

MODELS = 'Table("t", metadata, Column("id", Integer, primary_key=True), Column("a", {}), schema="app")\n'


def test_a_type_that_no_value_fits_is_refused_with_the_way(walk: Walk) -> None:
    walk.step(MODELS.format("Integer"))
    with pytest.raises(PGCraftError) as caught:
        walk.step(MODELS.format("Uuid"))
    assert "PGC404" == caught.value.code
    assert "column app.t.a cannot become uuid: no integer is one" == caught.value.what
    assert "UPDATE" in caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("integer", "uuid"),
        ("uuid", "bigint"),
        ("integer", "timestamp with time zone"),
        ("integer", "interval"),
        ("numeric(8,2)", "inet"),
        ("time without time zone", "timestamp without time zone"),
        ("boolean", "date"),
        ("uuid", "bytea"),
        ("point", "numrange"),
        ("numrange", "tsrange"),
        ("integer[]", "uuid[]"),
        ("text[]", "integer"),
        ("money", "oid"),
        ("counted", "uuid"),
    ],
)
def test_no_value_of_the_one_is_one_of_the_other(database: Database, old: str, new: str) -> None:
    database.run("CREATE DOMAIN counted AS integer")
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        assert find_cast(connection, "a", old, new).there is None
        assert "a::text" in str(find_cast(connection, "a", old, new, insists=True).there)
