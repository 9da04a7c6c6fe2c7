"""The proof carries rows, runs as the one who deploys, and goes every way in which a revision is run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgcraft.devdb.server.servers import Server
from pgcraft.render.statement import LockMode
from pgcraft.service.project import find_project
from pgcraft.service.types import Proof
from pgcraft.service.workbench import Workbench
from tests.support.servers import EMBEDDED_MAJOR, MAJORS, run_cluster
from tests.tui.driving import make_demo

HEAD = """
from sqlalchemy import *
from pgcraft.config import PGCraftConfig
from pgcraft.models import *

config = PGCraftConfig()
metadata = MetaData()
"""
FUNCTION = """
register_function(metadata, FunctionDefinition(schema="app", name="next_no", returns="text", language="plpgsql",
    arguments="{0} text", body="begin return {0} || 'x'; end"))
"""
INV = 'inv = Table("inv", metadata, Column("id", Integer, primary_key=True), {}, schema="app")\n'
NO = 'Column("no", Text, server_default=text("app.next_no(\'a\')"))'

Prove = Callable[..., Proof]


@pytest.fixture(params=MAJORS, ids=lambda major: f"pg{major}")
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """No URL for a server of pgcraft's own, and one of a named server."""
    if request.param == EMBEDDED_MAJOR:
        yield None
        return
    for server in run_cluster(request.param):
        assert isinstance(server, Server)
        yield server.base_url


@pytest.fixture
def prove(tmp_path: Path, url: str | None) -> Iterator[Prove]:
    """Write a revision for the first models, and prove one for the second."""
    root = make_demo(tmp_path / "demo")
    (root / "models.py").write_text(HEAD)
    opened: list[Workbench] = []

    def run(
        before: str,
        after: str,
        edit: Callable[[str], str] = str,
        *,
        past: Callable[[str], str] = str,
        settings: str = "",
    ) -> Proof:
        if settings:
            pyproject = root / "pyproject.toml"
            pyproject.write_text(pyproject.read_text() + settings)
        workbench = Workbench(find_project(root, dev_url=url))
        opened.append(workbench)
        if before:
            (root / "models.py").write_text(HEAD + before)
            first = workbench.write_revision(workbench.draft_revision("first"))
            first.write_text(past(first.read_text()))
        (root / "models.py").write_text(HEAD + after)
        draft = workbench.draft_revision("second")
        return workbench.prove_revision(replace(draft, text=edit(draft.text)))

    yield run
    for workbench in opened:
        workbench.close()


def read(proof: Proof) -> str:
    return "\n".join(f"{step.held} {step.name}: {step.message}" for step in proof.steps)


def into_upgrade(*lines: str) -> Callable[[str], str]:
    """Return what adds lines at the end of a revision's upgrade."""
    return lambda text: text.replace(
        "\n\n\ndef downgrade", "".join(f"\n    {line}" for line in lines) + "\n\n\ndef downgrade"
    )


def test_a_function_of_a_default_is_proven_with_rows(prove: Prove) -> None:
    """The column was dropped and made again, and the proof was green: no row was there to miss it."""
    proof = prove(FUNCTION.format("p") + INV.format(NO), FUNCTION.format("prefix") + INV.format(NO))
    assert proof.held, read(proof)
    assert 7 == len(proof.steps)
    assert "" == "".join(step.message for step in proof.steps)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("op.execute('ALTER TABLE app.inv DROP COLUMN no, ADD COLUMN no text')", "column app.inv.no does not hold"),
        ("op.execute('UPDATE app.inv SET no = NULL')", "column app.inv.no does not hold what it held"),
        ("op.execute('DELETE FROM app.inv')", "table app.inv has 0 of 3 rows"),
        ("op.execute('ALTER TABLE app.inv RENAME TO other')", "table app.inv is gone"),
        ("op.execute('ALTER TABLE app.inv RENAME COLUMN no TO nr')", "column app.inv.no is gone"),
    ],
)
def test_what_no_operation_says_is_not_proven(prove: Prove, line: str, told: str) -> None:
    """Whatever the file does to rows, the operations that were shown must have said it."""
    proof = prove(
        INV.format('Column("no", Text)'), INV.format('Column("no", Text), Column("n", Text)'), into_upgrade(line)
    )
    assert not proof.steps[0].held
    assert told in proof.steps[0].message


