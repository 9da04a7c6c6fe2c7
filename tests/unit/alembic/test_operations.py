"""Operations of a revision: which table they are about, what undoes them, what they endanger, what stands around them."""

from textwrap import dedent
from types import SimpleNamespace

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.concurrent import ConcurrentDropIndexOp, ConcurrentIndexOp, settle_concurrency
from pgcraft.alembic.operations.frame import (
    LOSS,
    FrameOp,
    Place,
    add_losses,
    ask_for_server,
    frame,
    notify,
    remove_losses,
    render_frame,
)
from pgcraft.alembic.operations.render import pgcraft_render_item, render_catalog_operation
from pgcraft.alembic.operations.standing import find_replaced, list_roles, touch_each
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.standing import Standing, find_standing
from pgcraft.models import RoleDefinition, register_role
from pgcraft.render.keeping import Remade, keep_standing, put_back
from pgcraft.render.kept_settings import keep_settings, put_settings_back
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.scripts.tables import find_table, flatten, regroup, table_id

VIEW = parse_id("view app.v")
CONTEXT = MigrationContext.configure(dialect_name="postgresql")


def action(verb: Verb, line: str = "view app.v", **facts: object) -> CatalogOp:
    return CatalogOp(Action(verb, parse_id(line), ("UP",), ("DOWN",), **facts))


def table(name: str, *columns: sa.Column[int], schema: str | None = "app") -> sa.Table:
    return sa.Table(name, MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns, schema=schema)


def create(name: str, *columns: sa.Column[int]) -> ops.CreateTableOp:
    return ops.CreateTableOp.from_table(table(name, *columns))


def test_an_action_is_undone_by_its_other_half() -> None:
    one, two = frozenset({VIEW}), frozenset({parse_id("view app.w")})
    made = action(Verb.CREATE, anew=one, anew_by_down=two, hazards=(Hazard(HazardType.MAY_FAIL, "x"),))
    back = made.reverse().action
    assert (Verb.DROP, ("DOWN",), ("UP",), two, one, ()) == (
        *(back.verb, back.up, back.down, back.anew, back.anew_by_down, back.hazards),
    )
    assert ("pgcraft create", "view app.v") == made.to_diff_tuple()
    reversed_verbs = {verb: verb.reverse for verb in Verb}
    assert {
        Verb.CREATE: Verb.DROP,
        Verb.DROP: Verb.CREATE,
        Verb.SET_ASIDE: Verb.RESTORE,
        Verb.RESTORE: Verb.SET_ASIDE,
        Verb.ALTER: Verb.ALTER,
        Verb.REPLACE: Verb.REPLACE,
        Verb.RENAME: Verb.RENAME,
    } == reversed_verbs


def test_what_stands_around_says_what_it_is_and_what_undoes_it() -> None:
    need = ask_for_server(18, "X", "DO")
    assert [("pgcraft need", "PostgreSQL 18"), ("pgcraft notify", "pgrst")] == [
        each.to_diff_tuple() for each in (need, notify())
    ]
    again = notify()
    assert again is again.reverse(), "going back is a change, too"
    back = need.reverse()
    assert (Place.NEED, "PostgreSQL 18", "", ()) == (back.place, back.subject, back.comment, back.statements)
    assert [] == render_frame(AutogenContext(CONTEXT), back)


def test_operations_are_known_by_their_table() -> None:
    key = ops.CreateForeignKeyOp("fk", "t", "o", ["a"], ["b"], source_schema="app")
    assert ("app", "t") == find_table(key)
    assert ("app", "t") == find_table(ops.DropColumnOp("t", "a", schema="app"))
    assert (None, "t") == find_table(ops.DropTableOp("t"))
    assert None is find_table(ops.ExecuteSQLOp("SELECT 1"))
    assert parse_id("table public.t") == table_id(ops.DropTableOp("t"), "public")
    assert parse_id("table app.t") == table_id(key, "public")


def test_operations_on_tables_come_one_by_one_and_together_again() -> None:
    drops = [ops.DropColumnOp("t", name, schema="app") for name in "ab"]
    other = ops.DropColumnOp("u", "c", schema="app")
    made, sql = create("n"), ops.ExecuteSQLOp("SELECT 1")
    flat = [made, *drops, other, sql, ops.DropColumnOp("u", "d", schema="app")]
    grouped = regroup(flat)
    assert [ops.CreateTableOp, ops.ModifyTableOps, ops.ModifyTableOps, ops.ExecuteSQLOp, ops.ModifyTableOps] == list(
        map(type, grouped)
    )
    assert [("app", "t", 2), ("app", "u", 1), ("app", "u", 1)] == [
        (each.schema, each.table_name, len(each.ops)) for each in grouped if isinstance(each, ops.ModifyTableOps)
    ]
    assert flat == list(flatten(grouped))


