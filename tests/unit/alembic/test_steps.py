"""What an operation makes, takes away and stands on, told from the two catalogs; and drops that know their way back."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import settle_concurrency
from pgcraft.alembic.operations.dependencies import find_needs
from pgcraft.alembic.operations.drops import make_exact
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.steps import StepMaker
from pgcraft.alembic.operations.tables import find_separate_keys
from pgcraft.catalog.definitions import Column, Constraint, Definition, Enum, Function, Identity, Index, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.order import Step
from tests.unit.diff.catalogs import make

KEY = Constraint("primary key", ("id",), "PRIMARY KEY (id)")


def reference(column: str, table: str) -> Constraint:
    text = f"FOREIGN KEY ({column}) REFERENCES app.{table}(id)"
    return Constraint("foreign key", (column,), text, ("app", table), ("id",))


OBJECTS: dict[str, Definition] = {
    "enum app.e": Enum(("a",)),
    "function app.f(integer)": Function("a integer", "integer", "sql", "SELECT 1"),
    "table app.o": Table(),
    "column app.o.id": Column(1, "integer", nullable=False),
    "constraint o_pkey on app.o": KEY,
    "constraint o_id_check on app.o": Constraint("check", ("id",), "CHECK (id > 0)"),
    "table app.t": Table(),
    "column app.t.id": Column(1, "integer", nullable=False, is_serial=True),
    "column app.t.e": Column(2, "app.e"),
    "column app.t.up": Column(3, "integer", default="app.f(1)"),
    "column app.t.twice": Column(4, "integer", generated="id * 2"),
    "constraint t_pkey on app.t": KEY,
    "constraint fk on app.t": reference("up", "o"),
    "constraint own on app.t": reference("up", "t"),
    "index i on app.t": Index(("up", "app.f(id)"), ("up",)),
    "view app.v": View("SELECT 1"),
}


def table(catalog_name: str = "t", *extra: Any) -> sa.Table:
    """The table as Alembic holds it."""
    metadata = sa.MetaData()
    sa.Table("o", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="app")
    return sa.Table(
        catalog_name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("up", sa.Integer),
        *extra,
        schema="app",
    )


FK = sa.ForeignKeyConstraint
CREATE = ops.CreateTableOp.from_table(table("t", FK(["up"], ["app.o.id"], name="fk")))
DROP = ops.DropTableOp.from_table(table("t", FK(["up"], ["app.o.id"], name="fk")))
INSIDE = "table app.t, column app.t.id, column app.t.e, column app.t.up, column app.t.twice, constraint t_pkey on app.t"
ON_O = "table app.o, constraint o_pkey on app.o"
OF_UP = "table app.t, function app.f(integer)"

STEPS: dict[str, tuple[ops.MigrateOperation, tuple[str, str, str, str, str]]] = {
    "a table made": (
        CREATE,
        ("table app.t", f"{INSIDE}, constraint fk on app.t", "", f"enum app.e, function app.f(integer), {ON_O}", ""),
    ),
    "a table dropped": (
        DROP,
        ("table app.t", "", f"{INSIDE}, constraint fk on app.t", "", f"enum app.e, function app.f(integer), {ON_O}"),
    ),
    "a column made": (
        ops.AddColumnOp("t", sa.Column("up", sa.Integer), schema="app"),
        ("column app.t.up", "column app.t.up", "", OF_UP, ""),
    ),
    "a generated column made": (
        ops.AddColumnOp("t", sa.Column("twice", sa.Integer), schema="app"),
        ("column app.t.twice", "column app.t.twice", "", "table app.t, column app.t.id", ""),
    ),
    "a column dropped": (
        ops.DropColumnOp("t", "e", schema="app"),
        ("column app.t.e", "", "column app.t.e", "", "table app.t, enum app.e"),
    ),
    "a comment": (
        ops.AlterColumnOp("t", "up", schema="app", modify_comment="x"),
        ("column app.t.up", "column app.t.up", "", OF_UP, ""),
    ),
    "a default": (
        ops.AlterColumnOp("t", "up", schema="app", modify_server_default=None),
        ("column app.t.up", "column app.t.up", "", OF_UP, OF_UP),
    ),
    "a type": (
        ops.AlterColumnOp("t", "up", schema="app", modify_type=sa.Integer()),
        ("column app.t.up", "column app.t.up", "column app.t.up", OF_UP, OF_UP),
    ),
    "an index made": (
        ops.CreateIndexOp("i", "t", ["up"], schema="app"),
        ("index i on app.t", "index i on app.t", "", "table app.t, column app.t.up, function app.f(integer)", ""),
    ),
    "an index dropped": (
        ops.DropIndexOp("i", "t", schema="app"),
        ("index i on app.t", "", "index i on app.t", "", "table app.t, column app.t.up, function app.f(integer)"),
    ),
    "a key made": (
        ops.CreateForeignKeyOp("fk", "t", "o", ["up"], ["id"], source_schema="app", referent_schema="app"),
        (
            "constraint fk on app.t",
            "constraint fk on app.t",
            "",
            "table app.t, column app.t.up, table app.o, constraint o_pkey on app.o",
            "",
        ),
    ),
    "a key dropped": (
        ops.DropConstraintOp("fk", "t", schema="app"),
        (
            "constraint fk on app.t",
            "",
            "constraint fk on app.t",
            "",
            "table app.t, column app.t.up, table app.o, constraint o_pkey on app.o",
        ),
    ),
    "an exclusion made": (
        CreateExcludeConstraintOp("t_pkey", "t", [], schema="app"),
        ("constraint t_pkey on app.t", "constraint t_pkey on app.t", "", "table app.t, column app.t.id", ""),
    ),
    "a password": (
        RolePasswordOp(parse_id("role r"), "X"),
        ("role r", "", "", "role r", ""),
    ),
    "somebody's about a table": (
        ops.CreateTableCommentOp("t", "x", schema="app"),
        ("table app.t", "", "", "table app.t", ""),
    ),
    "somebody's about none": (
        ops.ExecuteSQLOp("SELECT 1"),
        ("index ExecuteSQLOp", "", "", "", ""),
    ),
    "what is not there": (
        ops.DropColumnOp("none", "e"),
        ("column public.none.e", "", "column public.none.e", "", ""),
    ),
}


def names(ids: frozenset[ObjectId]) -> list[str]:
    return sorted(str(each) for each in ids)


def listed(line: str) -> list[str]:
    return sorted(part for part in line.split(", ") if part)


def maker(catalog: Catalog | None = None) -> StepMaker:
    both = catalog or make(OBJECTS)
    return StepMaker(both, both, "public")


@pytest.mark.parametrize("name", STEPS)
def test_an_operation_knows_what_it_stands_on(name: str) -> None:
    operation, (subject, provides, removes, requires, releases) = STEPS[name]
    step = maker().make(operation)
    found = (step.provides, step.removes, step.requires, step.releases)
    expected = [listed(each) for each in (provides, removes, requires, releases)]
    assert subject in (str(step.subject), f"{step.subject.kind.value} {step.subject.name}")
    assert expected[:2] == [names(each) for each in found[:2]]
    assert expected[2] == names(found[2]), "requires"
    assert expected[3] == names(found[3]), "releases"
    assert (operation, False) == (step.item, step.is_alone)


def test_what_runs_alone_says_so() -> None:
    index = ops.CreateIndexOp("i", "t", ["up"], schema="app", postgresql_concurrently=True)
    assert maker().make(settle_concurrency(index, frozenset())).is_alone
    action = Action(Verb.ALTER, parse_id("enum app.e"), ("ALTER TYPE app.e ADD VALUE 'b'",), ())
    assert maker().make(CatalogOp(action)).is_alone is action.is_alone is True


def test_keys_of_a_ring_are_not_inside() -> None:
    catalog = make(OBJECTS)
    assert ["constraint own on app.t"] == names(find_separate_keys(CREATE, catalog, "public"))
    both = ops.CreateTableOp.from_table(table("t", FK(["up"], ["app.o.id"]), FK(["up"], ["app.t.id"])))
    assert [] == names(find_separate_keys(both, catalog, "public"))
    assert [] == names(find_separate_keys(ops.CreateTableOp("none", []), catalog, "public"))


WAYS: dict[str, tuple[ops.MigrateOperation, tuple[str, ...] | None]] = {
    "a column that reflection knows": (
        ops.DropColumnOp(
            "t",
            "up",
            schema="app",
            _reverse=ops.AddColumnOp(
                "t", sa.Column("up", sa.Integer, server_default=sa.text("app.f(1)")), schema="app"
            ),
        ),
        None,
    ),
    "a column with another default": (
        ops.DropColumnOp(
            "t", "up", schema="app", _reverse=ops.AddColumnOp("t", sa.Column("up", sa.Integer), schema="app")
        ),
        ("ALTER TABLE app.t ADD COLUMN up integer DEFAULT app.f(1)",),
    ),
    "a column that nobody knows": (ops.DropColumnOp("t", "none", schema="app"), None),
    "an index that reflection knows": (
        ops.DropIndexOp.from_index(sa.Index("plain", sa.Column("id"), _table=table())),
        None,
    ),
    "an index with more": (
        ops.DropIndexOp.from_index(sa.Index("i", "up", _table=table())),
        ("CREATE INDEX i ON app.t (up, app.f(id))",),
    ),
    "a constraint": (
        ops.DropConstraintOp("fk", "t", schema="app", type_="foreignkey"),
        ("ALTER TABLE app.t\nADD CONSTRAINT fk FOREIGN KEY (up) REFERENCES app.o(id)",),
    ),
    "something else": (ops.AddColumnOp("t", sa.Column("x", sa.Integer)), None),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_drop_comes_back_as_it_was(name: str) -> None:
    """Reflection leaves out what it does not know, and the way back made something else."""
    operation, restore = WAYS[name]
    exact = make_exact(operation, make(OBJECTS), "public")
    if restore is None:
        assert exact is operation
        return
    assert type(operation) in type(exact).__mro__
    assert vars(operation).items() <= vars(exact).items()
    back = exact.reverse()
    assert isinstance(back, CatalogOp)
    assert (Verb.CREATE, restore, ()) == (back.action.verb, back.action.up, back.action.down)
    assert maker().make(exact).removes == frozenset({back.action.id})


def test_a_table_comes_back_with_what_is_inside() -> None:
    plain: dict[str, Definition] = {
        "table app.o": Table(),
        "column app.o.id": Column(1, "integer", nullable=False, is_serial=True),
        "constraint o_pkey on app.o": KEY,
    }
    drop = ops.DropTableOp.from_table(
        sa.Table(
            "o", sa.MetaData(), sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name="o_pkey"), schema="app"
        )
    )
    assert make_exact(drop, make(plain), "public") is drop
    for line, definition in {
        "table app.o": Table(is_unlogged=True, row_security=True),
        "column app.o.id": Column(1, "bigint", nullable=False, identity=Identity(start=5)),
        "constraint c on app.o": Constraint("check", ("id",), "CHECK (id > 0)"),
    }.items():
        assert make_exact(drop, make(plain | {line: definition}), "public") is not drop
    exact = make_exact(drop, make(plain | {"table app.o": Table(is_unlogged=True, row_security=True)}), "public")
    assert (
        "CREATE UNLOGGED TABLE app.o (\n    id serial NOT NULL,\n    CONSTRAINT o_pkey PRIMARY KEY (id)\n)",
        "ALTER TABLE app.o ENABLE ROW LEVEL SECURITY",
    ) == exact.reverse().action.up  # type: ignore[attr-defined]
    ringed = plain | {"column app.o.up": Column(2, "integer"), "constraint own on app.o": reference("up", "o")}
    (first, *_) = make_exact(drop, make(ringed), "public").reverse().action.up  # type: ignore[attr-defined]
    assert "own" not in first


def test_an_exclusion_stands_on_its_table() -> None:
    made = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("up", sa.Integer),
        ExcludeConstraint((sa.column("up"), "="), name="t_pkey"),
        schema="app",
    )
    (constraint,) = (each for each in made.constraints if isinstance(each, ExcludeConstraint))
    step = maker().make(ops.AddConstraintOp.from_constraint(constraint))
    assert ("t_pkey", Kind.CONSTRAINT) == (step.subject.name, step.subject.kind)


def step(operation: ops.MigrateOperation, line: str, **facts: str) -> Step[ops.MigrateOperation]:
    return Step(
        operation, parse_id(line), **{word: frozenset(map(parse_id, listed(ids))) for word, ids in facts.items()}
    )


def test_what_cannot_do_without_another_goes_with_it() -> None:
    drop, make_ = (CatalogOp(Action(verb, parse_id("view app.v"), (), ())) for verb in (Verb.DROP, Verb.CREATE))
    made, column, other = (
        ops.CreateTableOp("t", []),
        ops.AddColumnOp("t", sa.Column("a")),
        ops.AddColumnOp("t", sa.Column("b")),
    )
    gone, key = ops.DropColumnOp("t", "c"), ops.DropConstraintOp("k", "t")
    steps = [
        step(drop, "view app.v", removes="view app.v", releases="table app.t"),
        step(key, "constraint k on app.t", removes="constraint k on app.t", releases="column app.t.c"),
        step(gone, "column app.t.c", removes="column app.t.c"),
        step(made, "table app.t", provides="table app.t"),
        step(column, "column app.t.a", provides="column app.t.a", requires="table app.t"),
        step(other, "column app.t.b", provides="column app.t.b", removes="column app.t.b", requires="table app.t"),
        step(make_, "view app.v", provides="view app.v", requires="table app.t"),
    ]
    keys = {id(each): name for each, name in zip((drop, key, gone, made, column, other, make_), "DKGTABV", strict=True)}
    needs = {keys[number]: found for number, found in find_needs(steps, keys).items()}
    assert {
        "D": ("V",),
        "K": (),
        "G": ("D", "K", "V"),
        "T": (),
        "A": ("T",),
        "B": ("D", "T", "V"),
        "V": ("A", "D", "T"),
    } == needs
