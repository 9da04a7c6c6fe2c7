"""The plan and its order, on catalogs alone."""

from dataclasses import replace
from random import Random

from pgcraft.catalog.definitions import Column, Function, Grant, Policy, Table, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.diff.actions import Verb
from pgcraft.diff.compare import Diff, compare_catalogs
from pgcraft.diff.hazards import hazards_of_type_change
from pgcraft.diff.order import Step, order_steps
from pgcraft.diff.plan import find_going
from tests.unit.diff.catalogs import plan_in_order

TABLE, COLUMN = ObjectId(Kind.TABLE, "app", "t"), ObjectId(Kind.COLUMN, "app", "n", parent="t")
LOW, HIGH = ObjectId(Kind.VIEW, "app", "low"), ObjectId(Kind.VIEW, "app", "high")
GRANT = ObjectId(Kind.GRANT, "app", "high", parent="anon", signature="view")


def build(query: str = "SELECT n FROM app.t", columns: tuple[str, ...] = ("n",)) -> Catalog:
    types = ("integer",) * len(columns)
    return make_catalog(
        [
            CatalogObject(TABLE, Table(), parts=(COLUMN,)),
            CatalogObject(COLUMN, Column(1, "integer")),
            CatalogObject(LOW, View(query, columns, types), depends_on=(COLUMN, TABLE)),
            CatalogObject(HIGH, View("SELECT n FROM app.low", ("n",), ("integer",)), depends_on=(LOW,)),
            CatalogObject(GRANT, Grant(("select",)), depends_on=(HIGH,)),
        ]
    )


def plan(current: Catalog, wanted: Catalog, **options: frozenset[ObjectId]) -> list[str]:
    diff = compare_catalogs(current, wanted)
    found = plan_in_order(current, wanted, diff, **options)
    return [f"{action.verb} {action.id}" for action in found if action.up]


def test_an_appended_column_replaces_the_view_alone() -> None:
    """Dropping it would take the views on it and their grants along for nothing."""
    assert ["replace view app.low"] == plan(build(), build("SELECT n, 1 AS m FROM app.t", ("n", "m")))


def test_what_cannot_stay_is_told_whether_it_comes_back_or_not() -> None:
    current, wanted = build(), build("SELECT 1 AS m", ("m",))
    everything = frozenset({LOW, HIGH, GRANT})
    for before, after, disturbed, going in (
        (current, wanted, (), everything),
        (current, current, (COLUMN,), everything | {COLUMN}),
        (current, Catalog(), (), everything),
        (Catalog(), current, (), frozenset()),
    ):
        diff = compare_catalogs(before, after)
        assert going == find_going(before, after, diff, is_ours=lambda _: True, disturbed=frozenset(disturbed))
    diff = compare_catalogs(current, Catalog())
    assert frozenset({GRANT}) == find_going(current, Catalog(), diff, is_ours=lambda each: each == GRANT)


def test_a_lost_column_makes_all_that_stands_on_it_anew() -> None:
    """PostgreSQL cannot take a column from a view; what stands on it goes first and comes back last."""
    expected = ["drop view app.high", "drop view app.low", "create view app.low", "create view app.high"]
    assert [*expected, "create grant on view app.high to anon"] == plan(build("SELECT 1 AS m, n", ("m", "n")), build())


def test_a_disturbed_column_makes_its_views_anew() -> None:
    """The type of a column cannot change under a view."""
    steps = plan(build(), build(), disturbed=frozenset({COLUMN}))
    assert ["drop view app.high", "drop view app.low"] == steps[:2]


def test_what_others_built_is_left_to_whoever_runs_the_revision() -> None:
    """It is set aside and restored there, with all that is on it; here nothing is to be done."""
    current = build()
    wanted = make_catalog(item for item in current.objects if item.id not in (HIGH, GRANT))
    diff = compare_catalogs(current, wanted)
    disturbed = frozenset({COLUMN})
    ours = plan_in_order(current, wanted, diff, is_ours=lambda each: each == LOW, disturbed=disturbed)
    aside = [action for action in ours if action.id == HIGH]
    assert [Verb.SET_ASIDE, Verb.RESTORE] == [action.verb for action in aside]
    assert [((), ()), ((), ())] == [(action.up, action.down) for action in aside]
    assert [frozenset({LOW}), frozenset()] == [action.releases for action in aside]
    assert [frozenset(), frozenset({LOW})] == [action.requires for action in aside]


