"""One statement that names a row several times changes it once, as it does in a table."""

import pytest
from sqlalchemy import Column, Integer

from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

TWICE = "UPDATE {relation} AS i SET n = v.n FROM (VALUES (1, 2), (1, 3)) AS v (id, n) WHERE i.id = v.id"


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "in a savepoint"])
def test_a_row_that_is_named_twice_is_changed_once(
    kind: str, nested: bool, database: Database, clean_roles: None
) -> None:
    """The second change is made from what the first has replaced, which is no conflict with anybody."""
    models = Models()
    factory = models.declare(kind, "item", [Column("n", Integer), Column("note", Integer)])
    models.expose(factory)
    models.expose(factory, schema="narrow", exclude_columns=["note"])
    models.expose(factory, schema="joined", query=lambda query, table: query.add_columns((table.c.n * 2).label("d")))
    models.create(database)
    database.run("INSERT INTO shop.item (n) VALUES (1)")
    with database.connect(autocommit=False) as connection:
        for schema in ("shop", "api", "narrow", "joined"):
            if nested:
                connection.execute("SAVEPOINT one; SAVEPOINT two")
            changed = connection.execute(TWICE.format(relation=f"{schema}.item").encode()).rowcount
            if nested:
                connection.execute("RELEASE two; RELEASE one")
            assert 1 == changed, schema
            assert connection.execute("SELECT n IN (2, 3), n FROM shop.item").fetchone()[0]  # type: ignore[index]
            connection.execute("UPDATE shop.item SET n = 1")
