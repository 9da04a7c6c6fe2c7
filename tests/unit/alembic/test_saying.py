"""Actions on tables as the operations that a revision is written with, and what undoes those."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.exact_alterations import ExactAlterColumnOp
from pgcraft.alembic.operations.inspect_ops import render_sql
from pgcraft.alembic.operations.saying import Speaker
from pgcraft.catalog.definitions import Column, Constraint, Definition, Identity, Index, Table
from pgcraft.catalog.tokens import tokenize
from pgcraft.collect import collect
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.tables import plan_tables
from pgcraft.elements.declared import find_declared
from tests.unit.diff.catalogs import make, plan_inside, without

CHECK = Constraint("check", ("a",), "CHECK (a > 0)")
KEY = Constraint("primary key", ("id",), "PRIMARY KEY (id)")
UNIQUE = Constraint("unique", ("a",), "UNIQUE (a)")
POINTS = Constraint("foreign key", ("a",), "FOREIGN KEY (a) REFERENCES app.t(id)", ("app", "t"), ("id",))
BASE: dict[str, Definition] = {
    "table app.t": Table(),
    "column app.t.id": Column(1, "integer", nullable=False),
    "column app.t.a": Column(2, "integer"),
    "constraint t_pkey on app.t": KEY,
}
NEW: dict[str, Definition] = {"table app.n": Table(), "column app.n.id": Column(1, "integer")}
SERIAL = Column(2, "integer", is_serial=True)

Objects = dict[str, Definition]


def say(before: Objects, after: Objects) -> list[ops.MigrateOperation]:
    speaker = Speaker(make(before), make(after), {}, "public", frozenset(), {})
    return [speaker.say(action) for action in plan_inside(before, after)]


SAID: dict[str, tuple[Objects, Objects, type[ops.MigrateOperation]]] = {
    "a table made": (BASE, BASE | NEW, ops.CreateTableOp),
    "a table dropped": (BASE | NEW, BASE, ops.DropTableOp),
    "a table's comment": (BASE, BASE | {"table app.t": Table(comment="c")}, ops.CreateTableCommentOp),
    "a table's comment that goes": (BASE | {"table app.t": Table(comment="c")}, BASE, ops.DropTableCommentOp),
    "a column made": (BASE, BASE | {"column app.t.b": Column(3, "text")}, ops.AddColumnOp),
    "a column dropped": (BASE | {"column app.t.b": Column(3, "text")}, BASE, ops.DropColumnOp),
    "a column's type": (BASE, BASE | {"column app.t.a": Column(2, "bigint")}, ops.AlterColumnOp),
    "a column's default": (BASE, BASE | {"column app.t.a": Column(2, "integer", default="':b'")}, ops.AlterColumnOp),
    "a default that goes": (BASE | {"column app.t.a": Column(2, "integer", default="1")}, BASE, ops.AlterColumnOp),
    "a column that is required": (
        BASE,
        BASE | {"column app.t.a": Column(2, "integer", nullable=False)},
        ops.AlterColumnOp,
    ),
    "a column's comment": (BASE, BASE | {"column app.t.a": Column(2, "integer", comment="c")}, ops.AlterColumnOp),
    "a unique constraint made": (BASE, BASE | {"constraint u on app.t": UNIQUE}, ops.CreateUniqueConstraintOp),
    "a unique constraint dropped": (BASE | {"constraint u on app.t": UNIQUE}, BASE, ops.DropConstraintOp),
    "a key made": (BASE, BASE | {"constraint f on app.t": POINTS}, ops.CreateForeignKeyOp),
    "a key dropped": (BASE | {"constraint f on app.t": POINTS}, BASE, ops.DropConstraintOp),
    "an index made": (BASE, BASE | {"index i on app.t": Index(("a",), ("a",))}, ops.CreateIndexOp),
    "an index dropped": (BASE | {"index i on app.t": Index(("a",), ("a",))}, BASE, ops.DropIndexOp),
    "a check made": (BASE, BASE | {"constraint c on app.t": CHECK}, ops.CreateCheckConstraintOp),
    "a check dropped": (BASE | {"constraint c on app.t": CHECK}, BASE, ops.DropConstraintOp),
    "a check with a comment": (BASE, BASE | {"constraint c on app.t": replace(CHECK, comment="c")}, CatalogOp),
    "a unique constraint with a comment": (
        BASE,
        BASE | {"constraint u on app.t": replace(UNIQUE, comment="c")},
        CatalogOp,
    ),
    "a primary key made": (without(BASE, "constraint t_pkey on app.t"), BASE, CatalogOp),
    "an identity": (BASE, BASE | {"column app.t.a": Column(2, "integer", identity=Identity())}, CatalogOp),
    "a serial column": (BASE, BASE | {"column app.t.a": SERIAL}, CatalogOp),
    "an expression less": (
        BASE | {"column app.t.a": Column(2, "integer", generated="id + 1")},
        BASE,
        CatalogOp,
    ),
    "a type under a default": (
        BASE | {"column app.t.a": Column(2, "integer", default="1")},
        BASE | {"column app.t.a": Column(2, "bigint", default="1")},
        CatalogOp,
    ),
    "a type that sqlalchemy does not know": (BASE, BASE | {"column app.t.a": Column(2, "app.x")}, CatalogOp),
    "options of a table": (BASE, BASE | {"table app.t": Table(options=(("fillfactor", "70"),))}, CatalogOp),
    "a check's comment": (
        BASE | {"constraint t_pkey on app.t": KEY},
        BASE | {"constraint t_pkey on app.t": replace(KEY, comment="c")},
        CatalogOp,
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_an_action_is_said_by_alembics_own_operation_where_there_is_one(name: str) -> None:
    before, after, expected = SAID[name]
    (said,) = say(before, after)
    assert expected is type(said) or expected in type(said).__mro__
    assert (expected is CatalogOp) is isinstance(said, CatalogOp)


@pytest.mark.parametrize("name", SAID)
def test_an_operation_runs_the_sql_of_its_action_both_ways(name: str) -> None:
    """But for words, such as SERIAL and INTEGER, that say the same."""
    before, after, _ = SAID[name]
    (said,), (action,) = say(before, after), plan_inside(before, after)
    assert len(action.up) == len(render_sql(said))
    assert len(action.down) == len(render_sql(said.reverse()))
    for ours, theirs in zip((*action.up, *action.down), (*render_sql(said), *render_sql(said.reverse())), strict=True):
        assert _words(ours) == _words(theirs)


def _words(sql: str) -> set[str]:
    """What a statement says, whatever its case, its layout and its quotes."""
    tokens = (token.text.strip('"').lower() for token in tokenize(sql.replace("ONLY ", "")) if not token.is_blank)
    return {text for text in tokens if text not in "(),."} - {"constraint", "t", "app"}


DROPS: dict[str, tuple[Objects, Objects, type[ops.MigrateOperation], str]] = {
    "a table": (
        BASE | NEW | {"constraint x on app.n": Constraint("exclude", ("id",), "EXCLUDE USING gist (id WITH =)")},
        BASE,
        ops.DropTableOp,
        "CONSTRAINT x EXCLUDE USING gist (id WITH =)",
    ),
    "a table with row security": (
        BASE | NEW | {"table app.n": Table(row_security=True)},
        BASE,
        ops.DropTableOp,
        "ENABLE ROW LEVEL SECURITY",
    ),
    "a column": (BASE | {"column app.t.b": Column(3, "app.x")}, BASE, ops.DropColumnOp, "ADD COLUMN b app.x"),
    "a constraint": (
        BASE | {"constraint u on app.t": replace(UNIQUE, text="UNIQUE (a) WITH (fillfactor='70')")},
        BASE,
        ops.DropConstraintOp,
        "UNIQUE (a) WITH (fillfactor='70')",
    ),
    "an index": (
        BASE | {"index i on app.t": Index(('a COLLATE "C"', "id DESC"), ("a", "id"))},
        BASE,
        ops.DropIndexOp,
        'a COLLATE "C"',
    ),
}


@pytest.mark.parametrize("name", DROPS)
def test_a_drop_comes_back_as_it_was(name: str) -> None:
    """Also where SQLAlchemy has no words for it."""
    before, after, class_, text = DROPS[name]
    (said,) = say(before, after)
    assert isinstance(said, class_)
    assert text in "\n".join(render_sql(said.reverse()))


def test_keys_of_a_ring_stand_for_themselves() -> None:
    ring: Objects = {}
    for name, other in (("x", "y"), ("y", "x"), ("z", "x")):
        text = f"FOREIGN KEY (a) REFERENCES app.{other}(id)"
        ring |= {
            f"table app.{name}": Table(),
            f"column app.{name}.id": Column(1, "integer", nullable=False),
            f"column app.{name}.a": Column(2, "integer"),
            f"constraint {name}_pkey on app.{name}": KEY,
            f"constraint f_{name} on app.{name}": Constraint("foreign key", ("a",), text, ("app", other), ("id",)),
        }
    made, gone = say(BASE, BASE | ring), say(BASE | ring, BASE)
    assert {"f_x", "f_y"} == {str(each.constraint_name) for each in made if isinstance(each, ops.CreateForeignKeyOp)}
    assert {"f_x", "f_y"} == {str(each.constraint_name) for each in gone if isinstance(each, ops.DropConstraintOp)}
    (third,) = (each for each in made if isinstance(each, ops.CreateTableOp) and each.table_name == "z")
    assert "f_z" in {str(constraint.name) for constraint in third.to_table().constraints}


def test_what_a_user_declared_is_written_as_it_was() -> None:
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(5), sa.CheckConstraint("a <> ''"), unique=True),
        sa.Index("i", "a", postgresql_concurrently=True),
        schema="app",
    )
    wanted, nothing = collect(metadata), make({})
    actions = plan_tables(
        nothing, wanted, compare_catalogs(nothing, wanted), moved=frozenset(), is_ours=lambda _: True,
        cast=lambda *_: Casting(),
    )  # fmt: skip
    speaker = Speaker(nothing, wanted, find_declared([metadata]), "public", frozenset(), {})
    table, index = (speaker.say(action) for action in actions)
    assert isinstance(table, ops.CreateTableOp)
    assert isinstance(table.to_table().c.a.type, sa.String)
    assert {"t_pkey", "t_a_key", "t_a_check"} == {str(each.name) for each in table.to_table().constraints}
    assert isinstance(index, ops.CreateIndexOp)
    assert index.kw["postgresql_concurrently"] is True


def test_what_a_rewriter_makes_of_an_alteration_that_runs_sql_is_done() -> None:
    """It changed a copy that nobody looked at."""
    after = BASE | {"column app.t.a": Column(2, "integer", identity=Identity())}

    def alteration() -> ExactAlterColumnOp:
        (found,) = (each for each in say(BASE, after) if isinstance(each, ExactAlterColumnOp))
        return found

    assert [CatalogOp] == [type(part) for part in alteration().list_parts()]
    more = alteration()
    more.modify_comment = "said by a Rewriter"
    sql, said = more.list_parts()
    assert isinstance(sql, CatalogOp)
    assert isinstance(said, ops.AlterColumnOp)
    assert ("said by a Rewriter", False) == (said.modify_comment, said.modify_server_default)
    less = alteration()
    less.modify_server_default = False
    (only,) = less.list_parts()
    assert isinstance(only, ops.AlterColumnOp)
    assert not only.has_changes()
