"""Operations of a revision as they are shown and left out, told from the operations alone."""

import pytest
import sqlalchemy as sa
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.frame import FrameOp, Place, notify
from pgcraft.alembic.operations.inspect_ops import (
    STEPS,
    leave_out,
    list_operations,
    mark_losses,
    render_sql,
)
from pgcraft.alembic.operations.password import RolePasswordOp
from pgcraft.alembic.operations.retyping import retype
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.access import hazards_of_password
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.operation import Operation
from pgcraft.diff.order import Step
from pgcraft.render.statement import Hazard, HazardType

VIEW, TABLE, COLUMN = parse_id("view app.v"), parse_id("table app.t"), parse_id("column app.t.a")
MADE = CatalogOp(Action(Verb.CREATE, VIEW, ("CREATE VIEW app.v AS SELECT 1",), ("DROP VIEW app.v",)))
TABLE_GONE = ops.DropTableOp("t", schema="app")


class Own(ops.MigrateOperation):
    """What some other plugin does: it has no way back, and needs a connection."""


class Broken(CatalogOp):
    """What stands in a module of ours, and cannot run."""

    def __init__(self) -> None:
        self.table_name = "t"


Broken.__module__ = "pgcraft.broken"


@Operations.implementation_for(Own)
def run_own(operations: Operations, operation: Own) -> None:
    raise RuntimeError("there is no connection")


def context(**options: object) -> MigrationContext:
    return MigrationContext.configure(dialect_name="postgresql", opts=options)


def script(*operations: ops.MigrateOperation) -> ops.MigrationScript:
    return ops.MigrationScript("x", ops.UpgradeOps(list(operations)), ops.DowngradeOps([notify()]))


def up(made: ops.MigrationScript) -> list[ops.MigrateOperation]:
    assert made.upgrade_ops is not None
    return made.upgrade_ops.ops


def down(made: ops.MigrationScript) -> list[ops.MigrateOperation]:
    assert made.downgrade_ops is not None
    return made.downgrade_ops.ops


RETYPED = retype(
    ops.AlterColumnOp("t", "a", schema="app", modify_type=sa.Integer(), existing_type=sa.String()), "a::integer", ""
)
SQL: dict[str, tuple[ops.MigrateOperation, tuple[str, ...]]] = {
    "ours": (MADE, ("CREATE VIEW app.v AS SELECT 1",)),
    "a notification": (notify(), ("NOTIFY pgrst, 'reload schema'",)),
    "a password": (RolePasswordOp(parse_id("role r"), "SECRET"), ("-- password of role r from SECRET",)),
    "a password on the way down": (RolePasswordOp(parse_id("role r"), "SECRET", is_downgrade=True), ()),
    "a drop": (ops.DropTableOp("t", schema="app"), ("DROP TABLE app.t",)),
    "SQL": (ops.ExecuteSQLOp("SELECT 'a%b'"), ("SELECT 'a%b'",)),
    "several": (
        ops.CreateTableOp.from_table(sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer, comment="it's"))),
        ("CREATE TABLE t (\n    n INTEGER\n)", "COMMENT ON COLUMN t.n IS 'it''s'"),
    ),
    "a literal": (
        ops.AddColumnOp("t", sa.Column("n", sa.Integer, server_default=sa.literal(7))),
        ("ALTER TABLE t ADD COLUMN n INTEGER DEFAULT 7",),
    ),
    "another type": (RETYPED, ("ALTER TABLE app.t ALTER COLUMN a TYPE INTEGER USING a::integer",)),
    "somebody's": (Own(), ()),
}


@pytest.mark.parametrize("name", SQL)
def test_an_operation_is_told_by_its_sql(name: str) -> None:
    operation, expected = SQL[name]
    assert expected == render_sql(operation)


def test_what_fails_in_an_operation_of_ours_is_not_hidden() -> None:
    with pytest.raises(AttributeError):
        render_sql(Broken())
    with pytest.raises(Exception, match="no_such"):
        render_sql(ops.CreateForeignKeyOp("fk", "t", "o", ["a"], ["b"], no_such=object()))


FOUND = [
    (Verb.CREATE.value, "create view app.v", ("DROP VIEW app.v",), []),
    ("drop", "drop table app.t", ("CREATE TABLE app.t (\n)",), ["data loss"]),
    ("drop", "drop column app.t.a", (), ["data loss"]),
    ("execute", "set password of role r", (), ["access"]),
    ("execute", "execute table app.gone", (), ["data loss"]),
    ("execute", "execute table Own", (), []),
    ("alter", "alter table app.t", (), []),
    ("create", "create table app.t", ("DROP INDEX app.i",), ["heavy lock"]),
]