def test_what_the_models_say_of_what_is_made_again_does_not_come_back_twice() -> None:
    options = (("security_barrier", "true"),)
    facts = {"comment": "c", "options": options, "column_defaults": (("n", "1"),), "column_comments": (("n", "d"),)}
    item = build().by_id[LOW]
    wanted = build()
    wanted = make_catalog((*wanted.objects, replace(item, definition=replace(item.defined_as(View), **facts))))
    found = plan_in_order(build(), wanted, compare_catalogs(build(), wanted), disturbed=frozenset({COLUMN}))
    low = [action for action in found if action.id == LOW]
    expected = ("comment", "comment on n", "default of n", "security_barrier")
    assert [(Verb.DROP, expected), (Verb.CREATE, expected)] == [(action.verb, action.forgotten) for action in low]


def test_what_comes_onto_a_table_waits_for_all_of_its_columns() -> None:
    """One that gets another type meanwhile cannot while a policy or a view is there that reads it."""
    policy = ObjectId(Kind.POLICY, "app", "p", parent="t")
    view, function = ObjectId(Kind.VIEW, "app", "v"), ObjectId(Kind.FUNCTION, "app", "f", signature="")
    base = [CatalogObject(TABLE, Table(), parts=(COLUMN,)), CatalogObject(COLUMN, Column(1, "integer"))]
    made = [
        CatalogObject(policy, Policy(using="n > 0"), depends_on=(TABLE,)),
        CatalogObject(view, View("SELECT 1 FROM app.t", ("a",), ("integer",)), depends_on=(TABLE,)),
        CatalogObject(function, Function("", "integer", "sql", "SELECT 1 FROM app.t"), depends_on=(TABLE,)),
    ]
    current, wanted = make_catalog(base), make_catalog([*base, *made])
    found = plan_in_order(current, wanted, compare_catalogs(current, wanted))
    waiting = {action.id for action in found if COLUMN in action.requires}
    assert {policy, view} == waiting, "a column may call the function"


def test_nothing_is_planned_for_equal_catalogs() -> None:
    """An empty difference is an empty plan."""
    assert Diff() == compare_catalogs(build(), build())
    assert [] == plan(build(), build())


def test_statements_carry_what_undoes_them() -> None:
    """Previews and exports are made of statements."""
    function = ObjectId(Kind.FUNCTION, "app", "f", signature="")
    wanted = make_catalog([CatalogObject(function, Function("", "integer", "sql", "SELECT 1", comment="one"))])
    (action,) = plan_in_order(Catalog(), wanted, compare_catalogs(Catalog(), wanted))
    first, last = action.statements()
    assert first.sql.startswith("CREATE FUNCTION app.f()")
    assert ((), ("DROP FUNCTION app.f()",)) == (first.reverse, last.reverse)


def test_the_order_does_not_follow_the_order_of_arrival() -> None:
    """Alembic hands over what sets gave it."""
    ids = [ObjectId(Kind.VIEW, "app", name) for name in "abcdefgh"]
    steps = [
        Step(str(each), each, frozenset({each}), requires=frozenset(ids[index + 1 : index + 3]))
        for index, each in enumerate(ids)
    ]
    shuffled = list(steps)
    Random(1).shuffle(shuffled)
    assert order_steps(steps) == order_steps(shuffled) == tuple(str(each) for each in reversed(ids))


def test_a_ring_still_gives_every_step_once() -> None:
    """Two functions may name each other in their bodies."""
    one, two = ObjectId(Kind.FUNCTION, "app", "one"), ObjectId(Kind.FUNCTION, "app", "two")
    steps = [Step("one", one, frozenset({one}), requires=frozenset({two}))]
    steps.append(Step("two", two, frozenset({two}), requires=frozenset({one})))
    assert ("one", "two") == order_steps(steps)


def test_widening_a_text_rewrites_no_row() -> None:
    """Only a change that touches rows may say so."""
    kinds = [str(each.type) for each in hazards_of_type_change(old_type="varchar(32)", new_type="varchar(64)")]
    assert ["heavy lock"] == kinds
    kinds = [str(each.type) for each in hazards_of_type_change(old_type="varchar(64)", new_type="varchar(32)")]
    assert ["data loss", "table rewrite", "may fail"] == kinds