def test_a_column_that_no_row_could_have_is_refused_with_the_way(prove: Prove) -> None:
    """It passed on empty tables, and stopped the deployment."""
    before = INV.format('Column("no", Text)')
    proof = prove(before, INV.format('Column("no", Text), Column("n", Integer, nullable=False)'))
    assert not proof.held
    assert "fails where app.inv has a row" in proof.steps[0].message
    assert "server_default" in proof.steps[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('Column("no", Text)', 'Column("no", Text, nullable=False)'),
        ('Column("no", Text)', 'Column("no", Text), CheckConstraint("no = \'never made up\'", name="odd")'),
        ('Column("no", Text)', 'Column("no", Integer)'),
    ],
)
def test_what_rows_may_stand_in_the_way_of_is_told(prove: Prove, before: str, after: str) -> None:
    """The user's rows may be others than those that were made up."""
    proof = prove(INV.format(before), INV.format(after))
    assert proof.held, read(proof)
    assert "fails where there are such rows: " in proof.steps[0].message
    locks = {(str(lock.relation), lock.mode, lock.is_measured) for each in proof.impacts for lock in each.locks}
    assert {("table app.inv", LockMode.ACCESS_EXCLUSIVE, True)} == locks, "measured once such rows are gone"


def test_a_table_without_rows_is_named(prove: Prove) -> None:
    """What was not tried is not said to hold."""
    closed = INV.format('Column("no", Text), CheckConstraint("no IS NULL AND no IS NOT NULL", name="closed")')
    proof = prove(closed, closed + 'Index("ix", inv.c.no)\n')
    assert proof.held, read(proof)
    assert "no row could be made for table app.inv" in proof.steps[0].message


def test_rows_that_come_with_those_of_another_table_count(prove: Prove) -> None:
    """The values of entities are written by a trigger, when their view takes a row."""
    eav = (
        "from pgcraft.factory import PGCraftEAV\n"
        'PGCraftEAV("things", "app", metadata, [Column("name", String), Column("n", Integer)], config=config)\n'
    )
    proof = prove(eav, eav + 'Table("other", metadata, Column("id", Integer), schema="app")\n')
    assert proof.held, read(proof)
    assert [step.message for step in proof.steps if "no row" in step.message and "things" in step.message] == []


def test_what_needs_a_superuser_is_told_with_the_setting(prove: Prove) -> None:
    """On the private server everything was allowed; the one who deploys is a plain owner."""
    edit = into_upgrade("op.execute('CREATE EXTENSION IF NOT EXISTS file_fdw')")
    proof = prove("", INV.format('Column("no", Text)'), edit)
    assert "file_fdw" in proof.steps[0].message
    assert 'deploy_as = "superuser"' in proof.steps[0].message
    proof = prove("", INV.format('Column("no", Text)'), edit, settings='\ndeploy_as = "superuser"\n')
    assert proof.steps[0].held


def test_a_file_must_do_what_the_upgrade_does(prove: Prove) -> None:
    """What only runs online is missing where a DBA runs the file."""
    edit = into_upgrade("if not op.get_context().as_sql:", "    op.execute('CREATE SCHEMA odd')")
    proof = prove(
        "",
        INV.format('Column("no", Text)'),
        lambda text: edit(text).replace(
            "def downgrade() -> None:\n", "def downgrade() -> None:\n    op.execute('DROP SCHEMA IF EXISTS odd')\n"
        ),
    )
    assert [True, True, True, True, False] == [step.held for step in proof.steps], read(proof)
    assert "schema odd" in proof.steps[-1].message


