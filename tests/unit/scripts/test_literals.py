"""What expressions of a revision stand for, told without running it."""

import ast

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

from pgcraft.scripts.literals import UNKNOWN, Names

SCRIPT = """
from alembic import op as migrate
from textwrap import dedent
import sqlalchemy as sa
import sqlalchemy
from sqlalchemy import Integer as Whole, text
from sqlalchemy.dialects import postgresql
SCHEMA = OTHER = "app"
COUNT: int = 3
BARE: int
a.b = "no name"
COLUMNS = ["a", SCHEMA]
UNSURE = make()
"""

VALUES: dict[str, object] = {
    "'a'": "a",
    "None": None,
    "-1": UNKNOWN,
    "SCHEMA": "app",
    "OTHER": "app",
    "COUNT": 3,
    "BARE": UNKNOWN,
    "UNSURE": UNKNOWN,
    "b": UNKNOWN,
    "COLUMNS": ["a", "app"],
    "('a', SCHEMA)": ("a", "app"),
    "['a', UNSURE]": UNKNOWN,
    "('a', UNSURE)": UNKNOWN,
    "()": (),
    "dedent('  a')": "a",
    "migrate.f('x')": "x",
    "f'x'": UNKNOWN,
    "open('x')": UNKNOWN,
    "migrate.execute('x')": UNKNOWN,
    "sa.create_engine('postgresql://')": UNKNOWN,
    "sqlalchemy.orm.Session()": UNKNOWN,
    "other.Integer()": UNKNOWN,
    "Whole(1, 2)": UNKNOWN,
    "sa.ForeignKey()": UNKNOWN,
    "sa.String(length=UNSURE)": UNKNOWN,
    "sa.String(UNSURE)": UNKNOWN,
    "(lambda: 1)()": UNKNOWN,
    "(lambda: 1).f()": UNKNOWN,
}


@pytest.fixture
def names() -> Names:
    return Names(ast.parse(SCRIPT))


def read(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


@pytest.mark.parametrize("source", VALUES)
def test_a_value_is_known_where_the_text_tells_it(source: str, names: Names) -> None:
    value = names.evaluate(read(source))
    assert VALUES[source] is value if VALUES[source] is UNKNOWN else VALUES[source] == value


def test_parts_of_a_schema_are_made(names: Names) -> None:
    """With what is known of a column, for the rest says nothing of its name."""
    column = names.evaluate(
        read("sa.Column('c', Whole(), make(), sa.ForeignKey('a.b'), nullable=False, comment=make(), unique=True)")
    )
    assert isinstance(column, sa.Column)
    assert ("c", False, None, True) == (column.name, column.nullable, column.comment, column.unique)
    assert ["a.b"] == [key.target_fullname for key in column.foreign_keys]
    assert isinstance(column.type, sa.Integer)
    assert isinstance(names.evaluate(read("postgresql.JSONB()")), postgresql.JSONB)
    assert 5 == names.evaluate(read("sa.String(length=5)")).length
    assert isinstance(names.evaluate(read("migrate.f('x')")), conv)
    assert "now()" == str(names.evaluate(read("text('now()')")))
    assert "now()" == str(names.evaluate(read("sa.text('now()')")))
    assert "x" == str(names.evaluate(read("sa.literal_column('x')")))


def test_paths_follow_the_imports(names: Names) -> None:
    paths = ("migrate", "migrate.f", "op.f", "sa.Column", "sqlalchemy.Column", "Whole", "local", "f().x")
    expected = (
        "alembic.op",
        "alembic.op.f",
        "alembic.op.f",
        *("sqlalchemy.Column",) * 2,
        "sqlalchemy.Integer",
        "local",
        "",
    )
    assert expected == tuple(names.find_path(read(path)) for path in paths)


def test_arguments_are_known_by_place_and_name(names: Names) -> None:
    call = read("f('a', make(), schema=SCHEMA, other=make(), **more)")
    assert isinstance(call, ast.Call)
    assert (["a", UNKNOWN], {"schema": "app", "other": UNKNOWN, "**": UNKNOWN}) == names.arguments(call)
