"""Whatever stands in a function's body, a view or an expression arrives as it was written, online and through psql."""

from collections.abc import Callable

import pytest

from tests.alembic.conftest import Walk
from tests.support.databases import Database

BODIES = {
    "backslashes": "SELECT regexp_replace('a', '(a)', '\\1\\\\') || E'\\n\\''",
    "triple_quotes": "SELECT '\"\"\"' || '''''' || '\"'",
    "colons": "SELECT ':x' || ' :y ' || '\\:z' || 'a'::text || (ARRAY[1,2])[1:2]::text",
    "percents": "SELECT format('%s %% %I', 'a', 'b') WHERE 'a' LIKE 'a%'",
    "dollars": "SELECT $$a$$ || $body$b$body$ || '$1'",
    "tabs": "\n\tSELECT\t'a\tb'  \n\t",
    "carriage_returns": "SELECT 1;\r\nSELECT 'a\r\nb'\r\n",
    "blanks": "  \n   \nSELECT 'a   \n   b'   \n  ",
    "unicode": "SELECT 'ü é \u2028 \u00a0 😀 \u200b'",
    "braces": "SELECT '{a} ${b} <% c %> ## d'",
    "marker": "SELECT 'x\n    # pgcraft: drop function app.tabs()\ny'",
}
MODELS = "\n".join(
    f'register_function(metadata, FunctionDefinition(schema="app", name="{name}", returns="text", language="sql", '
    f"body={body!r}, comment={body!r}))"
    for name, body in BODIES.items()
)
OTHERS = r"""
Table("t", metadata, Column("id", Integer, primary_key=True),
    Column("a", String, CheckConstraint("a LIKE '10%' AND a <> '\\:x' AND a <> '\\1'", name="odd"),
           server_default=text("'50% \\:y'"), comment="100% :z"),
    Column("b", String, Computed("a || '% \\:x'")),
    Index("ix", text("(a || '% \\:x')"), postgresql_where=text("a <> '%\\:x'")), schema="app")
PGCraftView("v", "app", metadata, query=text("SELECT id, '\\:x %' AS c, a LIKE '%\\%' AS d FROM app.t"))
register_trigger(metadata, TriggerDefinition(schema="app", relation="t", name="odd \"name\" %s :x", timing="before",
    events=("insert",), function=("app", "noop"), arguments=("a'b", "%", ":x", "\\")))
register_function(metadata, FunctionDefinition(schema="app", name="noop", returns="trigger", body="BEGIN RETURN NEW; END"))
"""

DEFAULT_OF_A = (
    "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum "
    "WHERE attname = 'a'"
)


def read_bodies(database: Database) -> dict[str, str]:
    return dict(database.rows("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'app'::regnamespace"))


@pytest.mark.parametrize("paramstyle", ["as the driver says", "named"])
def test_bodies_arrive_to_the_byte(walk: Walk, new_database: Callable[[], Database], paramstyle: str) -> None:
    """A body that comes back changed never settles, and worse, does something else."""
    if paramstyle == "named":
        env = walk.trip.project.root / "migrations/env.py"
        named = 'literal_binds=True,\n        dialect_opts={"paramstyle": "named"},'
        env.write_text(env.read_text().replace("literal_binds=True,", named))
    walk.step(MODELS)
    assert BODIES == read_bodies(walk.database)
    other = new_database()
    other.psql(walk.trip.render_upgrade())
    assert BODIES == read_bodies(other)
    other.psql(walk.trip.render_downgrade("head:base"))
    assert {} == dict(other.rows("SELECT nspname, nspname FROM pg_namespace WHERE nspname = 'app'"))


def test_expressions_arrive_as_written(walk: Walk, new_database: Callable[[], Database]) -> None:
    """Alembic doubles percent signs and binds colons in the text of checks, defaults and indexes.

    In the way back of a drop, where it writes what SQLAlchemy reflected, ``:x`` became NULL.
    """
    walk.step(OTHERS)
    walk.step('Table("t", metadata, Column("id", Integer, primary_key=True), schema="app")')
    walk.trip.downgrade("-1")
    default = walk.database.value(DEFAULT_OF_A)
    assert "'50% :y'::character varying" == default
    other = new_database()
    other.psql(walk.trip.render_upgrade())
    other.psql(walk.trip.render_downgrade("head:-1"))
    for kind in (
        "pg_get_constraintdef(oid) FROM pg_constraint WHERE conname",
        "pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname",
    ):
        query = f"SELECT {kind} LIKE '%odd%'"
        assert walk.database.value(query) == other.value(query)
