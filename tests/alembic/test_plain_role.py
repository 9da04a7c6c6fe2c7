"""Whoever compares needs little: to read, and a place where expressions are written as PostgreSQL writes them."""

from dataclasses import replace

import pytest

from pgcraft.devdb.server.address import replace_user
from pgcraft.errors import PGCraftPlanError
from tests.alembic.conftest import Walk
from tests.support.roundtrip import RoundTrip

LISTED = """
Table("thing", metadata, Column("n", Integer), Column("s", String, CheckConstraint("s NOT LIKE 'a%'", name="known")), schema="app")
"""


def test_a_role_that_may_not_make_schemas_is_told_what_it_needs(walk: Walk) -> None:
    walk.step(LISTED)
    walk.database.run(
        "CREATE ROLE em_plain LOGIN; GRANT USAGE ON SCHEMA app TO em_plain; GRANT SELECT ON alembic_version TO em_plain"
    )
    environment = {**walk.trip.project.environment, "DATABASE_URL": replace_user(walk.database.url, "em_plain")}
    trip = RoundTrip(replace(walk.trip.project, environment=environment), walk.database)
    with pytest.raises(PGCraftPlanError) as raised:
        trip.pending()
    assert (
        "PGC401: the role em_plain may not make schemas in the database, where declared and live expressions are compared\n"
        "  GRANT CREATE ON DATABASE … to it, or make revisions on the development database: pgcraft revision"
    ) == str(raised.value)
    walk.database.run(f"GRANT CREATE ON DATABASE {walk.database.name} TO em_plain")
    assert "" == trip.pending()
