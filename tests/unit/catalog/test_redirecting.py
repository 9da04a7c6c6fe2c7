"""SQL that is told of copies in other schemas, and what PostgreSQL prints of these told of the objects again."""

import pytest

from pgcraft.catalog.definitions import Column, View
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.redirecting import NOWHERE, Redirection, replace_names

NAMES = frozenset({("app", "t"), ("O\"d'd %", "x.y"), ("app", "f")})
THERE = Redirection(NAMES)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT t.a FROM app.t", "SELECT t.a FROM pgcraft_renamed_2.t"),
        ("SELECT a.app.t, 'app.t x' FROM APP . T", "SELECT a.app.t, 'app.t x' FROM pgcraft_renamed_2.t"),
        ("app.f(1) + app.g(2)", "pgcraft_renamed_2.f(1) + app.g(2)"),
        ("nextval('app.t'::regclass)", "nextval('pgcraft_renamed_2.t'::regclass)"),
        ("'app.f(app.t)'::regprocedure", "'pgcraft_renamed_2.f(pgcraft_renamed_2.t)'::regprocedure"),
        ("nextval('app.t')", "nextval('pgcraft_renamed_2.t')"),
        ("'{}'::app.t[] -- app.t", "'{}'::pgcraft_renamed_2.t[] -- app.t"),
        ('"O""d\'d %"."x.y"', 'pgcraft_renamed_1."x.y"'),
        ("AS $$SELECT 1 FROM app.t$$", "AS $$SELECT 1 FROM app.t$$"),
        ("app.t", "pgcraft_renamed_2.t"),
        ("SELECT app.t FROM app.t JOIN s.x app ON app.f > app.f(1)",
         "SELECT app.t FROM pgcraft_renamed_2.t JOIN s.x app ON app.f > pgcraft_renamed_2.f(1)"),
        ("app", "app"),
        ("SELECT f(1, app.t), app.f FROM (SELECT 1) app, app.t, app.f(2) WHERE a = 1",
         "SELECT f(1, app.t), app.f FROM (SELECT 1) app, pgcraft_renamed_2.t, pgcraft_renamed_2.f(2) WHERE a = 1"),
        ("CREATE TABLE app.t (app integer, b app.f)", "CREATE TABLE pgcraft_renamed_2.t (app integer, b pgcraft_renamed_2.f)"),
    ],
)  # fmt: skip
def test_names_with_their_schema_lead_to_the_copies_and_back(sql: str, told: str) -> None:
    """Not what others are called, what is told in words, or the text of a body."""
    assert told == THERE.there(sql)
    assert THERE.there(THERE.back(told)) == told
    assert sql == NOWHERE.there(sql)


def test_what_is_printed_of_copies_has_the_names_of_the_objects() -> None:
    """In SQL they are quoted, in a string twice, and where a name stands alone not at all."""
    assert '"O""d\'d %".z + app.t' == THERE.back("pgcraft_renamed_1.z + pgcraft_renamed_2.t")
    assert "'\"O\"\"d''d %\".z'::regclass" == THERE.back("'pgcraft_renamed_1.z'::regclass")
    assert "O\"d'd %" == THERE.back("pgcraft_renamed_1")
    assert "pgcraft_renamed_12.t" == THERE.back("pgcraft_renamed_12.t")


def test_copies_are_read_as_the_objects() -> None:
    function = ObjectId(Kind.FUNCTION, "pgcraft_renamed_2", "f", signature="pgcraft_renamed_2.t")
    view = CatalogObject(ObjectId(Kind.VIEW, "pgcraft_renamed_2", "v"), View("SELECT pgcraft_renamed_2.f(1)", ("a",)))
    column = CatalogObject(ObjectId(Kind.COLUMN, "other", "c", "t"), Column(1, "pgcraft_renamed_2.t"))
    copies = make_catalog([view, column, CatalogObject(function, View("SELECT 1"))])
    read = THERE.take_back(copies)
    assert "SELECT app.f(1)" == read.by_id[ObjectId(Kind.VIEW, "app", "v")].defined_as(View).query
    assert "app.t" == read.by_id[column.id].defined_as(Column).type
    assert ObjectId(Kind.FUNCTION, "app", "f", signature="app.t") in read.by_id
    assert copies is NOWHERE.take_back(copies)


def test_other_names_may_be_in_other_schemas() -> None:
    assert 'SELECT b."C" FROM b."C"' == replace_names('SELECT b."C" FROM a.c', {("a", "c"): ("b", "C")})
