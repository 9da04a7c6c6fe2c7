"""Operations of a revision: which table they are about, what undoes them, what they endanger, what stands around them."""

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.operations.catalog_operations import (
    CatalogOp,
    KeepOp,
    KeepSettingsOp,
    LossNoteOp,
    NotifyOp,
    PutBackOp,
    PutSettingsBackOp,
    ServerNeedOp,
)
from pgcraft.alembic.operations.concurrent import ConcurrentDropIndexOp, ConcurrentIndexOp, settle_concurrency
from pgcraft.alembic.operations.frame import frame
from pgcraft.alembic.operations.render import (
    pgcraft_render_item,
    render_catalog_operation,
    render_keep,
    render_keep_settings,
    render_notification,
    render_put_back,
    render_put_settings_back,
)
from pgcraft.alembic.operations.standing import enclose, enclose_replaced
from pgcraft.alembic.operations.tables import flatten, regroup
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.diff.actions import Action, Verb
from pgcraft.models import RoleDefinition, register_role
from pgcraft.render.keeping import Remade, keep_standing, put_back
from pgcraft.render.kept_settings import keep_settings, put_settings_back
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.scripts.tables import find_table, table_id

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
    } == reversed_verbs


def test_what_stands_around_says_what_it_is_and_what_undoes_it() -> None:
    need = ServerNeedOp(18, "X")
    assert (18, "X", True) == (need.reverse().version, need.reverse().who, need.reverse().is_downgrade)
    assert not need.reverse().reverse().is_downgrade
    keep, settings = KeepOp((Remade(VIEW),), ("r",)), KeepSettingsOp(((VIEW, ("a",)),))
    note = LossNoteOp("x")
    assert note is note.reverse()
    assert [NotifyOp, PutBackOp, KeepOp, PutSettingsBackOp, KeepSettingsOp] == [
        type(each.reverse()) for each in (NotifyOp(), keep, PutBackOp(), settings, PutSettingsBackOp())
    ]
    assert [
        ("pgcraft notify", "pgrst"),
        ("pgcraft need", "PostgreSQL 18"),
        ("pgcraft note", "x"),
        ("pgcraft keep", "view app.v"),
        ("pgcraft put back", ""),
        ("pgcraft keep settings", "view app.v"),
        ("pgcraft put settings back", ""),
    ] == [each.to_diff_tuple() for each in (NotifyOp(), need, note, keep, PutBackOp(), settings, PutSettingsBackOp())]
    assert ((), ()) == (PutBackOp().reverse().remade, PutBackOp().reverse().our_roles)
    assert () == PutSettingsBackOp().reverse().replaced


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


TABLE, COLUMN = parse_id("table app.t"), parse_id("column app.t.a")


def test_what_is_dropped_and_made_again_is_kept() -> None:
    metadata = MetaData()
    for name in ("b", "a"):
        register_role(metadata, RoleDefinition(name=name))
    context = MigrationContext.configure(dialect_name="postgresql", opts={"target_metadata": metadata})
    drop, make = action(Verb.DROP, forgotten=("comment",)), action(Verb.CREATE, forgotten=("comment",))
    grant = action(Verb.CREATE, "grant on view app.v to r")
    before, after = ops.ExecuteSQLOp("SELECT 1"), ops.ExecuteSQLOp("SELECT 2")
    gone = action(Verb.DROP, "function app.f()")
    enclosed = enclose([before, gone, drop, make, grant, after], context)
    keep, back = enclosed[1], enclosed[6]
    assert isinstance(keep, KeepOp)
    assert isinstance(back, PutBackOp)
    assert [before, keep, gone, drop, make, grant, back, after] == enclosed
    assert (Remade(parse_id("function app.f()"), (), is_back=False), Remade(VIEW, ("comment",))) == keep.remade
    assert ("a", "b") == keep.our_roles


def test_nothing_is_kept_where_nothing_comes_back() -> None:
    alone = [action(Verb.DROP), action(Verb.CREATE, "view app.w")]
    assert alone == enclose(alone, CONTEXT)
    retyped = [ops.AlterColumnOp("t", "a", modify_type=sa.Integer())]
    assert retyped == enclose(list(retyped), CONTEXT)


def test_what_others_built_is_kept_over_a_change_of_type() -> None:
    aside = CatalogOp(Action(Verb.SET_ASIDE, VIEW, (), ()))
    retyped = ops.AlterColumnOp("t", "a", schema="app", modify_type=sa.Integer())
    keep = enclose([aside, retyped], CONTEXT)[1]
    assert isinstance(keep, KeepOp)
    assert (Remade(COLUMN, ("comment on a",)),) == keep.remade, "which stays where it is, or is changed"


def test_settings_of_what_is_replaced_are_kept() -> None:
    replaced = CatalogOp(Action(Verb.REPLACE, VIEW, ("CREATE OR REPLACE VIEW",), (), forgotten=("b", "a")))
    altered = CatalogOp(Action(Verb.ALTER, VIEW, ("ALTER VIEW",), ()))
    sql = ops.ExecuteSQLOp("SELECT 1")
    enclosed = enclose_replaced([sql, replaced, altered])
    assert [sql, replaced, altered] == [enclosed[0], enclosed[2], enclosed[4]]
    assert isinstance(enclosed[1], KeepSettingsOp)
    assert ((VIEW, ("b", "a")),) == enclosed[1].replaced
    assert isinstance(enclosed[3], PutSettingsBackOp)
    assert [altered] == enclose_replaced([altered])


def test_a_frame_is_made_anew() -> None:
    need, notify, sql = ServerNeedOp(18, "x"), NotifyOp(), ops.ExecuteSQLOp("SELECT 1")
    script = ops.MigrationScript(
        "x",
        ops.UpgradeOps([notify, sql, PutBackOp(), need, NotifyOp()]),
        ops.DowngradeOps([NotifyOp(), need.reverse()]),
    )
    frame(CONTEXT, script)
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    assert [need, sql, notify] == script.upgrade_ops.ops
    assert [] == script.downgrade_ops.ops


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


def test_a_frame_is_written() -> None:
    context = AutogenContext(CONTEXT)
    keep = KeepOp((Remade(VIEW), Remade(TABLE, is_back=False)), ("r",))
    (text,) = render_keep(context, keep)
    assert text.startswith("\n# pgcraft: keep what others made of view app.v\nop.execute(")
    assert keep_standing(keep.remade, ("r",)).splitlines()[5].strip() in text
    (text,) = render_put_back(context, PutBackOp())
    assert text.startswith("\n# pgcraft: put back what was kept\nop.execute(")
    assert put_back().splitlines()[1] in text
    settings = ((VIEW, ("a",)),)
    (text,) = render_keep_settings(context, KeepSettingsOp(settings))
    assert text.startswith("\n# pgcraft: keep what others set on view app.v\nop.execute(")
    assert keep_settings(settings).splitlines()[-1] in text
    (text,) = render_put_settings_back(context, PutSettingsBackOp())
    assert text == f"\n# pgcraft: set again what others set\nop.execute({put_settings_back()!r})".replace('"', '"')
    assert [
        "\n# pgcraft: let PostgREST read the schema anew\nop.execute(\"NOTIFY pgrst, 'reload schema'\")"
    ] == render_notification(context, NotifyOp())
    assert "from textwrap import dedent" in context.imports


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
