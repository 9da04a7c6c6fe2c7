"""How long a revision waits is said at the head of each of its transactions, and around what has none."""

from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import ConcurrentIndexOp
from pgcraft.alembic.operations.frame import FrameOp, ask_for_server, frame
from pgcraft.alembic.operations.render import render_catalog_operation
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action, Verb
from pgcraft.scripts.tables import flatten

TABLE = parse_id("table app.t")
LIMITS = {"pgcraft_lock_timeout": "5s", "pgcraft_statement_timeout": "2min"}
SET = ("SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = '2min'")


def alter(*up: str) -> CatalogOp:
    return CatalogOp(Action(Verb.ALTER, TABLE, up, ()))


def context(options: dict[str, str]) -> MigrationContext:
    return MigrationContext.configure(dialect_name="postgresql", opts=options)


def framed(*operations: ops.MigrateOperation, options: dict[str, str] | None = None) -> list[object]:
    script = ops.MigrationScript("r", ops.UpgradeOps(list(operations)), ops.DowngradeOps([alter("BACK")]))
    frame(context(LIMITS if options is None else options), script)
    assert (script.downgrade_ops.ops[0].statements == SET) is (options is None)
    return [each.statements if isinstance(each, FrameOp) else each for each in flatten(script.upgrade_ops.ops)]


def test_limits_stand_at_the_head_behind_the_server_that_is_needed() -> None:
    one, two = alter("ONE"), alter("TWO")
    need = ask_for_server(18, "w", "CHECK")
    assert [("CHECK",), SET, one, two] == framed(need, one, two)


def test_limits_are_set_again_in_each_transaction() -> None:
    first, value, last = alter("ONE"), alter("ALTER TYPE app.e ADD VALUE 'x'"), alter("TWO")
    index = ConcurrentIndexOp("i", "t", ["a"], schema="app", postgresql_concurrently=True)
    column = ops.AlterColumnOp("t", "a", schema="app", modify_nullable=True)
    table = ops.ModifyTableOps("t", [index, column], schema="app")
    assert [value, index, SET, column] == framed(value, table)
    table = ops.ModifyTableOps("t", [index, column], schema="app")
    assert [SET, first, value, index, SET, column, last] == framed(first, value, table, last)


def test_nothing_is_said_where_nobody_asks() -> None:
    one = alter("ONE")
    drop = alter("DROP INDEX CONCURRENTLY app.i")
    script = ops.MigrationScript("r", ops.UpgradeOps([one, drop]), ops.DowngradeOps([]))
    frame(context({}), script)
    assert [one, drop] == script.upgrade_ops.ops


def test_what_is_committed_by_itself_has_limits_where_others_would_wait_for_it() -> None:
    lock = "ALTER TABLE app.t ADD CONSTRAINT c CHECK (a > 0) NOT VALID"
    more = "ALTER TABLE app.t ALTER COLUMN a SET NOT NULL"
    together = alter(lock, more, "CREATE INDEX CONCURRENTLY i ON app.t (a)")
    autogen = AutogenContext(context({"pgcraft_lock_timeout": "5s"}))
    (text,) = render_catalog_operation(autogen, together)
    calls = [line.strip() for line in text.splitlines() if "op.execute" in line]
    assert [
        """op.execute("SET lock_timeout = '5s'")""",
        f"op.execute({lock!r})",
        f"op.execute({more!r})",
        "op.execute('RESET lock_timeout')",
        "op.execute('CREATE INDEX CONCURRENTLY i ON app.t (a)')",
    ] == calls
    (text,) = render_catalog_operation(autogen, alter(lock))
    assert "SET lock_timeout" not in text, "it stands in the transaction"
