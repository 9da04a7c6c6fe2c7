"""How many columns a query of ours has is told by its text."""

import pytest

from pgcraft.introspect.fetching import count_columns, decode_rows, fetch_each

COUNTS = {
    "SELECT a FROM t": 1,
    "SELECT a, b FROM t, u": 2,
    "SELECT f(a, b), ARRAY[a, b], (SELECT x, y FROM u), 'a, FROM b' FROM t": 4,
    "SELECT CASE WHEN a IS DISTINCT FROM b THEN (a, b) ELSE b END, a IS NOT DISTINCT FROM b FROM t": 2,
    "SELECT a, -- the first, FROM there\n b FROM t": 2,
    "SELECT a, b FROM t UNION ALL SELECT a, b FROM u": 2,
    "WITH x AS (SELECT a, b, c FROM t), y AS (SELECT 1) SELECT a, b FROM x": 2,
    "SELECT 1, 2": 2,
}


@pytest.mark.parametrize("query", COUNTS)
def test_columns_are_counted(query: str) -> None:
    assert COUNTS[query] == count_columns(query)


def test_all_is_asked_in_one_statement() -> None:
    asked: list[str] = []

    def fetch(query: str) -> list[tuple[str | None, ...]]:
        asked.append(query)
        return [("[]", None)]

    assert ["[]", None] == fetch_each(fetch, ["SELECT a, b FROM t", "SELECT c FROM u"])
    assert [
        "SELECT (SELECT pg_catalog.json_build_array(pg_catalog.json_agg(c0), pg_catalog.json_agg(c1)) "
        "FROM (SELECT a, b FROM t) q(c0, c1))::text, "
        "(SELECT pg_catalog.json_build_array(pg_catalog.json_agg(c0)) FROM (SELECT c FROM u) q(c0))::text"
    ] == asked


def test_columns_become_rows() -> None:
    assert [] == list(decode_rows(None))
    assert [] == list(decode_rows("[null, null, null]"))
    assert [("a", 1, None), ("b", 2, True)] == list(decode_rows('[["a", "b"], [1, 2], [null, true]]'))