def test_each_operation_is_shown_in_run_order() -> None:
    steps = (
        Step(MADE, VIEW),
        Step(drop := ops.DropColumnOp("t", "a", schema="app"), COLUMN, removes=frozenset({COLUMN})),
    )
    password = RolePasswordOp(parse_id("role r"), "SECRET")
    inner = ops.ModifyTableOps("t", [drop], schema="app")
    alter = ops.AlterColumnOp("t", "a", schema="app", modify_nullable=True)
    index = ops.CreateIndexOp("i", "t", ["a"], schema="app")
    made = script(
        notify(), MADE, TABLE_GONE, inner, password, ops.ExecuteSQLOp("DROP TABLE app.gone"), Own(), alter, index
    )
    found = list_operations(
        context(
            **{STEPS: (*steps, Step(password, parse_id("role r"), hazards=hazards_of_password(parse_id("role r"))))}
        ),
        made,
    )
    assert FOUND == [
        (item.verb, item.title, item.down, [hazard.type.value for hazard in item.hazards]) for item in found
    ]
    assert [VIEW, TABLE, COLUMN] == [item.target for item in found[:3]]
    assert ["create view app.v b4f820c3", "drop table app.t b32b73ae"] == [item.key for item in found[:2]]
    assert len(found) == len({item.key for item in found})


def test_a_planned_operation_endangers_what_its_plan_says() -> None:
    column = ops.DropColumnOp("t", "a", schema="app")
    hazards = (Hazard(HazardType.MAY_FAIL, "said"),)
    (found,) = list_operations(context(**{STEPS: (Step(column, COLUMN, hazards=hazards),)}), script(column))
    assert hazards == found.hazards
    (theirs,) = list_operations(context(), script(column))
    assert [HazardType.DATA_LOSS] == [hazard.type for hazard in theirs.hazards]
    more = CatalogOp(Action(Verb.ALTER, VIEW, ("DROP TABLE app.u",), ()))
    (found,) = list_operations(context(**{STEPS: (Step(more, VIEW, hazards=hazards),)}), script(more))
    assert ["what table app.u holds is lost", "said"] == [hazard.message for hazard in found.hazards]


def keys(found: tuple[Operation, ...], *titles: str) -> set[str]:
    return {item.key for item in found if item.title in titles}


def test_what_is_left_out_is_in_neither_direction() -> None:
    column, index = ops.DropColumnOp("t", "a", schema="app"), ops.CreateIndexOp("i", "t", ["b"], schema="app")
    column._reverse = ops.AddColumnOp("t", sa.Column("a", sa.Integer), schema="app")
    made = script(MADE, ops.ModifyTableOps("t", [index, column], schema="app"), notify())
    at = context(**{STEPS: (Step(MADE, VIEW), Step(index, parse_id("index i on app.t")), Step(column, COLUMN))})
    leave_out(at, made, ())
    assert [MADE, FrameOp] == [up(made)[0], type(up(made)[2])]
    leave_out(at, made, keys(list_operations(at, made), "create view app.v", "no such title"))
    container, around = up(made)
    assert isinstance(container, ops.ModifyTableOps)
    assert [index, FrameOp, column] == [container.ops[0], type(container.ops[1]), container.ops[2]]
    assert isinstance(around, FrameOp)
    (back, told) = down(made)
    assert isinstance(back, ops.ModifyTableOps)
    assert [ops.AddColumnOp, ops.DropIndexOp] == [type(each) for each in back.ops]
    assert isinstance(told, FrameOp)
    leave_out(at, made, keys(list_operations(at, made), "create index i on app.t", "drop column app.t.a"))
    assert ([], []) == (up(made), down(made))


def test_what_has_no_way_back_is_left_out_of_it() -> None:
    made = script(MADE, Own())
    leave_out(context(), made, {"no such key"})
    assert [MADE, Own] == [up(made)[0], type(up(made)[1])]
    assert [CatalogOp] == list(map(type, down(made)))


def test_losses_are_said_once() -> None:
    hazards = (Hazard(HazardType.DATA_LOSS, "rows go"), Hazard(HazardType.MAY_FAIL, "may fail"))
    lossy = CatalogOp(Action(Verb.DROP, VIEW, ("DROP VIEW app.v",), (), hazards=hazards))
    made = script(FrameOp(Place.LOSS, "old"), lossy)
    for _ in range(2):
        mark_losses(context(), made)
    note, operation = up(made)
    assert isinstance(note, FrameOp)
    assert ("rows go", lossy) == (note.subject, operation)


def test_what_sql_loses_is_said_above_it() -> None:
    sql = ops.ExecuteSQLOp("DROP TABLE app.gone")
    made = script(sql)
    mark_losses(context(), made)
    note, operation = up(made)
    assert isinstance(note, FrameOp)
    assert ("what table app.gone holds is lost", sql) == (note.subject, operation)
