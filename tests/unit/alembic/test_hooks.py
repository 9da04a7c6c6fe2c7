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
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.hooks.comparators import list_metadata, setup
from pgcraft.alembic.hooks.directives import COMPARED, DIRECTED, pgcraft_process_revision_directives
from pgcraft.alembic.hooks.postgresql_impl import ExactText, use_exact_text
from pgcraft.alembic.operations.frame import FrameOp, notify
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
        ("schema", "FIRST"): [("stand_in", "tables")],
        ("schema", "LAST"): [("compare", "pgcraft")],
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
    drop, told = ops.DropTableOp("t", schema="app"), notify()
    script = make_script(told, drop)
    pgcraft_process_revision_directives(context, None, [script])
    assert script.upgrade_ops is not None
    note, *others = script.upgrade_ops.ops
    assert isinstance(note, FrameOp)
    assert ("what table app.t holds is lost", [drop, told]) == (note.subject, others)


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
