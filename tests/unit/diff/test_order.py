"""One order for everything that a revision does: who comes before whom, and which ties are broken how."""

from itertools import permutations

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.order import Step, order_steps

RELATIONS = {
    Kind.TABLE: "table app.x",
    Kind.VIEW: "view app.x",
    Kind.MATERIALIZED_VIEW: "materialized view app.x",
    Kind.SEQUENCE: "sequence app.x",
    Kind.INDEX: "index x on app.other",
}
"""What shares one set of names in a schema."""


def comes(line: str, *needs: str, alone: bool = False) -> Step[str]:
    subject = parse_id(line)
    return Step(f"+ {line}", subject, frozenset({subject}), requires=ids(needs), is_alone=alone)


def goes(line: str, *needed: str, alone: bool = False) -> Step[str]:
    subject = parse_id(line)
    return Step(f"- {line}", subject, removes=frozenset({subject}), releases=ids(needed), is_alone=alone)


def ids(lines: tuple[str, ...]) -> frozenset[ObjectId]:
    return frozenset(map(parse_id, lines))


def assert_order(*expected: Step[str]) -> None:
    """Whatever order the steps arrive in."""
    for arrival in permutations(expected):
        assert tuple(step.item for step in expected) == order_steps(arrival)


@pytest.mark.parametrize(("old", "new"), list(permutations(RELATIONS, 2)))
def test_a_relation_clears_its_name_for_one_of_another_kind(old: Kind, new: Kind) -> None:
    """A table cannot be made while a view has its name; only the same kind was waited for."""
    assert_order(goes(RELATIONS[old]), comes(RELATIONS[new]))


def test_a_type_clears_its_name_for_one_of_another_kind() -> None:
    assert_order(goes("enum app.x"), comes("domain app.x"))
    assert_order(goes("domain app.x"), comes("enum app.x"))


@pytest.mark.parametrize("relation", ["table app.x", "view app.x", "materialized view app.x", "sequence app.x"])
@pytest.mark.parametrize("type_", ["enum app.x", "domain app.x"])
def test_a_relation_and_a_type_clear_their_name_for_each_other(relation: str, type_: str) -> None:
    """PostgreSQL makes no relation, an index apart, while a type has its name."""
    assert_order(goes(relation), comes(type_))
    assert_order(goes(type_), comes(relation))


def test_a_name_is_free_in_another_schema() -> None:
    assert_order(comes("table app.x"), goes("table other.x"))


@pytest.mark.parametrize("line", ["view app.v", "function app.f(integer)", "trigger w on app.t", "enum app.e"])
def test_an_object_made_anew_goes_first(line: str) -> None:
    assert_order(goes(line), comes(line))


def test_what_is_made_comes_after_what_it_needs() -> None:
    """Against the order of kinds."""
    assert_order(comes("function app.f()"), comes("table app.t", "function app.f()"))
    assert_order(comes("view app.b"), comes("view app.a", "view app.b"))


def test_what_goes_comes_before_what_it_needed() -> None:
    assert_order(goes("table app.t", "function app.f()"), goes("function app.f()"))
    assert_order(goes("view app.b", "view app.a"), goes("view app.a"))


def test_a_step_that_stands_on_what_changes_comes_first() -> None:
    column = parse_id("column app.t.a")
    retyped = Step("retype", column, frozenset({column}), removes=frozenset({column}))
    assert_order(goes("view app.v", "column app.t.a"), retyped, comes("view app.v", "column app.t.a"))


KINDS = [
    *("- grant on table app.t to r", "- policy p on app.t", "- trigger w on app.t", "- materialized view app.m"),
    *("- view app.v", "- function app.f()", "- index i on app.t", "- constraint c on app.t"),
    *("+ schema new", "+ role new", "+ extension new", "+ enum new.e", "+ sequence new.s", "+ table new.t"),
    *("+ column new.t.a", "+ constraint c on new.t", "+ index i on new.t"),
    *("- column app.t.a", "- table app.t"),
    *("+ function new.f()", "+ view new.v", "+ materialized view new.m", "+ trigger w on new.t"),
    *("+ policy p on new.t", "+ grant on table new.t to r"),
    *("- sequence app.s", "- enum app.e", "- extension x", "- schema app", "- role r"),
]


def test_steps_that_need_nothing_come_by_kind() -> None:
    """What stands on others goes first and comes last; rows are lost only when all that is new is there."""
    steps = [comes(line[2:]) if line.startswith("+") else goes(line[2:]) for line in KINDS]
    assert tuple(KINDS) == order_steps(steps)
    assert tuple(KINDS) == order_steps(steps[::-1])


def test_steps_of_one_kind_come_by_name() -> None:
    steps = [comes(f"table app.{name}") for name in "bca"]
    assert ("+ table app.a", "+ table app.b", "+ table app.c") == order_steps(steps)


def test_steps_about_one_object_stay_in_the_order_of_arrival() -> None:
    table = parse_id("table app.t")
    steps = [Step(name, table) for name in "zay"]
    assert ("z", "a", "y") == order_steps(steps)


def test_a_step_alone_comes_first_or_behind_what_it_needs() -> None:
    """When it fails nothing is half done."""
    assert_order(comes("index i on app.t", alone=True), comes("schema app"), comes("table app.t"))
    last = comes("index i on app.t", "table app.t", alone=True)
    assert_order(comes("schema app"), comes("table app.t"), comes("view app.v"), last)


def test_a_ring_is_broken_where_it_begins_by_rank() -> None:
    ring = [
        comes("view app.a", "view app.c"),
        comes("view app.b", "view app.a"),
        comes("view app.c", "view app.b"),
    ]
    for arrival in permutations(ring):
        assert ("+ view app.a", "+ view app.b", "+ view app.c") == order_steps(arrival)


def test_whether_a_subject_goes() -> None:
    table = parse_id("table app.t")
    gone, made = frozenset({table}), frozenset({table})
    assert Step("", table, removes=gone).goes
    assert not Step("", table, provides=made, removes=gone).goes
    assert not Step("", table).goes
