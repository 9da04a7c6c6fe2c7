"""Columns of a domain."""

from tests.alembic.conftest import Walk

HEADING = "from sqlalchemy.dialects.postgresql import DOMAIN\n"
THEIRS = (
    HEADING
    + """
Table("users", metadata, Column("id", Integer, primary_key=True),
      Column("email", DOMAIN("theirs", Text, schema="public", create_type=False)), schema="app")
"""
)


def test_what_a_domain_says_is_not_said_of_its_columns(walk: Walk) -> None:
    walk.database.run("CREATE DOMAIN public.theirs AS text DEFAULT 'x' NOT NULL")
    walk.step(THEIRS)
    assert walk.trip.pending() == ""
