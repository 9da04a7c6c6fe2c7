"""Domains on their way: changed where they stand, made again under their columns, and left alone where nobody made them."""

import pytest

from tests.alembic.conftest import Walk

NAME = "e-Mail, or so"
MODELS = """
email = DOMAIN("{name}", {type}, schema="app"{facts})
Table("users", metadata, Column("id", Integer, primary_key=True), Column("email", email{default}), schema="app")
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, email FROM app.users"))
"""
HEADING = "from sqlalchemy.dialects.postgresql import DOMAIN\n"


def models(facts: str = "", *, type_: str = "Text", default: str = "") -> str:
    return HEADING + MODELS.format(name=NAME, type=type_, facts=facts, default=default)


@pytest.mark.each_server
def test_a_domain_changes_where_it_stands(any_walk: Walk) -> None:
    any_walk.step(models())
    changed = any_walk.step(models(', check="VALUE LIKE \'%@%\'", default="x@y", not_null=True'))
    assert f'ALTER DOMAIN app."{NAME}" SET DEFAULT ' in changed
    assert f'ALTER DOMAIN app."{NAME}" ADD CONSTRAINT "{NAME}_check" CHECK (VALUE LIKE' in changed
    assert f'ALTER DOMAIN app."{NAME}" SET NOT NULL' in changed
    assert "DROP VIEW" not in changed
    again = any_walk.step(
        models(', check="VALUE LIKE \'%@%.%\'", constraint_name="form"', default=', server_default="a@b.c"')
    )
    assert f'ALTER DOMAIN app."{NAME}" DROP CONSTRAINT "{NAME}_check"' in again
    assert f'ALTER DOMAIN app."{NAME}" DROP NOT NULL' in again
    any_walk.step("")


def test_a_domain_that_is_made_of_another_type_is_made_again_under_its_columns(walk: Walk) -> None:
    walk.step(models(", check=\"VALUE LIKE '%@%'\""))
    changed = walk.step(models(", check=\"VALUE LIKE '%@%'\"", type_="String(90)"))
    assert f'ALTER TYPE app."{NAME}" RENAME TO' in changed
    assert f'DROP TYPE app."{NAME}__old"' in changed
    walk.finish()


def test_a_domain_with_arrays_is_made_again_where_rows_are_tested(walk: Walk) -> None:
    """PostgreSQL alters no domain so that a column of an array of it had to be tested."""
    arrays = (
        'Table("lists", metadata, Column("id", Integer, primary_key=True), Column("all", ARRAY(email)), schema="app")'
    )
    walk.step(models() + arrays)
    changed = walk.step(models(", check=\"VALUE LIKE '%@%'\", not_null=True") + arrays)
    assert f'ALTER TYPE app."{NAME}" RENAME TO' in changed
    changed = walk.step(models(', check="VALUE LIKE \'%@%\'", not_null=True, default="x@y"') + arrays)
    assert "RENAME TO" not in changed


def test_registered_domains_come_with_comments_and_several_checks(walk: Walk) -> None:
    registered = """
register_domain(metadata, DomainDefinition(schema="app", name="price", type="numeric(10,2)", checks={checks}, comment={comment}))
Table("goods", metadata, Column("id", Integer, primary_key=True), Column("price", DOMAIN("price", Numeric(10, 2), schema="app")), schema="app")
"""
    walk.step(
        HEADING + registered.format(checks='{"low": "VALUE >= 0", "high": "VALUE < 1000"}', comment='"what it costs"')
    )
    changed = walk.step(
        HEADING + registered.format(checks='{"low": "VALUE > 0", "high": "VALUE < 1000"}', comment="None")
    )
    assert "DROP CONSTRAINT low" in changed
    assert "high" not in changed
    assert "COMMENT ON DOMAIN app.price IS NULL" in changed


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


def test_a_domain_of_somebody_else_is_left_alone(walk: Walk) -> None:
    walk.step(models())
    walk.database.run("CREATE DOMAIN app.theirs AS text CHECK (VALUE <> '')")
    assert walk.trip.pending() == ""
