"""Composite and range types on their way: changed where they stand, or made again with what is made of them."""

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.made_types import Composite
from tests.alembic.conftest import Walk

NAME = 'ad"dress'
HEADING = """
def named(name):
    return PGCraftNamedType(name, schema="app")
"""
ALONE = """
register_composite(metadata, CompositeDefinition(schema="app", name='ad"dress', attributes={attributes}{facts}))
register_function(metadata, FunctionDefinition(
    schema="app", name="town", arguments='a app."ad""dress"', returns="text", language="sql", body="SELECT ($1).town"))
"""
COLUMNS = """
register_domain(metadata, DomainDefinition(schema="app", name="home", type='app."ad""dress"'{home}))
register_composite(metadata, CompositeDefinition(
    schema="app", name="pair", attributes={{"here": "app.home", "there": 'app."ad""dress"[]', "n": "integer"}}))
Table("people", metadata, Column("id", Integer, primary_key=True),
      Column("at", named('ad"dress'), server_default=text("'{value}'::app.\\"ad\\"\\"dress\\"")),
      Column("all", ARRAY(named('ad"dress'))), Column("home", named("home")), Column("pair", named("pair")), schema="app")
register_view(metadata, ViewDefinition(
    schema="app", name="towns", query='SELECT id, (at).town AS town, (pair).here AS here FROM app.people'))
"""
FILLED = """
INSERT INTO app.people VALUES
  (1, ('High St', 'Ulm'), ARRAY[('a', 'b'), NULL, (NULL, NULL)]::app."ad""dress"[], ('c', 'd'),
   ROW(('e', 'f')::app.home, ARRAY[('g', 'h')::app."ad""dress"], 5)),
  (2, NULL, NULL, NULL, NULL), (3, (NULL, NULL), '{}', (NULL, 'x'), (NULL, NULL, NULL))
"""
SHOWN = """
SELECT json_agg(row_to_json(p) ORDER BY id), bool_and((at IS NOT DISTINCT FROM NULL) = (id = 2)) FROM app.people p
"""
BOTH = {"street": "text", "town": "text"}


def in_columns(attributes: dict[str, str], value: str = "(x,y)", home: str = "") -> str:
    return alone(attributes) + COLUMNS.format(value=value, home=home)


def alone(attributes: dict[str, str], facts: str = "") -> str:
    return HEADING + ALONE.format(attributes=attributes, facts=facts)


@pytest.mark.each_server
def test_a_composite_type_that_holds_nothing_changes_where_it_stands(any_walk: Walk) -> None:
    any_walk.step(alone(BOTH))
    comments = ", comment=\"it's\", attribute_comments={'town': 'a:b'}, collations={'street': '\"C\"'}"
    changed = any_walk.step(alone({"street": "varchar(9)", "town": "text", "zip": "integer"}, comments))
    assert (
        'ALTER TYPE app."ad""dress" ALTER ATTRIBUTE street TYPE character varying(9) COLLATE "C", '
        "ADD ATTRIBUTE zip integer" in changed
    )
    assert "DROP FUNCTION" not in changed
    changed = any_walk.step(alone({"street": "varchar(9)", "town": "text"}))
    assert "DROP ATTRIBUTE zip" in changed
    assert 'COMMENT ON COLUMN app."ad""dress".town IS NULL' in changed
    changed = any_walk.step(alone({"town": "text", "street": "varchar(9)"}))
    assert 'DROP TYPE app."ad""dress__old"' in changed
    any_walk.finish()


