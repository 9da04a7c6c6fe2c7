"""What revisions share stands in a file once, and every call sends to the byte what it stands for."""

from textwrap import dedent, indent
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from pgcraft.render.shared import SharedSql
from pgcraft.scripts.shared import render_shared

TEXT = "SELECT '{}'::text[], 1::int, ':x', '%', '{rows}', '<ROWS>' FROM (VALUES\n    <ROWS>\n) t WHERE <ROLES>"
HOSTILE = (
    "('a', 1)",
    "('{roles} <ROLES>', 2),\n    ('%s', :y, '\\')",
    "E'\\t'",
    "",
    "'\u2028'",
    '"""',
    "'# pgcraft: create'",
)


def run(calls: list[str], imports: set[str]) -> list[str]:
    """Return what a file sends, written as Alembic writes it and read as it reads."""
    sent: list[str] = []
    body = indent("\n".join(calls), "    ")
    source = "\n".join([*sorted(imports), "def upgrade():", body, "upgrade()"])
    op = SimpleNamespace(execute=lambda sql: sent.append(str(text(sql).compile()).strip()))
    exec(source, {"op": op, "dedent": dedent})
    return sent


@pytest.mark.parametrize("value", HOSTILE)
def test_a_call_sends_what_it_stands_for(value: str) -> None:
    shared = SharedSql("keep", TEXT, (("rows", value), ("roles", "true")))
    imports: set[str] = set()
    assert [shared.sql] == run([render_shared(shared, imports)], imports)
    assert f"VALUES\n    {value}\n" in shared.sql


def test_a_text_stands_in_a_file_once_and_two_have_two_names() -> None:
    first, again, other = (
        SharedSql("keep", each, (("rows", "1"), ("roles", "2"))) for each in (TEXT, TEXT, f"{TEXT}!")
    )
    alone = SharedSql("keep", "SELECT '{}'")
    unshared = SharedSql("", "DO $_$\nBEGIN\nEND\n$_$")
    imports: set[str] = set()
    calls = [render_shared(each, imports) for each in (first, again, other, alone, unshared)]
    assert ["keep", "keep_2", "keep_3"] == sorted(line.partition(" = ")[0] for line in imports)
    assert "op.execute(keep_3)" == calls[3]
    assert [each.sql for each in (first, again, other, alone, unshared)] == run(calls, imports)
