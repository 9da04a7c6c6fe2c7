"""What is done to tables and inside of them: columns, keys, checks, expressions, identities, row security."""

from dataclasses import replace

import pytest

from pgcraft.catalog.definitions import Column, Constraint, Definition, Function, Identity, Index, Table
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Verb
from pgcraft.diff.columns import find_new_columns
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.hazards import hazards_of_index, hazards_of_validation
from pgcraft.errors import PGCraftPlanError
from pgcraft.render.statement import Hazard
from tests.unit.diff.catalogs import make, plan_inside, titles, up, without

A = Column(1, "integer")
KEY = Constraint("primary key", ("a",), "PRIMARY KEY (a)")
CHECK = Constraint("check", ("b",), "CHECK (b > 0)")
POINTS = Constraint("foreign key", ("t",), "FOREIGN KEY (t) REFERENCES app.t(a)", ("app", "t"), ("a",))
BASE: dict[str, Definition] = {
    "table app.t": Table(),
    "column app.t.a": A,
    "column app.t.b": Column(2, "integer"),
    "constraint pk on app.t": KEY,
    "constraint positive on app.t": CHECK,
    "index by_b on app.t": Index(("b",), ("b",)),
    "index by_sum on app.t": Index(("(a + b)",)),
    "table app.o": Table(),
    "column app.o.t": Column(1, "integer"),
    "constraint fk on app.o": POINTS,
}


def lines(*actions: tuple[str, str]) -> list[str]:
    return [f"{verb} {line}" for verb, line in actions]


def test_equal_tables_need_nothing() -> None:
    assert () == plan_inside(BASE, BASE)


def test_a_check_that_changes_is_made_again() -> None:
    after = {**BASE, "constraint positive on app.t": replace(CHECK, text="CHECK (b > 1)")}
    drop, create = plan_inside(BASE, after)
    assert ("ALTER TABLE app.t DROP CONSTRAINT positive",) == drop.up == create.down
    assert ("ALTER TABLE app.t\nADD CONSTRAINT positive CHECK (b > 1)",) == create.up
    assert ("ALTER TABLE app.t\nADD CONSTRAINT positive CHECK (b > 0)",) == drop.down
    assert hazards_of_validation("constraint positive on app.t") == create.hazards
    assert () == drop.hazards
    table, column = parse_id("table app.t"), parse_id("column app.t.b")
    assert {table, column} <= drop.releases
    assert {table, column} <= create.requires


COMMENTS = {
    "constraint positive on app.t": (CHECK, "COMMENT ON CONSTRAINT positive ON app.t"),
    "index by_b on app.t": (Index(("b",), ("b",)), "COMMENT ON INDEX app.by_b"),
    "table app.t": (Table(), "COMMENT ON TABLE app.t"),
    "column app.t.b": (Column(2, "integer"), "COMMENT ON COLUMN app.t.b"),
}


@pytest.mark.parametrize("line", COMMENTS)
def test_a_comment_alone_makes_nothing_again(line: str) -> None:
    definition, head = COMMENTS[line]
    (action,) = plan_inside(BASE, {**BASE, line: replace(definition, comment="it's")})
    assert (Verb.ALTER, (f"{head} IS 'it''s'",), (f"{head} IS NULL",)) == (action.verb, action.up, action.down)


PARTS: dict[str, tuple[Definition, tuple[Hazard, ...]]] = {
    "constraint x on app.o": (
        Constraint("check", ("t",), "CHECK (t > 0)"),
        hazards_of_validation("constraint x on app.o"),
    ),
    "constraint e on app.o": (Constraint("exclude", ("t",), "EXCLUDE (t WITH =)"), hazards_of_index(is_unique=True)),
    "constraint k on app.o": (Constraint("primary key", ("t",), "PRIMARY KEY (t)"), hazards_of_index(is_unique=True)),
    "constraint u on app.o": (Constraint("unique", ("t",), "UNIQUE (t)"), hazards_of_index(is_unique=True)),
    "constraint f on app.o": (
        replace(POINTS, referenced_columns=("b",)),
        hazards_of_validation("constraint f on app.o"),
    ),
    "index i on app.o": (Index(("t",), ("t",)), hazards_of_index(is_unique=False)),
    "column app.o.c": (Column(2, "integer"), ()),
}