@pytest.mark.each_server
def test_a_composite_type_under_columns_and_other_types_keeps_what_they_hold(any_walk: Walk) -> None:
    """Values move attribute by attribute, inside of arrays, domains and other composite types, too."""
    any_walk.step(in_columns(BOTH))
    any_walk.database.run(FILLED)
    added = any_walk.step(in_columns(BOTH | {"zip": "integer"}, "(x,y,)"))
    assert "RENAME TO" not in added.partition("def downgrade")[0]
    ((rows, has_same_nulls),) = any_walk.database.rows(SHOWN)
    assert {"street": "High St", "town": "Ulm", "zip": None} == rows[0]["at"]
    assert has_same_nulls
    any_walk.step(in_columns({"zip": "bigint", "town": "varchar(20)"}, "(1,y)"))
    ((rows, has_same_nulls),) = any_walk.database.rows(SHOWN)
    moved = {"zip": None, "town": "f"}
    assert [{"zip": None, "town": "b"}, None, {"zip": None, "town": None}] == rows[0]["all"]
    assert ({"here": moved, "there": [{"zip": None, "town": "h"}], "n": 5}, None) == (rows[0]["pair"], rows[1]["pair"])
    assert {"zip": None, "town": "x"} == rows[2]["home"]
    assert has_same_nulls
    check = ", checks={'full': \"(VALUE).town IS DISTINCT FROM ''\"}"
    checked = any_walk.step(in_columns({"zip": "bigint", "town": "varchar(20)"}, "(1,y)", check))
    assert "ALTER TYPE app.home RENAME TO" in checked  # PostgreSQL tests no value inside of another


def test_what_others_say_of_a_composite_type_stays(walk: Walk) -> None:
    walk.step(in_columns(BOTH))
    walk.database.run("""
        COMMENT ON COLUMN app."ad""dress".town IS 'theirs'; COMMENT ON TYPE app."ad""dress" IS 'theirs, too';
        CREATE TYPE app.strange AS (a integer);
    """)
    assert walk.trip.pending() == ""
    walk.step(in_columns({"town": "text", "street": "text"}))
    found = walk.read().by_id[parse_id(r'composite app."ad\"dress"')].defined_as(Composite)
    assert ("theirs, too", (("town", "theirs"),)) == (found.comment, found.column_comments)
    assert parse_id("composite app.strange") in walk.read().by_id


RANGES = """
register_range(metadata, RangeDefinition(schema="app", name='sp"an', subtype="{subtype}"{facts}))
register_function(metadata, FunctionDefinition(
    schema="app", name="f", arguments='a {multirange}', returns="integer", language="sql", body="SELECT 1"))
Table("spans", metadata, Column("id", Integer, primary_key=True), Column("one", named('sp"an')),
      Column("many", named({column!r})), Column("all", ARRAY(named('sp"an'))), schema="app")
"""


def ranges(subtype: str, facts: str = "", multirange: str = 'sp"an_multirange') -> str:
    name = 'app."' + multirange.replace('"', '""') + '"'
    return HEADING + RANGES.format(subtype=subtype, facts=facts, multirange=name, column=multirange)


@pytest.mark.each_server
def test_a_range_type_is_made_again_under_its_columns(any_walk: Walk) -> None:
    any_walk.step(ranges("integer"))
    any_walk.database.run(
        "INSERT INTO app.spans VALUES (1, '[1,5]', '{[1,2),[4,9)}', ARRAY['(,3)', NULL]::app.\"sp\"\"an\"[])"
    )
    commented = any_walk.step(ranges("integer", ', comment="x"'))
    assert "RENAME TO" not in commented
    changed = any_walk.step(ranges("numeric"))
    assert 'DROP TYPE app."sp""an__old"' in changed
    any_walk.step(ranges("text"))
    any_walk.step(ranges("text", ', operator_class="text_pattern_ops", comment="x"'))
    shown = any_walk.database.rows('SELECT one::text, many::text, "all"::text FROM app.spans')
    assert [("[1,5]", "{[1,2),[4,9)}", '{"(,3)",NULL}')] == shown
    any_walk.finish()


BARE = """
register_composite(metadata, CompositeDefinition(schema="app", name="pair", attributes={"a": "citext", "b": "citext[]"}))
register_range(metadata, RangeDefinition(schema="app", name="span", subtype="citext"))
"""


def test_what_types_are_made_of_is_found_without_its_schema(walk: Walk) -> None:
    """A type of an extension that the models name as the search path finds it was another one on each comparison."""
    walk.database.run("CREATE EXTENSION citext")
    walk.step(BARE)
    assert walk.trip.pending() == ""
