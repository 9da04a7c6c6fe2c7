"""What is likely to have got another name, in words, and as the models say it."""

from dataclasses import replace

import pytest

from pgcraft.catalog.definitions import Column, Definition, Enum, Function, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.likely import LikelyRename, find_likely, take_answers
from tests.unit.diff.catalogs import make

A = Column(1, "text")
T: dict[str, Definition] = {"table app.t": Table(), "column app.t.id": Column(1, "integer")}
F = Function("n integer", "integer", "sql", "SELECT 1")
V = View("SELECT 1", ("a",), ("integer",))
MOOD = Enum(("glad", "sad"))


def find(before: dict[str, Definition], after: dict[str, Definition], *kept: str) -> list[tuple[str, str]]:
    """Return the pairs of ids; what goes for good is all that only the first has, but for what is kept."""
    current, wanted = make(before), make(after)
    diff = compare_catalogs(current, wanted)
    dropped = {item.id for item in diff.removed} - {parse_id(line) for line in kept}
    return [(str(each.old), str(each.new)) for each in find_likely(diff, current, wanted, dropped)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({**T, "column app.t.a": A}, {**T, "column app.t.b": replace(A, position=9, comment="x")}),
        (T, {"table app.u": Table(comment="x"), "column app.u.id": Column(1, "integer")}),
        ({"view app.v": V}, {"view app.w": replace(V, query="SELECT 2")}),
        ({"function app.f(integer)": F}, {"function app.g(integer)": F}),
        ({"enum app.mood": MOOD}, {"enum app.state": MOOD}),
    ],
)
def test_what_comes_in_its_place_and_looks_like_it_is_likely_the_same(
    old: dict[str, Definition], new: dict[str, Definition]
) -> None:
    (gone,) = [line for line in old if line not in new and "id" not in line]
    (come,) = [line for line in new if line not in old and "id" not in line]
    assert [(gone, come)] == find(old, new)
    assert [] == find(old, new, gone)


@pytest.mark.parametrize(
    "new",
    [
        {**T, "column app.t.b": replace(A, type="integer")},
        {**T, "column app.t.b": replace(A, nullable=False)},
        {**T, "column app.t.b": A, "column app.t.c": A},
        {**T, "table app.u": Table(), "column app.u.b": A},
        {"table app.u": Table(), "column app.u.b": A},
        T,
    ],
)
def test_nobody_is_asked_about(new: dict[str, Definition]) -> None:
    """Another type or nullability, two that it might be, another table, one that is new itself, nothing."""
    assert [] == find({**T, "column app.t.a": A}, new)


def test_what_has_its_name_in_another_schema_is_likely_the_same() -> None:
    moved = {line.replace("app.t", "other.t"): facts for line, facts in T.items()}
    assert [("table app.t", "table other.t")] == find(T, moved)
    renamed = {line.replace("app.t", "other.u"): facts for line, facts in T.items()}
    assert [] == find(T, renamed)


def test_a_value_in_the_place_of_another_is_likely_the_same() -> None:
    before: dict[str, Definition] = {"enum app.mood": MOOD}
    for values, expected in {
        ("happy", "sad"): [("enum glad on app.mood", "enum happy on app.mood")],
        ("sad", "glad"): [],
        ("happy", "low"): [],
        ("glad", "sad", "low"): [],
    }.items():
        assert expected == find(before, {"enum app.mood": Enum(values)})


def test_likely_renames_are_told_and_declared() -> None:
    column = LikelyRename(parse_id("column app.t.a"), parse_id("column app.t.b"))
    function = LikelyRename(parse_id("function app.f()"), parse_id("function app.g()"))
    moved = [LikelyRename(parse_id(f"{kind} app.a"), parse_id(f"{kind} new.a")) for kind in ("table", "view")]
    value = LikelyRename(*(ObjectId(Kind.ENUM, "app", name, "mood") for name in ("glad", "it's")))
    assert [
        ("is column b of app.t the former a?", "info=renamed_from('a')"),
        ("is function app.g the former f?", "renamed_from='f'"),
        (
            "is value it's of app.mood the former glad?",
            "register_rename(metadata, RenameDefinition(kind='enum', schema='app', name='mood', inside={\"it's\": 'glad'}))",
        ),
        ("is table new.a the former app.a?", "info=renamed_from('a', schema='app')"),
        ("is view new.a the former app.a?", "renamed_from=('app', 'a')"),
    ] == [(each.question, each.declaration) for each in (column, function, value, *moved)]


def test_answers_count_as_if_the_models_said_them() -> None:
    catalog = make({**T, "enum app.mood": MOOD})
    told = take_answers(catalog, {parse_id("table app.t"): "s", ObjectId(Kind.ENUM, "app", "glad", "mood"): "happy"})
    assert "s" == told.by_id[parse_id("table app.t")].renamed_from
    assert (("glad", "happy"),) == told.by_id[parse_id("enum app.mood")].renamed_inside
    assert catalog is take_answers(catalog, {})