@pytest.mark.parametrize("line", PARTS)
def test_a_part_comes_and_goes(line: str) -> None:
    definition, hazards = PARTS[line]
    other = {**BASE, line: definition}
    (made,) = plan_inside(BASE, other)
    assert (Verb.CREATE, parse_id(line), hazards) == (made.verb, made.id, made.hazards)
    (gone,) = plan_inside(other, BASE)
    assert (Verb.DROP, parse_id(line)) == (gone.verb, gone.id)
    assert (made.up, made.down) == (gone.down, gone.up)


def test_what_others_built_is_left_alone() -> None:
    line = "constraint x on app.o"
    other = {**BASE, line: Constraint("check", ("t",), "CHECK (t > 0)")}
    assert () == plan_inside(other, BASE, foreign=[line])
    table = {"table app.x": Table(), "column app.x.a": A, "index x on app.x": Index(("a",), ("a",))}
    assert () == plan_inside({**BASE, **table}, BASE, foreign=["table app.x"])


def test_parts_of_a_table_that_comes_or_goes_come_and_go_with_it() -> None:
    table = [line for line in BASE if line.endswith("app.o") or ".o." in line]
    (made,) = plan_inside(without(BASE, *table), BASE)
    (gone,) = plan_inside(BASE, without(BASE, *table))
    text = "CREATE TABLE app.o (\n    t integer,\n    CONSTRAINT fk FOREIGN KEY (t) REFERENCES app.t(a)\n)"
    assert ((text,), ("DROP TABLE app.o",)) == (made.up, made.down) == (gone.down, gone.up)
    assert set(map(parse_id, table)) == made.parts == gone.parts
    assert {parse_id("table app.t"), parse_id("constraint pk on app.t")} <= made.requires & gone.releases
    assert ["data loss", "heavy lock"] == [hazard.type.value for hazard in gone.hazards]


def test_an_index_of_a_table_that_comes_stands_for_itself() -> None:
    before = without(BASE, *(line for line in BASE if line.endswith("app.o") or ".o." in line))
    made = plan_inside(before, {**BASE, "index i on app.o": Index(("t",), ("t",))})
    assert ["create table app.o", "create index i on app.o"] == titles(made)


def test_a_key_of_another_name_is_the_same_key() -> None:
    """A database that others made has names of its own, and nobody means to change them."""
    before = without(BASE, "constraint pk on app.t", "constraint fk on app.o", "table app.o", "column app.o.t")
    named = {**before, "constraint thing_pkey on app.t": KEY}
    renamed = {**before, "constraint pk on app.t": KEY}
    assert () == plan_inside(named, renamed)
    other = {**before, "constraint pk on app.t": replace(KEY, columns=("b",), text="PRIMARY KEY (b)")}
    assert lines(("drop", "constraint thing_pkey on app.t"), ("create", "constraint pk on app.t")) == titles(
        plan_inside(named, other)
    )


def test_a_key_that_changes_takes_what_points_there_along() -> None:
    after = {**BASE, "constraint pk on app.t": replace(KEY, text="PRIMARY KEY (a) INCLUDE (b)")}
    assert lines(
        ("drop", "constraint fk on app.o"),
        ("drop", "constraint pk on app.t"),
        ("create", "constraint fk on app.o"),
        ("create", "constraint pk on app.t"),
    ) == titles(plan_inside(BASE, after))


