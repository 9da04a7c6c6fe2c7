"""The wiring of ``env.py``, as the seeds print it and as users vary it."""

import logging
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatcher
from sqlalchemy import Engine, MetaData, event

from pgcraft.alembic.register import pgcraft_alembic_hook, pgcraft_configure_metadata
from pgcraft.errors import PGCraftConfigError
from tests.alembic.conftest import ALL_GRANTS, HEAD, Walk
from tests.conftest import ProjectFactory

PRODUCTS = f"""
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[Column("name", String)])
PostgRESTView(source=products, grants={ALL_GRANTS})
"""


def change_env(walk: Walk, old: str, new: str) -> None:
    env = walk.trip.project.root / "migrations/env.py"
    assert old in env.read_text()
    env.write_text(env.read_text().replace(old, new))


def count_comparisons() -> int:
    found = PriorityDispatcher()
    Plugin.populate_autogenerate_priority_dispatch(found, ["alembic.autogenerate.*"])
    functions = [function for entries in found._registry.values() for function, _ in entries]
    return sum(function.__module__.startswith("pgcraft.") for function in functions)


def test_a_second_hook_compares_nothing_twice() -> None:
    """Each call of the hook added the comparisons again, and every operation came twice."""
    pgcraft_alembic_hook()
    once = count_comparisons()
    pgcraft_alembic_hook()
    assert once == count_comparisons() > 0


@pytest.mark.parametrize("call", [pgcraft_alembic_hook, lambda config: pgcraft_configure_metadata(MetaData(), config)])
def test_alembics_own_config_is_named(call: object) -> None:
    """``config`` is what Alembic's template calls its own; it is easily handed over."""
    with pytest.raises(PGCraftConfigError, match="the config of Alembic"):
        call(Config())  # type: ignore[operator]


def test_forgotten_include_schemas_does_not_matter(walk: Walk) -> None:
    """Without it Alembic creates every table of another schema again and again."""
    change_env(walk, "            include_schemas=True,\n", "")
    walk.step(PRODUCTS)
    walk.step("")
    walk.finish()


def test_a_forgotten_hook_is_named(walk: Walk) -> None:
    """Without our comparison a revision would hold the tables alone."""
    change_env(
        walk,
        "            target_metadata=models.metadata,\n            include",
        '            target_metadata=models.metadata,\n            autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.pgcraft"],\n            include',
    )
    walk.trip.project.write("models.py", HEAD + PRODUCTS)
    with pytest.raises(PGCraftConfigError, match="PGC030"):
        walk.trip.autogenerate()


def test_alembic_check_sees_what_is_pending(walk: Walk) -> None:
    """The command compares without writing; it must neither fail on a settled database nor pass on another one."""
    walk.step(PRODUCTS)
    assert "No new upgrade operations detected" in walk.trip.project.alembic("check").output
    walk.trip.project.write("models.py", HEAD + PRODUCTS.replace(ALL_GRANTS, '["select"]'))
    done = walk.trip.project.alembic("check", check=False)
    assert done.status != 0
    assert "grant on view api.products to anon" in done.output


def test_users_rewriters_and_filters_go_on_working(walk: Walk) -> None:
    """A team's own rewriter and include_object see Alembic's operations as before; what stands on a column goes with it."""
    beside = 'Table("beside", metadata, Column("id", Integer, primary_key=True){}, schema="inventory")'
    change_env(
        walk,
        "import models  # noqa: E402",
        """
import models  # noqa: E402
from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops
rewriter = Rewriter()

@rewriter.rewrites(ops.AddColumnOp)
def comment(context, revision, op):
    op.column.comment = "rewritten"
    return op

def include_object(item, name, type_, reflected, compare_to):
    return name != "ignored"
""",
    )
    change_env(
        walk,
        "process_revision_directives=pgcraft_process_revision_directives,",
        "process_revision_directives=rewriter.chain(pgcraft_process_revision_directives), include_object=include_object,",
    )
    walk.trip.project.write("models.py", HEAD + PRODUCTS + beside.format(""))
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.database.run("CREATE TABLE inventory.ignored (id integer)")
    added = PRODUCTS.replace('Column("name", String)', 'Column("name", String), Column("size", Integer)')
    ignored = ', *(Column("ignored", Integer, unique=True), Index("of it", "ignored"))'
    walk.trip.project.write("models.py", HEAD + added + beside.format(ignored))
    revision = walk.trip.autogenerate().read_text()
    assert "comment='rewritten'" in revision
    assert "ignored" not in revision


def test_a_revision_of_nothing_is_empty(walk: Walk) -> None:
    """Alembic writes an empty migration; so do we, without a notification in it."""
    walk.step(PRODUCTS)
    assert "op." not in walk.trip.autogenerate().read_text().partition("def upgrade")[2]


def test_the_notification_comes_last_both_ways(walk: Walk) -> None:
    """PostgREST reads the schema anew when everything is done."""
    upgrade, _, downgrade = walk.step(PRODUCTS).partition("def downgrade")
    for body in (upgrade, downgrade):
        calls = [line.strip() for line in body.splitlines() if "op." in line]
        assert """op.execute("NOTIFY pgrst, 'reload schema'")""" == calls[-1]
    assert "NOTIFY" not in walk.step(PRODUCTS + 'Table("t", metadata, Column("id", Integer), schema="other")')


