"""Our printer of queries: it moves white space and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgcraft.catalog.tokens import TokenType, tokenize
from pgcraft.collect.layout import layout_query

LONG = ", ".join(f"p.a_rather_long_column_name_{number}" for number in range(4))

LINES = LONG.replace(", ", ",\n    ")

LAID_OUT = {
    "SELECT p.id \nFROM a.b AS p \nWHERE p.id > 1 AND p.x ORDER BY p.id": (
        "SELECT p.id\nFROM a.b AS p\nWHERE p.id > 1 AND p.x\nORDER BY p.id"
    ),
    "SELECT 1 FROM a LEFT OUTER JOIN b ON a.x = b.x JOIN LATERAL (SELECT 2 FROM c) AS d ON true": (
        "SELECT 1\nFROM a\nLEFT OUTER JOIN b ON a.x = b.x\nJOIN LATERAL (\n    SELECT 2\n    FROM c\n) AS d ON true"
    ),
    "SELECT 1 UNION ALL SELECT 2 LIMIT 3": "SELECT 1\nUNION ALL\nSELECT 2\nLIMIT 3",
    "WITH x AS (SELECT 1 AS n), y AS (SELECT 2) SELECT n FROM x, y": (
        "WITH x AS (\n    SELECT 1 AS n\n), y AS (\n    SELECT 2\n)\nSELECT n\nFROM x, y"
    ),
    "SELECT extract(year FROM now()), a IS DISTINCT FROM b, left(c, 2), sum(x) OVER (ORDER BY y) FROM t": (
        "SELECT extract(year FROM now()), a IS DISTINCT FROM b, left(c, 2), sum(x) OVER (ORDER BY y)\nFROM t"
    ),
    "SELECT 'FROM x\n WHERE' FROM t": "SELECT 'FROM x\n WHERE'\nFROM t",
    "SELECT a -- why\n, b FROM t": "SELECT a -- why\n, b\nFROM t",
    "SELECT a /* why */, b FROM t": "SELECT a /* why */, b\nFROM t",
    "SELECT a FROM (SELECT 1 -- why\n AS a) AS t": "SELECT a\nFROM (\n    SELECT 1 -- why\n    AS a\n) AS t",
    **{f"{head} {LONG} FROM t": f"{head}\n    {LINES}\nFROM t" for head in ("SELECT", "SELECT DISTINCT")},
    f"SELECT DISTINCT ON (a, b) {LONG} FROM t": f"SELECT DISTINCT ON (a, b)\n    {LINES}\nFROM t",
    f"SELECT (a), {LONG} FROM t": f"SELECT\n    (a),\n    {LINES}\nFROM t",
    f"SELECT f(a, b), {LONG} FROM t": f"SELECT\n    f(a, b),\n    {LINES}\nFROM t",
    f"SELECT 1 FROM t GROUP BY {LONG}": f"SELECT 1\nFROM t\nGROUP BY\n    {LINES}",
    f"SELECT 1 FROM t ORDER BY {LONG}": f"SELECT 1\nFROM t\nORDER BY\n    {LINES}",
    f"WITH x AS (SELECT {LONG}) SELECT 1 FROM x": (
        f"WITH x AS (\n    SELECT\n        {LINES.replace('    ', '        ')}\n)\nSELECT 1\nFROM x"
    ),
    f"SELECT 1 FROM {LONG}": f"SELECT 1\nFROM {LONG}",
}
"""Queries, and how they are laid out."""


@pytest.mark.parametrize("sql", LAID_OUT)
def test_one_clause_stands_on_a_line(sql: str) -> None:
    assert LAID_OUT[sql] == layout_query(sql)


CONDITIONS = {
    "t.column_number_{0} BETWEEN 1 AND {0}": "t.column_number_{0} BETWEEN 1 AND {0}",
    "t.column_number_{0} IN (1, 2, 3) OR {0} > 0": "t.column_number_{0} IN (1, 2, 3)\n    OR {0} > 0",
    "CASE WHEN a AND b{0} OR c THEN 1 ELSE {0} END": "CASE WHEN a AND b{0} OR c THEN 1 ELSE {0} END",
    "CASE WHEN CASE WHEN b{0} THEN 1 END OR c THEN 2 END": "CASE WHEN CASE WHEN b{0} THEN 1 END OR c THEN 2 END",
    "(t.column_number_{0} > 1 AND a OR b = {0})": "(t.column_number_{0} > 1 AND a OR b = {0})",
}
"""Parts of a condition, and how they are laid out."""


@pytest.mark.parametrize("part", CONDITIONS)
@pytest.mark.parametrize("word", ["AND", "OR"])
@pytest.mark.parametrize("clause", ["WHERE", "HAVING", "LEFT OUTER JOIN u ON"])
def test_a_long_condition_goes_one_part_a_line_but_what_belongs_together_stays_whole(
    part: str, word: str, clause: str
) -> None:
    condition, laid_out = (
        f"{between}{word} ".join(text.format(number) for number in range(4))
        for text, between in ((part, " "), (CONDITIONS[part], "\n    "))
    )
    assert f"SELECT 1\nFROM t\n{clause} {laid_out}" == layout_query(f"SELECT 1 FROM t {clause} {condition}")


@pytest.mark.parametrize(("size", "lines"), [(100, 1), (101, 2)])
def test_a_clause_of_a_hundred_characters_is_not_too_long(size: int, lines: int) -> None:
    head, tail = "WHERE a AND ", "b"
    laid_out = layout_query(f"SELECT 1 FROM t {head}{tail * (size - len(head))}")
    assert 2 + lines == len(laid_out.split("\n"))


WORDS = st.sampled_from(
    "SELECT FROM WHERE JOIN LEFT ON AND OR BETWEEN CASE END GROUP ORDER BY UNION ALL DISTINCT WITH long_long_long_long_long_long ( ) , a b.c 'x,(y' \"z\" 1".split(
        " "
    )
)


@given(st.lists(WORDS, max_size=60))
def test_no_token_is_lost_or_changed(words: list[str]) -> None:
    sql = " ".join(words)

    def marks(text: str) -> list[str]:
        return [token.text for token in tokenize(text) if token.type is not TokenType.SPACE]

    balanced = sql if sql.count("(") == sql.count(")") else sql.replace("(", "").replace(")", "")
    if all(balanced[:end].count("(") >= balanced[:end].count(")") for end in range(len(balanced))):
        assert marks(balanced) == marks(layout_query(balanced))