def test_a_column_that_moves_takes_its_keys_and_indexes_along() -> None:
    """Whose type others change: nothing may stand on it meanwhile."""
    actions = plan_inside(BASE, BASE, moved=["column app.t.b"])
    found = {"constraint positive on app.t", "index by_b on app.t", "index by_sum on app.t"}
    assert found == {str(action.id) for action in actions}
    assert ["drop"] * 3 + ["create"] * 3 == [action.verb for action in actions]


def test_what_others_built_on_such_a_column_is_kept_by_whoever_runs_the_revision() -> None:
    after = without(BASE, "index by_b on app.t")
    actions = plan_inside(BASE, after, moved=["column app.t.b"], foreign=["index by_b on app.t"])
    aside = [action for action in actions if str(action.id) == "index by_b on app.t"]
    assert [Verb.SET_ASIDE, Verb.RESTORE] == [action.verb for action in aside]
    assert [()] * 4 == [sql for action in aside for sql in (action.up, action.down)]


def test_what_goes_and_stands_on_such_a_column_goes_once() -> None:
    """A check that was taken out together with a value of its enumerated type was dropped twice, which fails."""
    actions = plan_inside(BASE, without(BASE, "constraint positive on app.t"), moved=["column app.t.b"])
    assert ["drop constraint positive on app.t"] == [title for title in titles(actions) if "positive" in title]


def test_a_new_column_is_dropped_and_added_with_what_stands_on_it() -> None:
    after = {**BASE, "column app.t.b": Column(2, "integer", generated="a + 1")}
    actions = plan_inside(BASE, after, new_columns=["column app.t.b"])
    assert "ALTER TABLE app.t DROP COLUMN b" in up(actions)
    assert "ALTER TABLE app.t ADD COLUMN b integer GENERATED ALWAYS AS (a + 1) STORED" in up(actions)
    (drop,) = (action for action in actions if action.up == ("ALTER TABLE app.t DROP COLUMN b",))
    assert ["data loss", "heavy lock"] == [hazard.type.value for hazard in drop.hazards]


@pytest.mark.parametrize(("before", "after"), [(None, "RANGE (a)"), ("RANGE (a)", "LIST (a)"), ("LIST (a)", None)])
def test_a_table_is_divided_when_it_is_made_and_not_otherwise(before: str | None, after: str | None) -> None:
    """It was declared, never done, and no difference the next time."""
    with pytest.raises(PGCraftPlanError) as raised:
        plan_inside(
            {**BASE, "table app.t": Table(partition_by=before)}, {**BASE, "table app.t": Table(partition_by=after)}
        )
    assert "PGC416" == raised.value.code
    told = f"table app.t is divided {before or 'not at all'}, and is to be {after or 'not at all'}"
    assert told in raised.value.what
    assert "attach this one to it by register_partition" in str(raised.value.remedy)


SECURITY = {
    "on": (Table(), Table(row_security=True), ["ENABLE"], ["DISABLE"]),
    "forced": (Table(row_security=True), Table(row_security=True, force_row_security=True), ["FORCE"], ["NO FORCE"]),
    "off": (Table(row_security=True, force_row_security=True), Table(), ["DISABLE", "NO FORCE"], ["ENABLE", "FORCE"]),
}


@pytest.mark.parametrize("name", SECURITY)
def test_row_security_is_switched(name: str) -> None:
    before, after, words, back = SECURITY[name]
    (action,) = plan_inside({**BASE, "table app.t": before}, {**BASE, "table app.t": after})
    assert tuple(f"ALTER TABLE app.t {word} ROW LEVEL SECURITY" for word in words) == action.up
    assert tuple(f"ALTER TABLE app.t {word} ROW LEVEL SECURITY" for word in back) == action.down
    assert (Verb.ALTER, parse_id("table app.t")) == (action.verb, action.id)


