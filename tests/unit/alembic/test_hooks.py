"""Where Alembic calls us, as far as no server is needed: texts as they are meant, stand-ins, the last touch."""

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.ddl import impl
from alembic.ddl.impl import DefaultImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import NullType

from pgcraft.alembic.hooks.comparators import list_metadata, pass_over_expressions, setup
from pgcraft.alembic.hooks.directives import COMPARED, DIRECTED, pgcraft_process_revision_directives
from pgcraft.alembic.hooks.postgresql_impl import ExactText, use_exact_text
from pgcraft.alembic.hooks.reflection import add_stubs
from pgcraft.alembic.operations.catalog_operations import LossNoteOp, NotifyOp
from pgcraft.alembic.register import pgcraft_alembic_hook
from pgcraft.config import PGCraftConfig
from pgcraft.errors import PGCraftConfigError, PGCraftPluginError
from pgcraft.extension import PGCraftExtension


def exact(paramstyle: str = "pyformat", *, buffer: StringIO | None = None) -> ExactText:
    use_exact_text()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": paramstyle},
        opts={"as_sql": True, "output_buffer": buffer or StringIO()},
    )
    assert isinstance(context.impl, ExactText)
    return context.impl


def test_the_reading_is_put_before_alembics_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(impl._impls, "postgresql", PostgresqlImpl)
    use_exact_text()
    found = DefaultImpl.get_by_dialect(postgresql.dialect())
    use_exact_text()
    assert found is DefaultImpl.get_by_dialect(postgresql.dialect())
    assert (found, ExactText, PostgresqlImpl) == found.__mro__[:3]
    assert ("PostgresqlImpl", "postgresql") == (found.__name__, found.__dialect__)


def test_comparisons_stand_before_alembics_and_after_them() -> None:
    """Once a process; a plugin of another name gets the same, and Alembic does not ask it."""
    plugin = Plugin("tests.unit.alembic")
    try:
        setup(plugin)
        found = {
            (target, priority.name): [(function.__name__, group) for function, group in functions]
            for (target, _, priority), functions in plugin.autogenerate_comparators._registry.items()
        }
    finally:
        plugin.remove()
    assert {
        ("autogenerate", "FIRST"): [("include_schemas", "pgcraft")],
        ("schema", "FIRST"): [("prepare", "pgcraft")],
        ("schema", "LAST"): [("compare", "pgcraft")],
        ("column", "FIRST"): [("pass_over_expressions", "server_default")],
    } == found


@pytest.mark.parametrize(
    ("paramstyle", "written"), [("pyformat", "LIKE 'a%'"), ("format", "LIKE 'a%'"), ("named", "LIKE 'a%%'")]
)
def test_a_percent_sign_is_one_in_a_file_of_sql(paramstyle: str, written: str) -> None:
    """SQLAlchemy doubles it for drivers that read it, and no driver reads the file."""
    buffer = StringIO()
    exact(paramstyle, buffer=buffer).static_output("SELECT 1 LIKE 'a%%'")
    assert f"SELECT 1 {written}\n\n" == buffer.getvalue()


def test_an_expression_of_a_revision_is_read_by_text_again() -> None:
    expression = sa.text(r"a LIKE 'b%' AND c = '\:d'")
    assert r"a LIKE 'b%' AND c = '\:d'" == exact().render_ddl_sql_expr(expression)
    assert "a LIKE 'b%' AND c = ':d'" == exact().render_ddl_sql_expr(expression, is_index=True)
    assert r"a LIKE 'b%' AND c = '\:d'" == exact().render_ddl_sql_expr(expression, is_server_default=True)


TYPES: list[tuple[sa.types.TypeEngine[object], sa.types.TypeEngine[object], bool]] = [
    (sa.String(5), sa.String(5), False),
    (sa.VARCHAR(5), sa.String(5), False),
    (sa.String(), sa.String(5), True),
    (sa.Numeric(), sa.Numeric(10, 2), True),
    (sa.Integer(), sa.BigInteger(), True),
    (postgresql.TIMESTAMP(), postgresql.TIMESTAMP(precision=0), True),
    (postgresql.ARRAY(sa.Integer()), sa.Integer(), True),
]


@pytest.mark.parametrize(("there", "meant", "expected"), TYPES)
def test_types_differ_by_their_names(
    there: sa.types.TypeEngine[object], meant: sa.types.TypeEngine[object], *, expected: bool
) -> None:
    assert expected is exact().compare_type(sa.Column("c", there), sa.Column("c", meant))


def test_tables_that_nobody_declares_are_stood_in_for() -> None:
    metadata = sa.MetaData()
    key = sa.ForeignKey
    sa.Table("known", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="app")
    sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Integer, key("app.known.id")),
        sa.Column("b", sa.Integer, key("other.id")),
        sa.Column("c", sa.Integer, key("away.other.z")),
        sa.Column("d", sa.Integer, key("away.other.a")),
        sa.Column("e", sa.Integer, key("a.b.other.id")),
        schema="app",
    )
    stubs = add_stubs(metadata)
    assert ["a.b.other", "away.other", "other"] == [str(stub) for stub in stubs]
    assert {"other": ["id"], "away.other": ["a", "z"], "a.b.other": ["id"]} == {
        str(stub): [str(column.name) for column in stub.columns] for stub in stubs
    }
    assert all(isinstance(column.type, NullType) for stub in stubs for column in stub.columns)
    assert set(stubs) < set(metadata.tables.values())
    assert () == add_stubs(metadata)


