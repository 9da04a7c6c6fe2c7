"""A view that shows all of what it reads is known by its query."""

import pytest

from pgcraft.diff.stars import shows_all

ALL = (
    "SELECT * FROM t",
    "select t.* from t",
    "SELECT a, t.*, b FROM t",
    "SELECT DISTINCT ON (a) * FROM t",
    "SELECT a FROM (SELECT * FROM t) AS q",
    "WITH q AS (SELECT *) SELECT 1",
    "TABLE t",
    "(TABLE t)",
    "SELECT * -- all of it\n UNION ALL SELECT 1",
)
SOME = (
    "SELECT a FROM t",
    "SELECT a * b AS c, (a) * 2 FROM t",
    "SELECT count(*) FROM t",
    "SELECT count(*) * 2 FROM t",
    "SELECT '*' AS star FROM t",
    'SELECT "*" FROM t',
    "SELECT a /* * */ FROM t",
    'SELECT "TABLE" FROM t',
)


@pytest.mark.parametrize("query", ALL)
def test_a_star_shows_all_columns(query: str) -> None:
    assert shows_all(query)


@pytest.mark.parametrize("query", SOME)
def test_what_is_no_star_shows_none(query: str) -> None:
    assert not shows_all(query)
