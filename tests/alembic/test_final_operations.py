"""What loses data is decided on the operations that stand in the file, whoever put them there."""

from tests.alembic.conftest import Walk
from tests.support.projects import ENV_PY

TABLE = 'Table("t", metadata, Column("id", Integer, primary_key=True), {}, schema="app")\n'
REWRITER = ENV_PY.replace(
    "pgcraft_alembic_hook()\n\n",
    """pgcraft_alembic_hook()

from alembic.autogenerate.rewriter import Rewriter  # noqa: E402
from alembic.operations import ops  # noqa: E402

writer = Rewriter()


@writer.rewrites(ops.AddColumnOp)
def more(context, revision, op):
    return [
        op,
        ops.ExecuteSQLOp('DROP TABLE "Sales".old'),
        ops.ExecuteSQLOp("ALTER TABLE app.t ALTER kept TYPE integer USING kept::integer"),
        ops.DropColumnOp("t", "other", schema="app"),
    ]


directives = writer.chain(pgcraft_process_revision_directives)

""",
).replace("process_revision_directives=pgcraft_process_revision_directives", "process_revision_directives=directives")


def test_what_a_rewriter_adds_is_asked_for_like_everything_else(walk: Walk) -> None:
    """A hook of the project may drop what no comparison found."""
    walk.step(TABLE.format('Column("kept", String), Column("other", String)'))
    walk.trip.project.write("migrations/env.py", REWRITER)
    models = walk.trip.project.root / "models.py"
    models.write_text(models.read_text().replace('Column("kept"', 'Column("new", String), Column("kept"'))
    refused = walk.trip.project.pgcraft("revision", "-m", "refused", check=False)
    assert 1 == refused.status
    for name in ("Sales.old", "app.t.kept", "app.t.other"):
        assert f"--allow-drop {name}" in refused.stderr
    text = walk.trip.autogenerate().read_text()
    lines = [line.strip() for line in text.splitlines()]
    for name, statement in (
        ("what table Sales.old", "op.execute('DROP TABLE"),
        ("values of column app.t.kept", "op.execute('ALTER TABLE app.t ALTER kept"),
        ("what column app.t.other", "op.drop_column('t', 'other'"),
    ):
        (at,) = [number for number, line in enumerate(lines) if line.startswith(f"# data loss: {name}")]
        assert lines[at + 1].startswith(statement)
    assert 3 == text.count("# data loss:")


OWN = """

class Own(ops.MigrateOperation):
    def reverse(self):
        return self

    def to_diff_tuple(self):
        return ("own",)


from alembic.autogenerate import renderers  # noqa: E402
from alembic.operations import Operations  # noqa: E402


@Operations.implementation_for(Own)
def run_own(operations, operation):
    operations.get_bind().execute(None)


@renderers.dispatch_for(Own, replace=True)
def render_own(context, operation):
    return ["pass  # own"]


"""


def test_an_operation_of_a_plugin_needs_a_connection_and_is_left_alone(walk: Walk) -> None:
    """Nobody asks another plugin's operations to run without a database."""
    walk.step(TABLE.format('Column("kept", String)'))
    env = REWRITER.replace("\n\nwriter = ", OWN + "writer = ").partition("        ops.ExecuteSQLOp")
    walk.trip.project.write("migrations/env.py", env[0] + "        Own(),\n    ]\n" + env[2].partition("    ]\n")[2])
    models = walk.trip.project.root / "models.py"
    models.write_text(models.read_text().replace('Column("kept"', 'Column("new", String), Column("kept"'))
    assert "pass  # own" in walk.trip.autogenerate().read_text()


def test_alembic_marks_each_loss_above_its_statement(walk: Walk) -> None:
    """Who runs plain Alembic is asked by nobody, and reads it in the file."""
    state = 'Column("s", Enum({}, name="state", schema="app")), Column("d", DateTime), Column("w", String({}))'
    walk.step(
        TABLE.format(state.format('"a", "b"', 9))
        + 'Table("gone", metadata, Column("id", Integer), schema="app")\n'
        + 'Sequence("seq", metadata=metadata, schema="app")'
    )
    text = walk.step(TABLE.format(state.format('"a"', 5).replace("DateTime", "Date")))
    for loss in (
        "what table app.gone holds is lost",
        "what sequence app.seq holds is lost",
        "enum app.state is without 'b'",
        "date does not hold every timestamp without time zone: values may be cut or rounded",
        "character varying(5) does not hold every character varying(9): values may be cut or rounded",
    ):
        assert f"    # data loss: {loss}\n" in text
    assert 5 == text.count("# data loss")
    assert "# data loss" not in text.partition("def downgrade")[2]