def test_stand_ins_stand_where_the_metadata_does() -> None:
    metadata = sa.MetaData(schema="app")
    sa.Table("t", metadata, sa.Column("a", sa.Integer, sa.ForeignKey("other.id")))
    assert ["app.other"] == [str(stub) for stub in add_stubs(metadata)]


def test_generated_columns_are_not_alembics() -> None:
    def meet(one: object, other: object) -> PriorityDispatchResult:
        columns = (sa.Column("c", sa.Integer, *([each] if each else [])) for each in (one, other))
        return pass_over_expressions(None, None, None, "t", "c", *columns)  # type: ignore[arg-type]

    assert PriorityDispatchResult.CONTINUE is meet(None, sa.DefaultClause("1"))
    for ours in (sa.Computed("1"), sa.Identity()):
        assert PriorityDispatchResult.STOP is meet(ours, None)
        assert PriorityDispatchResult.STOP is meet(None, ours)


def test_metadata_is_one_or_several_or_none() -> None:
    one, two = sa.MetaData(), sa.MetaData()
    contexts = [SimpleNamespace(metadata=found) for found in (one, [one, two], None)]
    assert [[one], [one, two], []] == [list(list_metadata(context)) for context in contexts]  # type: ignore[arg-type]


def make_script(*operations: ops.MigrateOperation) -> ops.MigrationScript:
    return ops.MigrationScript("x", ops.UpgradeOps(list(operations)), ops.DowngradeOps([]))


def test_a_revision_without_our_comparison_is_refused() -> None:
    context = MigrationContext.configure(dialect_name="postgresql")
    with pytest.raises(PGCraftConfigError) as raised:
        pgcraft_process_revision_directives(context, None, [make_script(ops.DropTableOp("t"))])
    assert (
        "PGC030: autogenerate ran without pgcraft's comparison\n"
        "  call pgcraft_alembic_hook() in env.py before the models are imported; if env.py passes autogenerate_plugins, it "
        'must match "alembic.autogenerate.pgcraft"'
    ) == str(raised.value)
    assert context.opts[DIRECTED] is True


def test_an_empty_revision_needs_no_comparison() -> None:
    context = MigrationContext.configure(dialect_name="postgresql")
    pgcraft_process_revision_directives(context, None, [make_script()])
    assert context.opts[DIRECTED] is True


def test_the_last_touch_is_the_frame_and_what_is_lost() -> None:
    context = MigrationContext.configure(dialect_name="postgresql", opts={COMPARED: True})
    drop, notify = ops.DropTableOp("t", schema="app"), NotifyOp()
    script = make_script(notify, drop)
    pgcraft_process_revision_directives(context, None, [script])
    assert script.upgrade_ops is not None
    note, *others = script.upgrade_ops.ops
    assert isinstance(note, LossNoteOp)
    assert ("what table app.t holds is lost", [drop, notify]) == (note.message, others)


def test_a_statement_reaches_an_offline_file_once() -> None:
    buffer = StringIO()
    one = exact(buffer=buffer)
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer})
    assert type(one) is type(context.impl)
    Operations(context).execute("SELECT 'a%b'")
    assert "SELECT 'a%b';\n\n" == buffer.getvalue()


@dataclass
class Configuring(PGCraftExtension):
    """Counts how often it configures Alembic, or fails."""

    name: str = "configuring"
    failure: Exception | None = None
    calls: list[str] = field(default_factory=list)

    def configure_alembic(self) -> None:
        if self.failure:
            raise self.failure
        self.calls.append("configured")


def test_extensions_configure_alembic_at_each_call() -> None:
    extension = Configuring()
    for _ in range(2):
        pgcraft_alembic_hook(PGCraftConfig(auto_discover=False).use(extension))
    assert ["configured"] * 2 == extension.calls
    pgcraft_alembic_hook()


def test_an_extension_that_fails_there_is_told_by_the_line_of_env() -> None:
    config = PGCraftConfig(auto_discover=False).use(Configuring(failure=RuntimeError("by design")))
    with pytest.raises(PGCraftPluginError) as raised:
        pgcraft_alembic_hook(config)
    error = raised.value
    assert ("PGC213", "configure_alembic of extension configuring failed: RuntimeError: by design") == (
        error.code,
        error.what,
    )
    assert error.place is not None
    assert ("test_hooks.py", "pgcraft_alembic_hook") == (Path(error.place.file).name, error.place.subject)


def test_what_is_no_config_is_told_by_the_line_of_env() -> None:
    with pytest.raises(PGCraftConfigError) as raised:
        pgcraft_alembic_hook(Config())  # type: ignore[arg-type]
    assert "PGC012" == raised.value.code
    assert raised.value.place is not None
    assert "pgcraft_alembic_hook" == raised.value.place.subject