def test_ownership_follows_the_branch(walk: Walk) -> None:
    """What another branch made, which this database has not been through, is not ours here."""
    walk.step(PRODUCTS)
    walk.step(PRODUCTS + 'PGCraftView("names", "inventory", metadata, query=select(products.table.c.name))')
    newest = max(walk.trip.project.revisions, key=lambda path: path.stat().st_mtime)
    first = next(path for path in walk.trip.project.revisions if path != newest)
    walk.trip.downgrade("-1")
    newest.unlink()
    walk.database.run("CREATE VIEW inventory.names AS SELECT name FROM inventory.products")
    walk.trip.project.write("models.py", HEAD + PRODUCTS)
    assert walk.trip.pending() == ""
    assert first.exists()


def test_the_password_is_read_when_the_migration_runs(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It must reach the role and nothing else: no file, no log."""
    revision = walk.step(PRODUCTS)
    query = "SELECT rolpassword FROM pg_authid WHERE rolname = 'authenticator'"
    assert walk.database.value(query) is None
    walk.trip.downgrade()
    monkeypatch.setenv("PGRST_DB_PASSWORD", "s3cr%t':x")
    with caplog.at_level(logging.DEBUG, logger="sqlalchemy.engine"):
        walk.trip.upgrade()
    assert "set_config('pgcraft.verifier'" in caplog.text
    assert "s3cr" not in caplog.text
    assert walk.database.value(query).startswith("SCRAM-SHA-256$")
    assert "s3cr" not in revision + walk.trip.render_upgrade()
    hba = walk.database.conninfo_as("authenticator")
    with psycopg.connect(hba) as connection:
        assert connection.info.user == "authenticator"


def test_no_schema_is_asked_table_by_table(walk: Walk) -> None:
    """Alembic asks for every table of all schemas but the first one by itself: 2,712 statements instead of 15."""
    many = "".join(
        f'PGCraftSimple("t{number}", "s{number % 3}", metadata, config=config, schema_items=[Column("n", Integer)])\n'
        for number in range(30)
    )
    walk.step(many)
    statements: list[str] = []

    def listen(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        assert walk.trip.pending() == ""
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(statements) < 80


def test_hash_seeds_change_nothing(project: ProjectFactory, walk: Walk) -> None:
    """Sets decide the order of Alembic's own operations; the text of a revision must not follow them."""
    models = (
        HEAD
        + PRODUCTS
        + """
for name in "abcdef":
    Table(name, metadata, Column("id", Integer, primary_key=True), *[Column(f"c{n}", Integer, index=True, unique=n == 2)
          for n in range(4)], Column("up", ForeignKey("app.a.id")), CheckConstraint("c1 > 0", name="odd"), schema="app")
    PGCraftView(f"v_{name}", "app", metadata, query=select(metadata.tables[f"app.{name}"]))
"""
    )
    walk.trip.project.write("models.py", models)
    texts = {_body(walk.trip.project.autogenerate(PYTHONHASHSEED=str(seed))) for seed in range(3)}
    assert len(texts) == 1
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.trip.project.write("models.py", HEAD)
    texts = {_body(walk.trip.project.autogenerate(PYTHONHASHSEED=str(seed))) for seed in range(3)}
    assert len(texts) == 1


def _body(path: Path) -> str:
    text = path.read_text()
    path.unlink()
    return text.partition("def upgrade")[2]


def test_sql_stands_beside_batches(walk: Walk) -> None:
    """In a batch it would run before what stands above it: a batch does its work at its end."""
    change_env(walk, "            include_schemas=True,\n", "            include_schemas=True, render_as_batch=True,\n")
    model = (
        'Table("t", metadata, Column("id", Integer, primary_key=True), {}, schema="app")\n'
        'Table("u", metadata, Column("id", Integer, primary_key=True), {}, schema="app")\n'
    )
    narrow = 'Column("a", Integer), Column("b", Integer, nullable=False), Column("c", Integer)'
    walk.step(model.format(narrow, 'Column("lost", Integer, server_default="1")'))
    revision = walk.step(
        model.format(
            'Column("a", BigInteger), Column("b", Integer, Identity()), Column("c", Integer, nullable=False), '
            'Column("d", Integer), CheckConstraint("d > 0", name="positive")',
            'Column("lost", Numeric(5, 1), server_default="2")',
        )
    )
    upgrade = revision.partition("def downgrade")[0]
    assert (
        3
        == upgrade.count("    with op.batch_alter_table(")
        == upgrade.count("    with op.batch_alter_table('t', schema='app')")
    )
    assert "\n    op.execute('ALTER TABLE app.t ALTER COLUMN b ADD GENERATED" in upgrade
    assert "\n    # data loss: numeric(5,1)" in upgrade, "a comment is no work of a batch"
    walk.step("")
    walk.finish()
