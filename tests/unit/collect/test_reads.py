"""Which columns a query takes of each relation: never one too few, and as few more as its text allows."""

import pytest

from pgcraft.catalog.linking import QualifiedName
from pgcraft.collect.reads import find_columns

T, U, P, UNKNOWN = ("app", "t"), ("app", "u"), ("public", "p"), ("app", "unknown")
RELATIONS = {T: ("a", "b", "c"), U: ("a", "x"), P: ("k", "v"), UNKNOWN: ()}

Found = dict[QualifiedName, tuple[str, ...] | None]
TAKEN: dict[str, Found] = {
    "SELECT a FROM app.t": {T: ("a",)},
    "SELECT c, b FROM app.t": {T: ("b", "c")},
    'SELECT "a" FROM "app" . "t"': {T: ("a",)},
    "SELECT a AS b FROM app.t": {T: ("a",)},
    "SELECT 1 FROM app.t WHERE lower(b) = c": {T: ("b", "c")},
    # relations
    "SELECT 1": {},
    "SELECT k FROM p": {P: ("k",)},
    "SELECT k FROM public.p": {P: ("k",)},
    "SELECT k FROM other.p": {},
    "SELECT a FROM t": {},
    "SELECT a FROM app.unknown": {UNKNOWN: None},
    "SELECT * FROM app.unknown, app.u": {UNKNOWN: None, U: ("a", "x")},
    "INSERT INTO p (k) SELECT x FROM app.u": {P: ("k",), U: ("x",)},
    # all columns, or none
    "SELECT * FROM app.t": {T: ("a", "b", "c")},
    "SELECT DISTINCT * FROM app.t": {T: ("a", "b", "c")},
    "SELECT ALL * FROM app.t": {T: ("a", "b", "c")},
    "SELECT 1, * FROM app.t": {T: ("a", "b", "c")},
    "SELECT t.* FROM app.t, app.u": {T: ("a", "b", "c"), U: ("a",)},
    "SELECT count(*) FROM app.t": {T: ("a",)},
    "SELECT 2 * b FROM app.t": {T: ("b",)},
    "SELECT true FROM app.u": {U: ("a",)},
    "SELECT 1 FROM app.t NATURAL JOIN app.u": {T: ("a", "b", "c"), U: ("a", "x")},
    # a row of the relation
    "SELECT t FROM app.t": {T: ("a", "b", "c")},
    "SELECT to_json(r) FROM app.t AS r": {T: ("a", "b", "c")},
    "SELECT r (1) FROM app.t AS r": {T: ("a",)},
    # with the relation's name, or an alias
    "SELECT t.b FROM app.t": {T: ("b",)},
    "SELECT app.t.b FROM app.t": {T: ("b",)},
    "SELECT r.b FROM app.t r": {T: ("b",)},
    "SELECT r.b FROM app.t AS r": {T: ("b",)},
    "SELECT r.b, s.c FROM app.t r JOIN app.t s ON r.a = s.a": {T: ("a", "b", "c")},
    "SELECT s.x FROM app.t r, app.u s": {T: ("a",), U: ("x",)},
    "SELECT p.b FROM app.t": {T: ("a",)},
    "SELECT s.a FROM app.t r, app.u s": {T: ("a",), U: ("a",)},
    "SELECT z.b, z.*, 2.5 * c FROM app.t": {T: ("c",)},
    # one name of two relations is taken of both
    "SELECT b, x FROM app.t JOIN app.u USING (a)": {T: ("a", "b"), U: ("a", "x")},
    "SELECT (SELECT max(x) FROM app.u) FROM app.t WHERE c > 1": {T: ("c",), U: ("x",)},
}


@pytest.mark.parametrize("query", TAKEN)
def test_a_query_takes_these_columns(query: str) -> None:
    assert TAKEN[query] == find_columns(query, RELATIONS)


CONTINUES = (
    "WHERE ON JOIN LEFT RIGHT FULL INNER CROSS OUTER USING GROUP ORDER HAVING WINDOW LIMIT OFFSET FETCH FOR UNION"
    " INTERSECT EXCEPT SET RETURNING TABLESAMPLE LATERAL AND OR"
)


@pytest.mark.parametrize("word", CONTINUES.split())
def test_a_word_that_goes_on_behind_a_relation_is_no_alias(word: str) -> None:
    """It would stand for a whole row wherever it comes again."""
    assert {T: ("b",)} == find_columns(f"SELECT 1 FROM app.t {word} b {word} 1", RELATIONS)
