"""Objects are given to roles that may own them."""

from pgcraft.catalog.definitions import Definition, Function, Grant, Role, Schema, Sequence, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.whole import plan_everything
from pgcraft.render.catalog import render_catalog
from tests.unit.diff.catalogs import Objects, make

OWNED = ("table app.t", "sequence app.s", "view app.v", "materialized view app.m", "function app.f()")


def build(owner: str) -> Objects:
    """Return one of each kind that a role owns, which may make such things in their schema."""
    view = View("SELECT 1 AS n", ("n",), ("integer",), owner=owner)
    made: dict[str, Definition] = {"table app.t": Table(owner=owner), "sequence app.s": Sequence(owner=owner)}
    made |= {"view app.v": view, "materialized view app.m": view}
    made["function app.f()"] = Function("", "integer", "sql", "SELECT 1", owner=owner)
    roles = {f"role {name}": Role() for name in ("one", "two")}
    return {"schema app": Schema(), **roles, **made, f"grant on schema app to {owner}": Grant(("create",))}


def test_an_object_gets_its_owner_while_that_may_make_such_things() -> None:
    """PostgreSQL lets nobody but a superuser give an object to who may not make it, there and back."""
    before, after = (make(build(owner)) for owner in ("one", "two"))
    for current, wanted in ((before, after), (after, before)):
        planned = plan_everything(current, wanted, compare_catalogs(current, wanted), cast=lambda *_: Casting())
        places = {str(action.id): at for at, action in enumerate(planned)}
        grants = [at for name, at in places.items() if name.startswith("grant")]
        assert set(OWNED) < places.keys()
        assert all(min(grants) < places[name] < max(grants) for name in OWNED)
    made = [str(each.source) for each in render_catalog(after)]
    assert all(made.index("grant on schema app to two") < made.index(name) for name in OWNED)


def test_a_right_that_nobody_declares_is_not_waited_for() -> None:
    objects = build("one")
    del objects["grant on schema app to one"]
    assert parse_id("view app.v") in {each.source for each in render_catalog(make(objects))}


def test_a_schema_changes_hands_before_what_is_in_it_on_the_way_back_too() -> None:
    """An owner of the schema may make things in it; going back, the things came first, and their owner might not."""
    before, after = (make({**build(owner), "schema app": Schema(owner=owner)}) for owner in ("one", "two"))
    planned = plan_everything(before, after, compare_catalogs(before, after), cast=lambda *_: Casting())
    up = [sql for action in planned for sql in action.up if "OWNER" in sql]
    down = [sql for action in reversed(planned) for sql in action.down if "OWNER" in sql]
    assert len(OWNED) + 1 == len(up) == len(down)
    assert ["ALTER SCHEMA app OWNER TO two", "ALTER SCHEMA app OWNER TO one"] == [up[0], down[0]]
