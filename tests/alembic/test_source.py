"""What stands in a revision runs to the byte as it was declared."""

import ast
from textwrap import dedent

from alembic.autogenerate.render import _indent
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.source import render_execute, spell_tabs

_PIECES = [*"ab:'\"\\$%\n\r\t ;()é\u2028\x0c\U0001f600#", "# pgcraft: ", '"""', ":x", "\\:"]
_BODY = st.lists(st.sampled_from(_PIECES), max_size=20).map("".join)


def _execute(source: str) -> str:
    """Run the call as a revision file would, and give the SQL that the driver is handed."""
    module = ast.parse("def upgrade():\n    " + _indent(source))
    call = module.body[0].body[0].value
    argument = call.args[0]
    if isinstance(argument, ast.Call):
        value = dedent(ast.literal_eval(argument.args[0]))
    else:
        value = ast.literal_eval(argument)
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
    assert "op.execute('GRANT SELECT ON a.b TO c')" == render_execute("GRANT SELECT ON a.b TO c")
    assert 'op.execute(dedent("""\n    SELECT 1\n\n    FROM "x" -- \\\\1\n"""))' == render_execute("SELECT 1\n\nFROM \"x\" -- \\1")


def test_tabs_are_spelled_in_literals_only() -> None:
    """Alembic's offline output writes four blanks for a tab, also within a function body."""
    assert "AS E'\\n\\ta ''q'' \\\\1'\t-- \t" == spell_tabs("AS $body$\\n\ta 'q' \\1$body$\t-- \t").replace("\\\\n", "\\n")
    assert "E'a\\tb' E'\\n\\t' U&\"c\\0009d\" 'e'" == spell_tabs("'a\tb' E'\\n\t' \"c\td\" 'e'")
