"""Which objects of the models the database has under another name, what follows them, and what cannot be told."""

from dataclasses import replace

import pytest

from pgcraft.catalog.definitions import Column, Constraint, Definition, Enum, Function, Index, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, ObjectId, OldName, make_catalog
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.diff.actions import Verb
from pgcraft.diff.following import find_following
from pgcraft.diff.needs import find_needs
from pgcraft.diff.old_names import Pairs, find_renames
from pgcraft.diff.order import Step
from pgcraft.diff.plan import make_step
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from tests.unit.diff.catalogs import make

A = Column(1, "integer")
ORIGIN = Origin(Layer.FACTORY, "here", "models.py", 3)
KEY = Constraint("primary key", ("id",), "PRIMARY KEY (id)")


def declare(objects: dict[str, Definition], **old: OldName) -> Catalog:
    """Return a catalog in which some objects, by the lines of their ids, had another name."""
    made = make(objects)
    said = {parse_id(line): name for line, name in old.items()}
    assert said.keys() <= made.by_id.keys()
    return make_catalog(replace(item, renamed_from=said.get(item.id, ""), origins=(ORIGIN,)) for item in made.objects)


def plain(*lines: str) -> dict[str, Definition]:
    """Return objects with the least that can be said of them."""
    least = {"table": Table(), "column": A, "view": View("SELECT 1"), "index": Index(("a",), ("a",))}
    return {line: least[line.partition(" ")[0]] for line in lines}


def told(renames: tuple[Rename, ...]) -> list[str]:
    return [sql for rename in renames for sql in rename.up]


def find(before: dict[str, Definition], after: dict[str, Definition], **old: str) -> list[str]:
    return told(find_renames(make(before), declare(after, **old)))


def test_what_is_there_under_its_old_name_alone_is_renamed() -> None:
    before = plain("table app.a", "column app.a.x", "index ix on app.a", "view app.v")
    after = plain("table app.b", "column app.b.y", "index iy on app.b", "view app.w")
    assert [
        "ALTER TABLE app.a RENAME TO b",
        "ALTER VIEW app.v RENAME TO w",
        "ALTER TABLE app.b RENAME COLUMN x TO y",
        "ALTER INDEX app.ix RENAME TO iy",
    ] == find(
        before, after,
        **{"table app.b": "a", "column app.b.y": "x", "index iy on app.b": "ix", "view app.w": "v"},
    )  # fmt: skip


def test_a_rename_knows_its_way_back_and_whose_it_is() -> None:
    current, wanted = make(plain("table app.a", "column app.a.x")), plain("table app.b", "column app.b.y")
    table, column = find_renames(current, declare(wanted, **{"table app.b": "a", "column app.b.y": "x"}))
    assert ("ALTER TABLE app.b RENAME TO a",) == table.down
    assert ("ALTER TABLE app.b RENAME COLUMN y TO x",) == column.down
    action = column.action
    assert (Verb.RENAME, parse_id("column app.b.y"), (ORIGIN,), "x") == (
        *(action.verb, action.id, action.origins, action.comment),
    )


def test_a_function_keeps_its_arguments() -> None:
    function = Function("n integer", "integer", "sql", "SELECT 1")
    before = {"function app.f(integer)": function, "function app.f(text)": function}
    assert ["ALTER FUNCTION app.f(integer) RENAME TO g"] == find(
        before, {"function app.g(integer)": function}, **{"function app.g(integer)": "f"}
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["table app.b"], ["table app.b"]),
        ([], ["table app.b"]),
        (["table app.a", "table app.b"], ["table app.a", "table app.b"]),
        (["view app.a"], ["table app.b"]),
        (["table other.a"], ["table app.b"]),
    ],
)
def test_nothing_is_renamed_where(before: list[str], after: list[str]) -> None:
    """The new name is there, neither is, the old one is another's by now, of another kind, or of another schema."""
    assert [] == find(plain(*before), plain(*after), **{"table app.b": "a"})


def test_in_a_ring_one_has_a_passing_name() -> None:
    before, after = plain("table app.a", "view app.b"), plain("view app.a", "table app.b")
    first, second, third = find_renames(make(before), declare(after, **{"table app.b": "a", "view app.a": "b"}))
    assert (True, False, False) == (first.is_passing, second.is_passing, third.is_passing)
    assert ("ALTER VIEW app.b RENAME TO a",) == second.up
    assert ("table app.b", "a") == (str(third.id), third.old_name)
    assert ("table app.b", "a") == (str(first.action.id), first.action.comment)