def test_an_index_is_built_beside_the_writers_where_there_can_be_any() -> None:
    def build(**options: object) -> ops.CreateIndexOp:
        return ops.CreateIndexOp("i", "t", ["a"], schema="app", **options)

    plain = build()
    assert plain is settle_concurrency(plain, is_new=False)
    settled = settle_concurrency(build(postgresql_concurrently=True), is_new=False)
    assert isinstance(settled, ConcurrentIndexOp)
    back = settled.reverse()
    assert isinstance(back, ConcurrentDropIndexOp)
    assert isinstance(back.reverse(), ConcurrentIndexOp)
    fresh = settle_concurrency(build(postgresql_concurrently=True, postgresql_using="gin"), is_new=True)
    assert not isinstance(fresh, ConcurrentIndexOp)
    assert isinstance(fresh, ops.CreateIndexOp)
    assert {"postgresql_using": "gin"} == fresh.kw


COLUMN = parse_id("column app.t.a")


def find_remade(operations: list[ops.MigrateOperation]) -> Standing | None:
    return find_standing([*touch_each(operations, CONTEXT).values()], {})


def test_what_is_dropped_and_made_again_is_found() -> None:
    drop, make = action(Verb.DROP, forgotten=("comment",)), action(Verb.CREATE, forgotten=("comment",))
    grant = action(Verb.CREATE, "grant on view app.v to r")
    before, after = ops.ExecuteSQLOp("SELECT 1"), ops.ExecuteSQLOp("SELECT 2")
    gone = action(Verb.DROP, "function app.f()")
    found = find_remade([before, gone, drop, make, grant, after])
    remade = (Remade(parse_id("function app.f()"), (), is_back=False), Remade(VIEW, ("comment",)))
    assert Standing(remade, 1, 5) == found, "with the grants on it"
    drops = [ops.DropIndexOp("i", "t", schema="app"), ops.DropConstraintOp("c", "t", schema="app")]
    makes = [
        ops.CreateIndexOp("i", "t", ["a"], schema="app"),
        ops.CreateUniqueConstraintOp("c", "t", ["a"], schema="app"),
    ]
    found = find_remade([*drops, *makes])
    parts = tuple(Remade(parse_id(line)) for line in ("constraint c on app.t", "index i on app.t"))
    assert Standing(parts, 0, 4) == found


def test_the_roles_of_the_models_are_listed() -> None:
    metadata = MetaData()
    for name in ("b", "a"):
        register_role(metadata, RoleDefinition(name=name))
    context = MigrationContext.configure(dialect_name="postgresql", opts={"target_metadata": metadata})
    assert (("a", "b"), ()) == (list_roles(context), list_roles(CONTEXT))


def test_nothing_is_kept_where_nothing_comes_back() -> None:
    assert None is find_remade([action(Verb.DROP), action(Verb.CREATE, "view app.w")])
    assert None is find_remade([ops.AlterColumnOp("t", "a", modify_type=sa.Integer())])


def test_what_others_built_is_kept_over_a_change_of_type() -> None:
    aside = CatalogOp(Action(Verb.SET_ASIDE, VIEW, (), ()))
    retyped = ops.AlterColumnOp("t", "a", schema="app", modify_type=sa.Integer())
    found = find_remade([aside, retyped])
    assert Standing((Remade(COLUMN, ("comment on a",)),), 1, 2) == found, "which stays where it is, or is changed"


def test_what_is_replaced_where_it_stands_is_found() -> None:
    replaced = CatalogOp(Action(Verb.REPLACE, VIEW, ("CREATE OR REPLACE VIEW",), (), forgotten=("b", "a")))
    altered = CatalogOp(Action(Verb.ALTER, VIEW, ("ALTER VIEW",), ()))
    retyped = ops.AlterColumnOp("t", "a", schema="app", modify_type=sa.Integer())
    operations = [ops.ExecuteSQLOp("SELECT 1"), replaced, altered, retyped]
    found = find_replaced(operations, touch_each(operations, CONTEXT), CONTEXT)
    assert [(1, (VIEW, ("b", "a"))), (3, (COLUMN, ()))] == list(found)


def framed(*operations: ops.MigrateOperation) -> list[ops.MigrateOperation]:
    script = ops.MigrationScript("x", ops.UpgradeOps(list(operations)), ops.DowngradeOps([]))
    frame(CONTEXT, script)
    assert script.upgrade_ops is not None
    return script.upgrade_ops.ops