def test_a_new_table_gets_its_row_security_and_nothing_undoes_that_alone() -> None:
    table = {"table app.n": Table(row_security=True)}
    action, made = plan_inside(BASE, {**BASE, **table})
    assert ("CREATE TABLE app.n ()",) == made.up
    assert ("ALTER TABLE app.n ENABLE ROW LEVEL SECURITY",) == action.up
    assert () == action.down
    assert parse_id("table app.n") in action.requires


HEAD = "ALTER TABLE app.t ALTER COLUMN b "
SEQUENCE = "pg_get_serial_sequence('app.t', 'b')"
GO_ON = f"SELECT setval({SEQUENCE}, max(b)) FROM app.t WHERE b"
COLUMNS: dict[str, tuple[Column, Column, list[str]]] = {
    "a default": (Column(2, "integer"), Column(2, "integer", default="1"), ["SET DEFAULT 1"]),
    "no default": (Column(2, "integer", default="1"), Column(2, "integer"), ["DROP DEFAULT"]),
    "a collation": (Column(2, "text"), Column(2, "text", collation='"C"'), ['TYPE text COLLATE "C"']),
    "no collation": (Column(2, "text", collation='"C"'), Column(2, "text"), ["TYPE text"]),
    "an identity": (
        Column(2, "integer", nullable=False),
        Column(2, "integer", nullable=False, identity=Identity(always=True, start=5)),
        ["ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)", f"{GO_ON} >= 5"],
    ),
    "an identity of what may be NULL": (
        Column(2, "integer"),
        Column(2, "integer", nullable=False, identity=Identity()),
        ["SET NOT NULL", "ADD GENERATED BY DEFAULT AS IDENTITY", f"{GO_ON} >= 1"],
    ),
    "no identity": (
        Column(2, "integer", identity=Identity()),
        Column(2, "integer"),
        ["DROP IDENTITY"],
    ),
    "another identity": (
        Column(2, "integer", identity=Identity()),
        Column(2, "integer", identity=Identity(always=True, increment=5, cache=3, cycle=True)),
        ["SET GENERATED ALWAYS SET INCREMENT BY 5 SET CACHE 3 SET CYCLE"],
    ),
    "an identity that counts down": (
        Column(2, "smallint", identity=Identity()),
        Column(2, "smallint", identity=Identity(increment=-1)),
        ["SET START WITH -1 SET INCREMENT BY -1 SET MINVALUE -32768 SET MAXVALUE -1 RESTART"],
    ),
    "an identity within bounds": (
        Column(2, "integer", identity=Identity()),
        Column(2, "integer", identity=Identity(minimum=3, maximum=9)),
        [
            f"SELECT setval({SEQUENCE}, 3, false) WHERE coalesce(pg_sequence_last_value({SEQUENCE}), 1) < 3",
            f"SELECT setval({SEQUENCE}, 9) WHERE coalesce(pg_sequence_last_value({SEQUENCE}), 1) > 9",
            "SET START WITH 3 SET MINVALUE 3 SET MAXVALUE 9",
        ],
    ),
    "an expression less": (
        Column(2, "integer", generated="a + 1"),
        Column(2, "integer"),
        ["DROP EXPRESSION"],
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_changes_where_it_stands(name: str) -> None:
    before, after, expected = COLUMNS[name]
    bare = without(BASE, "constraint positive on app.t", "index by_b on app.t", "index by_sum on app.t")
    actions = plan_inside({**bare, "column app.t.b": before}, {**bare, "column app.t.b": after})
    assert [text if text.startswith("SELECT") else f"{HEAD}{text}" for text in expected] == up(actions)


def test_the_way_back_from_a_plain_column_makes_the_generated_one_again() -> None:
    bare = without(BASE, "constraint positive on app.t", "index by_b on app.t", "index by_sum on app.t")
    before = {**bare, "column app.t.b": Column(2, "integer", generated="a + 1")}
    (action,) = plan_inside(before, bare)
    assert (
        "ALTER TABLE app.t DROP COLUMN b",
        "ALTER TABLE app.t ADD COLUMN b integer GENERATED ALWAYS AS (a + 1) STORED",
    ) == action.down
    assert action.is_remade_by_down
    assert {parse_id("column app.t.b")} == action.anew_by_down


def test_a_serial_column_becomes_an_identity_and_counts_on() -> None:
    bare = without(BASE, "constraint positive on app.t", "index by_b on app.t", "index by_sum on app.t")
    serial = {**bare, "column app.t.b": Column(2, "integer", nullable=False, is_serial=True)}
    identity = {**bare, "column app.t.b": Column(2, "integer", nullable=False, identity=Identity())}
    (action,) = plan_inside(serial, identity)
    leave, add, go_on = action.up
    assert f"own_sequence text := {SEQUENCE};" in leave
    assert "EXECUTE 'DROP SEQUENCE ' || own_sequence;" in leave
    assert f"{HEAD}ADD GENERATED BY DEFAULT AS IDENTITY" == add
    assert f"{GO_ON} >= 1" == go_on
    assert [
        f"{HEAD}DROP IDENTITY",
        "CREATE SEQUENCE app.t_b_seq AS integer OWNED BY app.t.b",
        f"{HEAD}SET DEFAULT nextval('app.t_b_seq'::regclass)",
        go_on,
    ] == list(action.down)


def test_a_long_serial_column_gets_the_name_that_postgresql_gives() -> None:
    """Grants on the sequence go by that name."""
    table, column = "t" * 60, "c" * 20
    lines_ = {f"table app.{table}": Table(), f"column app.{table}.{column}": Column(1, "integer")}
    after = {**lines_, f"column app.{table}.{column}": Column(1, "integer", is_serial=True)}
    (action,) = plan_inside(lines_, after)
    assert action.up[0].startswith(f"CREATE SEQUENCE app.{'t' * 38}_{'c' * 20}_seq AS integer OWNED BY ")


GENERATED = {**BASE, "column app.t.g": Column(3, "integer", generated="b + 1")}
CALLING = {
    **BASE,
    "function app.f(integer)": Function("a integer", "integer", "sql", "SELECT 1"),
    "column app.t.g": Column(3, "integer", generated="app.f(b)"),
}


@pytest.mark.parametrize(
    ("before", "after", "retyped", "going"),
    [
        (GENERATED, {**GENERATED, "column app.t.g": Column(3, "integer", generated="b + 2")}, (), ()),
        (GENERATED, {**GENERATED, "column app.t.g": Column(3, "bigint", generated="b + 1")}, (), ()),
        (GENERATED, {**GENERATED, "column app.t.g": Column(3, "integer", generated="b + 1", is_virtual=True)}, (), ()),
        (GENERATED, GENERATED, ("column app.t.b",), ()),
        (CALLING, CALLING, (), ("function app.f(integer)",)),
        ({**BASE, "column app.t.g": Column(3, "integer")}, GENERATED, (), ()),
    ],
)
def test_a_generated_column_that_cannot_change_is_new(
    before: dict[str, Definition], after: dict[str, Definition], retyped: tuple[str, ...], going: tuple[str, ...]
) -> None:
    current, wanted = make(before), make(after)
    found = find_new_columns(
        compare_catalogs(current, wanted),
        current,
        wanted,
        retyped=frozenset(map(parse_id, retyped)),
        going=frozenset(map(parse_id, going)),
    )
    assert {parse_id("column app.t.g")} == found


@pytest.mark.parametrize("after", [GENERATED, {**GENERATED, "column app.t.b": Column(2, "bigint")}, BASE])
def test_any_other_column_stays(after: dict[str, Definition]) -> None:
    """One that becomes plain keeps its values."""
    current, wanted = make(GENERATED), make(after)
    found = find_new_columns(compare_catalogs(current, wanted), current, wanted, retyped=frozenset())
    assert frozenset() == found