def test_a_value_and_a_concurrent_index_are_proven_in_one_revision(prove: Prove) -> None:
    """The proof refused both, and no way was shown."""
    state = 'Column("no", Enum({}, name="state", schema="app"){})'
    proof = prove(
        INV.format(state.format('"a", "b"', "")),
        INV.format(state.format('"a", "b", "c"', ', server_default="c"'))
        + 'Index("ix", inv.c.id, postgresql_concurrently=True)\n',
    )
    assert proof.held, read(proof)


def test_an_earlier_revision_that_reads_rows_does_not_stand_in_the_way(prove: Prove) -> None:
    """No revision could be written after one of the user that asks the database, as those that move data do."""
    loop = into_upgrade(
        "for (number,) in op.get_bind().execute(sa.text('SELECT id FROM app.inv')).fetchall():", "    pass"
    )
    proof = prove(INV.format('Column("no", Text)'), INV.format('Column("no", Text), Column("more", Text)'), past=loop)
    assert proof.held, read(proof)
    (step,) = (step for step in proof.steps if step.name.startswith("upgrade") and step.name.endswith("by file"))
    assert "what is before it ran online, since --sql cannot write it" in step.message
    assert "_first.py:" in step.message


def test_what_is_renamed_holds_what_it_held(prove: Prove) -> None:
    """The proof looks for rows under the names that the operations give, also where others of the table go."""
    after = """
inv = Table("stock", metadata, Column("number", Integer, primary_key=True, info=renamed_from("id")),
    Column("more", Text, server_default="x"), info=renamed_from("inv"), schema="app")
"""
    proof = prove(INV.format('Column("gone", Text)'), after)
    assert proof.held, read(proof)


def test_a_revision_with_limits_is_proven(prove: Prove) -> None:
    """They hold for one transaction, online and by file: an index that is built beside the writers begins another."""
    texts: list[str] = []

    def look(text: str) -> str:
        texts.append(text)
        return text

    index = 'Column("no", Text), Index("inv_no", "no", postgresql_concurrently=True), CheckConstraint("no <> \'\'", name="c")'
    before = INV.format('Column("no", Text)')
    proof = prove(before, INV.format(index), look, settings='\nlock_timeout = "5s"\nstatement_timeout = "2min"\n')
    assert proof.held, read(proof)
    up, down = texts[0].split("def downgrade")
    assert up.index("CONCURRENTLY".lower()) < up.index("SET LOCAL lock_timeout = '5s'") < up.index("create_check")
    assert 1 == up.count("SET LOCAL statement_timeout = '2min'") == down.count("SET LOCAL statement_timeout = '2min'")


def test_an_online_revision_reads_rows_while_others_write(prove: Prove) -> None:
    """Measured: no statement reads or writes all rows under a lock that keeps others from writing."""
    columns = """Column("no", Text, nullable=False), Column("r", Uuid, nullable=False,
    server_default=text("gen_random_uuid()")), Column("up", Integer, ForeignKey("app.inv.id")), UniqueConstraint("no"),
    CheckConstraint("no <> '-'", name="c"), Index("i", "no")"""
    before = INV.format('Column("no", Text), Column("up", Integer)')
    proof = prove(before, INV.format(columns), settings="\nonline = true\n")
    assert proof.held, read(proof)
    reading = [lock.mode for each in proof.impacts if each.scanned or each.rewritten for lock in each.locks]
    assert {LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ROW_SHARE, LockMode.ACCESS_SHARE} >= set(reading)
    assert 4 == reading.count(LockMode.SHARE_UPDATE_EXCLUSIVE), (
        "a check, the key, and twice what shows that nothing is NULL"
    )
    assert LockMode.ACCESS_EXCLUSIVE in {lock.mode for each in proof.impacts for lock in each.locks}