def test_a_frame_is_made_anew() -> None:
    need, told, sql = ask_for_server(18, "x", "DO"), notify(), ops.ExecuteSQLOp("SELECT 1")
    drop, make = action(Verb.DROP), action(Verb.CREATE)
    once = framed(told, drop, make, sql, need, notify())
    assert [need, drop, make, sql, told] == [once[0], *once[2:4], *once[5:]]
    keep, back = once[1], once[4]
    assert isinstance(keep, FrameOp)
    assert isinstance(back, FrameOp)
    assert (Place.KEEP, Place.PUT_BACK) == (keep.place, back.place)
    assert list(map(type, once)) == list(map(type, framed(*once)))
    assert [] == framed(notify(), need), "around nothing stands nothing"
    assert [sql] == framed(need.reverse(), sql)


def written(*operations: ops.MigrateOperation) -> list[str]:
    """Return the text of each frame, with what a file has above its functions."""
    frames = [each for each in framed(*operations) if isinstance(each, FrameOp)]
    context = AutogenContext(CONTEXT)
    calls = ["".join(render_frame(context, each)) for each in frames]
    return ["\n".join(context.imports) + call for call in calls]


def run(text: str) -> list[str]:
    """Return what the lines of a file send."""
    sent: list[str] = []
    exec(text, {"op": SimpleNamespace(execute=sent.append), "dedent": dedent})
    return [sql.strip() for sql in sent]


def test_a_frame_is_written() -> None:
    keep, back = written(action(Verb.DROP), action(Verb.CREATE), action(Verb.DROP, "view app.w"))
    assert "\n# pgcraft: keep what others made of view app.v\nop.execute(keep_others.format(" in keep
    remade = (Remade(VIEW), Remade(parse_id("view app.w"), is_back=False))
    assert [keep_standing(remade).sql] == run(keep)
    assert back.endswith("\n# pgcraft: put back what was kept\nop.execute(put_back_others)")
    assert [put_back().sql] == run(back)
    replaced = CatalogOp(Action(Verb.REPLACE, VIEW, ("CREATE OR REPLACE VIEW",), (), forgotten=("a",)))
    keep, back = written(replaced)
    assert "\n# pgcraft: keep what others set on view app.v\nop.execute(keep_settings.format(" in keep
    assert [keep_settings(((VIEW, ("a",)),)).sql] == run(keep)
    assert back.endswith(f"\n# pgcraft: set again what others set\nop.execute({put_settings_back()!r})")
    assert [
        "\n# pgcraft: let PostgREST read the schema anew\nop.execute(\"NOTIFY pgrst, 'reload schema'\")"
    ] == render_frame(AutogenContext(CONTEXT), notify())
    assert ["\n# pgcraft: need PostgreSQL 18 · X\nop.execute('DO')"] == render_frame(
        AutogenContext(CONTEXT), ask_for_server(18, "X", "DO")
    )


def test_an_action_is_written_with_its_marker() -> None:
    context = AutogenContext(CONTEXT)
    origins = (Origin(Layer.FACTORY, 'View("v")', "models.py", 3), Origin(Layer.EXTENSION, "x"))
    operation = CatalogOp(Action(Verb.CREATE, VIEW, ("SELECT 1", "SELECT\n  2"), (), origins=origins))
    assert [
        '\n# pgcraft: create view app.v · View("v") · extension x · models.py:3\n'
        'op.execute(\'SELECT 1\')\nop.execute(dedent("""\n    SELECT\n      2\n"""))'
    ] == render_catalog_operation(context, operation)
    assert "from textwrap import dedent" in context.imports
    assert [] == render_catalog_operation(context, CatalogOp(Action(Verb.CREATE, VIEW, (), ())))
    alone = CatalogOp(Action(Verb.ALTER, parse_id("enum app.e"), ("ALTER TYPE app.e ADD VALUE 'x'",), ()))
    (text,) = render_catalog_operation(AutogenContext(CONTEXT), alone)
    assert "with op.get_context().autocommit_block():" in text


class Ours(sa.types.TypeDecorator[object]):
    """A type that pgcraft makes."""

    impl = sa.String
    cache_ok = True


class OfPostgreSQL(Ours):
    impl = postgresql.INET


Ours.__module__ = OfPostgreSQL.__module__ = "pgcraft.types"


def test_types_of_pgcraft_are_written_as_those_behind_them() -> None:
    """Who runs a revision need not have what made it."""
    context = AutogenContext(CONTEXT)
    assert False is pgcraft_render_item("type", sa.Integer(), context)
    assert False is pgcraft_render_item("server_default", Ours(), context)
    assert "sa.String(length=5)" == pgcraft_render_item("type", Ours(5), context)
    assert set() == context.imports
    assert "postgresql.INET()" == pgcraft_render_item("type", OfPostgreSQL(), context)
    assert {"from sqlalchemy.dialects import postgresql"} == context.imports


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