@pytest.mark.parametrize(("has_changed", "expected"), [(False, 6), (True, 0)])
def test_a_ring_among_one_kind_is_told_by_what_the_migrations_did(has_changed: bool, expected: int) -> None:
    """Nobody sees it in the database: both names are there before and after."""
    before = plain("table app.a", "table app.b", "column app.b.x", "column app.b.y")
    after = plain("table app.a", "table app.b", "column app.a.x", "column app.a.y")
    said = {"table app.a": "b", "table app.b": "a", "column app.a.x": "y", "column app.a.y": "x"}
    asked = []

    def has_changed_places(pairs: Pairs) -> bool:
        asked.append(sorted(f"{new} from {old}" for new, old in pairs))
        return has_changed

    assert expected == len(
        find_renames(make(after if has_changed else before), declare(after, **said), has_changed_places)
    )
    assert ["table app.a from table app.b", "table app.b from table app.a"] in asked
    assert ["column app.a.x from column app.a.y", "column app.a.y from column app.a.x"] in asked


def test_a_name_that_another_keeps_is_passed_by() -> None:
    """Of the two ways, by the old name in the new schema and by the new one in the old, both may be taken."""
    before = plain("table app.a", "table other.a", "table app.b")
    wanted = declare(plain("table other.a", "table other.b", "table app.b"), **{"table other.b": ("app", "a")})
    passing, *others = told(renames := find_renames(make(before), wanted))
    assert (True, "app.a") == (renames[0].is_passing, renames[1].old_name)
    name = passing.rpartition(" ")[2]
    assert [f"ALTER TABLE app.{name} SET SCHEMA other", f"ALTER TABLE other.{name} RENAME TO b"] == others
    del before["table app.b"]
    assert ["ALTER TABLE app.a RENAME TO b", "ALTER TABLE app.b SET SCHEMA other"] == told(
        find_renames(make(before), wanted)
    )


def test_names_move_along_a_chain_from_its_end() -> None:
    said = {"table app.b": "a", "table app.c": "b"}
    assert ["ALTER TABLE app.b RENAME TO c", "ALTER TABLE app.a RENAME TO b"] == find(
        plain("table app.a", "table app.b"), plain("table app.b", "table app.c"), **said
    )


