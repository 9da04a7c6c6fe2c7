"""Our printer of queries: it moves white space and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgcraft.catalog.tokens import TokenType, tokenize
from pgcraft.collect.layout import layout_query

LONG = ", ".join(f"p.a_rather_long_column_name_{number}" for number in range(4))

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
    f"SELECT DISTINCT {LONG} FROM t": "SELECT DISTINCT\n    " + LONG.replace(", ", ",\n    ") + "\nFROM t",
}


@pytest.mark.parametrize("sql", LAID_OUT)
def test_one_clause_stands_on_a_line(sql: str) -> None:
    assert LAID_OUT[sql] == layout_query(sql)


def test_a_long_condition_goes_one_part_a_line_but_between_stays_whole() -> None:
    parts = [f"t.column_number_{number} BETWEEN 1 AND {number}" for number in range(4)]
    laid_out = layout_query(f"SELECT 1 FROM t WHERE {' AND '.join(parts)}")
    assert "WHERE " + "\n    AND ".join(parts) == laid_out.split("\n", 2)[2]


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
