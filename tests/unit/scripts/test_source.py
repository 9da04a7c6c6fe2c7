"""What stands in a revision runs to the byte as it was declared."""

import ast
from textwrap import dedent

import pytest
from alembic.autogenerate.render import _indent
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from pgcraft.scripts.source import render_execute, spell_tabs

_PIECES = [*"ab:'\"\\$%\n\r\t ;()é\u2028\x0c\U0001f600#", "# pgcraft: ", '"""', ":x", "\\:"]
_BODY = st.lists(st.sampled_from(_PIECES), max_size=20).map("".join)


def _execute(source: str) -> str:
    """Run the call as a revision file would, and give the SQL that the driver is handed."""
    module = ast.parse("def upgrade():\n    " + _indent(source))
    call = module.body[0].body[0].value
    argument = call.args[0]
    is_dedented = isinstance(argument, ast.Call)
    value = dedent(ast.literal_eval(argument.args[0])) if is_dedented else ast.literal_eval(argument)
    return str(text(value).compile(dialect=postgresql.dialect(paramstyle="named")))


@given(_BODY)
@example("\\1")
@example('"""')
@example("x := ':x'; a\\:b \\: \\::c ::text")
@example("  \n \n\tx\n   ")
@example("    # pgcraft: drop view a.b\n")
def test_every_text_runs_as_it_was_written(body: str) -> None:
    """A body with backslashes, colons, quotes, blanks or markers in it came back changed."""
    sql = f"SELECT '{body}' AS \"x\""
    if "\t" not in sql:
        assert sql.strip(" \n\t") == _execute(render_execute(sql)).strip(" \n\t")


def test_readable_lines_stay_as_they_are() -> None:
    """Several lines stand in one literal, one line in a plain call."""
    one_line = "op.execute('GRANT SELECT ON a.b TO c')"
    several = 'op.execute(dedent("""\n    SELECT 1\n\n    FROM "x" -- \\\\1\n"""))'
    assert one_line == render_execute("GRANT SELECT ON a.b TO c")
    assert several == render_execute('SELECT 1\n\nFROM "x" -- \\1')


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("AS $b$\n\ta 'q' \\1$b$\t-- \t", "AS E'\n\\ta ''q'' \\\\1'\t-- \t"),
        ("'a\t''b'", "E'a\\t''b'"),
        ("E'\\n\t'", "E'\\n\\t'"),
        ('"c\td"', 'U&"c\\0009d"'),
        ("'e' \t 'f'", "'e' \t 'f'"),
    ],
)
def test_tabs_are_spelled_in_literals_only(written: str, spelled: str) -> None:
    """Alembic's offline output writes four blanks for a tab, also within a function body."""
    assert spelled == spell_tabs(written)