@pytest.mark.parametrize(
    ("before", "after", "old", "message"),
    [
        (["table app.a", "table app.b"], ["table app.b"], {"table app.b": "a"}, "has both table app.b and table app.a"),
        (["table app.a"], ["table app.a", "table app.b"], {"table app.b": "a"}, "table app.a is declared, too"),
        (["table app.a"], ["table app.b", "table app.c"], {"table app.b": "a", "table app.c": "a"}, "so is table app.b"),
        (["table old.a"], ["table app.b"], {"table app.b": "old.a"}, "no name in schema app, and the database has table old.a"),
        (["table app.a", "column app.a.x", "column app.a.y"], ["table app.b", "column app.b.y"],
         {"table app.b": "a", "column app.b.y": "x"}, "has both column app.a.y and column app.a.x"),
        (["table app.a", "table app.b"], ["table app.a", "table app.b"], {"table app.a": "b", "table app.b": "a"},
         "others change places with it"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_an_error(
    before: list[str], after: list[str], old: dict[str, str], message: str
) -> None:
    with pytest.raises(PGCraftPlanError, match=message) as caught:
        find(plain(*before), plain(*after), **old)
    assert ("PGC403", "models.py") == (caught.value.code, caught.value.place and caught.value.place.file)


def follow(
    before: dict[str, Definition],
    after: dict[str, Definition],
    *done: tuple[str, str],
    sequences: dict[ObjectId, ObjectId] | None = None,
) -> list[str]:
    """Return what follows some renames, told by new id and old name, that the database has behind it."""
    renames = []
    for line, old in done:
        item = make({line: after[line]}).objects[0]
        renames.append(Rename(replace(item, id=item.id._replace(name=old)), item.id.name))
    return told(find_following(make(before), make(after), tuple(renames), sequences or {}))


CHECK = Constraint("check", ("x",), "CHECK ((x > 0))")
BOTH: dict[str, Definition] = {"table app.b": Table(), "column app.b.x": A}


def test_keys_and_indexes_that_say_the_same_follow_their_table() -> None:
    before = {**BOTH, "constraint a_pkey on app.b": KEY, "index a_x_idx on app.b": Index(("x",), ("x",))}
    after = {**BOTH, "constraint b_pkey on app.b": KEY, "index b_x_idx on app.b": Index(("x",), ("x",))}
    assert [
        "ALTER TABLE app.b RENAME CONSTRAINT a_pkey TO b_pkey",
        "ALTER INDEX app.a_x_idx RENAME TO b_x_idx",
    ] == follow(before, after, ("table app.b", "a"))


def test_a_check_follows_by_its_name_or_by_its_columns() -> None:
    other, changed = replace(CHECK, text="CHECK (x > 0)"), replace(CHECK, text="CHECK (x > 1)")
    before = {**BOTH, "constraint ck_a_z on app.b": CHECK, "constraint odd on app.b": replace(CHECK, columns=())}
    after = {**BOTH, "constraint ck_b_z on app.b": other, "constraint even on app.b": replace(changed, columns=())}
    assert [
        "ALTER TABLE app.b RENAME CONSTRAINT ck_a_z TO ck_b_z",
        "ALTER TABLE app.b RENAME CONSTRAINT odd TO even",
    ] == follow(before, after, ("table app.b", "a"))


def test_a_key_that_points_to_a_renamed_table_follows() -> None:
    points = Constraint("foreign key", ("x",), "FOREIGN KEY (x) REFERENCES app.b(x)", ("app", "b"), ("x",))
    elsewhere = {"table app.o": Table(), "column app.o.x": A}
    before = {**BOTH, **elsewhere, "constraint fk_a on app.o": points, "index ix_a on app.o": Index(("x",), ("x",))}
    after = {**BOTH, **elsewhere, "constraint fk_b on app.o": points, "index ix_b on app.o": Index(("x",), ("x",))}
    assert ["ALTER TABLE app.o RENAME CONSTRAINT fk_a TO fk_b"] == follow(before, after, ("table app.b", "a"))


def test_a_sequence_follows_where_postgresql_named_it() -> None:
    column, own = parse_id("column app.b.x"), parse_id("column app.b.y")
    objects = {**BOTH, "column app.b.y": A}
    sequences = {column: parse_id("sequence app.a_x_seq"), own: parse_id("sequence app.mine")}
    assert ["ALTER SEQUENCE app.a_x_seq RENAME TO b_x_seq"] == follow(
        objects, objects, ("table app.b", "a"), sequences=sequences
    )
    sequences = {column: parse_id("sequence app.b_a_seq")}
    assert ["ALTER SEQUENCE app.b_a_seq RENAME TO b_x_seq"] == follow(
        objects, objects, ("column app.b.x", "a"), sequences=sequences
    )


def test_whatever_is_told_by_a_new_name_needs_the_rename() -> None:
    current, wanted = make(plain("table app.a", "column app.a.x")), plain("table app.b", "column app.b.y")
    renames = find_renames(current, declare(wanted, **{"table app.b": "a", "column app.b.y": "x"}))
    table, column = (make_step(each.action, each.up) for each in renames)
    grant = Step("grant", parse_id("grant on table app.b to r"))
    index = Step("index", parse_id("index ix on app.b"))
    beside = Step("other", parse_id("table app.c"))
    steps: list[Step[str]] = [table, column, grant, index, beside]
    keys = {id(step.item): step.item for step in steps}
    needs = find_needs(steps, keys)
    assert {
        table.item: (),
        column.item: (table.item,),
        "grant": (table.item,),
        "index": (table.item,),
        "other": (),
    } == {step.item: needs[id(step.item)] for step in steps}


MOOD = Enum(("glad", "sad"))


def test_values_and_attributes_are_renamed_inside_of_their_type() -> None:
    before: dict[str, Definition] = {
        "enum app.mood": Enum(("a'b", "mid", "old")), "composite app.addr": Composite((("x", "text"),)),
    }  # fmt: skip
    after: dict[str, Definition] = {
        "enum app.state": Enum(("new", "old", "last")), "composite app.addr": Composite((("y z", "text"),)),
    }  # fmt: skip
    inside = {"enum app.state": {"new": "a'b", "last": "old", "old": "mid"}, "composite app.addr": {"y z": "x"}}
    wanted = declare(after, **{"enum app.state": "mood"})
    said = {parse_id(line): tuple(names.items()) for line, names in inside.items()}
    wanted = make_catalog(replace(item, renamed_inside=said.get(item.id, ())) for item in wanted.objects)
    renames = find_renames(make(before), wanted)
    assert [
        "ALTER TYPE app.mood RENAME TO state",
        "ALTER TYPE app.state RENAME VALUE 'old' TO 'last'",
        "ALTER TYPE app.state RENAME VALUE 'a''b' TO 'new'",
        "ALTER TYPE app.state RENAME VALUE 'mid' TO 'old'",
        'ALTER TYPE app.addr RENAME ATTRIBUTE x TO "y z"',
    ] == told(renames)
    action = renames[2].action
    assert (
        Verb.ALTER,
        parse_id("enum app.state"),
        "a'b becomes new",
        ("ALTER TYPE app.state RENAME VALUE 'new' TO 'a''b'",),
    ) == (*(action.verb, action.id, action.comment, renames[2].down),)


def test_a_function_follows_the_types_that_it_takes() -> None:
    function = Function("", "integer", "sql", "SELECT 1")
    before = {"enum app.a": MOOD, "table app.t": Table(), "function app.f(app.a[], app.t)": function}
    after = {"enum app.b": MOOD, "table app.u": Table(), "function app.g(app.b[], app.u)": function}
    said = {"enum app.b": "a", "table app.u": "t", "function app.g(app.b[], app.u)": "f"}
    assert "ALTER FUNCTION app.f(app.b[], app.u) RENAME TO g" in find(before, after, **said)
