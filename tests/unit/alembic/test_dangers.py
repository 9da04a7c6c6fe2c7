"""What an operation endangers, whoever put it there, and the notes that say so in a revision."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.dangers import find_hazards, find_subject
from pgcraft.alembic.operations.frame import LOSS, FrameOp, add_losses, remove_losses, render_frame
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action, Verb
from pgcraft.render.statement import Hazard, HazardType

CONTEXT = MigrationContext.configure(dialect_name="postgresql")
TABLE, COLUMN = parse_id("table app.t"), parse_id("column app.t.a")
UNIQUE = ops.CreateUniqueConstraintOp("u", "t", ["a"], schema="app")
DANGERS: dict[str, tuple[ops.MigrateOperation, tuple[str, ...], list[str]]] = {
    "a table": (ops.DropTableOp("t", schema="app"), ("DROP TABLE app.t",), ["data loss", "heavy lock"]),
    "a column": (ops.DropColumnOp("t", "a", schema="app"), (), ["data loss", "heavy lock"]),
    "a nullable column": (ops.AddColumnOp("t", sa.Column("a", sa.Integer)), (), []),
    "a column of values": (ops.AddColumnOp("t", sa.Column("a", sa.Integer, nullable=False)), (), ["may fail"]),
    "a default": (ops.AddColumnOp("t", sa.Column("a", sa.Integer, nullable=False, server_default="1")), (), []),
    "a computed column": (ops.AddColumnOp("t", sa.Column("a", sa.Integer, sa.Computed("1"))), (), ["table rewrite"]),
    "an identity": (
        ops.AddColumnOp("t", sa.Column("a", sa.Integer, sa.Identity(), nullable=False)),
        (),
        ["table rewrite"],
    ),
    "a type": (
        ops.AlterColumnOp("t", "a", existing_type=sa.BigInteger(), modify_type=sa.Integer()),
        (),
        ["data loss", "table rewrite", "may fail"],
    ),
    "not null": (ops.AlterColumnOp("t", "a", modify_nullable=False), (), ["table scan", "may fail"]),
    "null": (ops.AlterColumnOp("t", "a", modify_nullable=True), (), []),
    "an index": (ops.CreateIndexOp("i", "t", ["a"]), (), ["heavy lock"]),
    "a unique index": (ops.CreateIndexOp("i", "t", ["a"], unique=True), (), ["heavy lock", "may fail"]),
    "an index beside": (ops.CreateIndexOp("i", "t", ["a"], postgresql_concurrently=True), (), []),
    "a unique constraint": (UNIQUE, (), ["heavy lock", "may fail"]),
    "a check": (ops.CreateCheckConstraintOp("c", "t", "a > 0"), (), ["table scan", "may fail"]),
    "a check for later": (
        ops.CreateCheckConstraintOp("c", "t", "a > 0", postgresql_not_valid=True),
        (),
        [],
    ),
    "somebody's SQL": (
        ops.ExecuteSQLOp("…"),
        ("DELETE FROM app.t", "ALTER TABLE u ALTER a TYPE int"),
        ["data loss"] * 2,
    ),
    "a loss that is said": (
        CatalogOp(Action(Verb.DROP, TABLE, (), (), hazards=(Hazard(HazardType.DATA_LOSS, "said"),))),
        ("DROP TABLE app.t; DROP TABLE app.u",),
        ["data loss", "data loss"],
    ),
}


@pytest.mark.parametrize("name", DANGERS)
def test_an_operation_says_what_it_endangers(name: str) -> None:
    operation, sql, expected = DANGERS[name]
    subject = COLUMN if "column" in name else TABLE
    assert expected == [hazard.type.value for hazard in find_hazards(operation, subject, sql)]


def test_what_is_lost_is_named_as_a_user_names_it() -> None:
    found = find_hazards(ops.ExecuteSQLOp("…"), TABLE, ("DROP TABLE app.u; ALTER TABLE app.t ALTER a TYPE int",))
    assert (
        Hazard(HazardType.DATA_LOSS, "what table app.u holds is lost", "app.u"),
        Hazard(HazardType.DATA_LOSS, "values of column app.t.a may be cut or rounded", "app.t.a"),
    ) == found
    assert parse_id("table app.u") == find_subject(("SELECT 1", "DROP TABLE app.u"))
    assert None is find_subject(("SELECT 1",))


def test_notes_stand_above_what_loses_data() -> None:
    first, second = ops.DropTableOp("t"), ops.DropColumnOp("u", "a")
    inner = ops.ModifyTableOps("u", [second])
    container = ops.UpgradeOps([first, inner])
    add_losses(container, {id(first): ["a\n b", "c"], id(second): ["d"]})
    assert [FrameOp, FrameOp, ops.DropTableOp, ops.ModifyTableOps] == list(map(type, container.ops))
    assert [FrameOp, ops.DropColumnOp] == list(map(type, inner.ops))
    assert [f"{LOSS}a b"] == render_frame(AutogenContext(CONTEXT), container.ops[0])  # type: ignore[arg-type]
    remove_losses(ops.MigrationScript("x", container, ops.DowngradeOps([])))
    assert ([first, inner], [second]) == (container.ops, inner.ops)
