"""A real database against the models, a revision and another database; must-show 8 of the one comparison."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind
from pgcraft.devdb.server.address import replace_user
from pgcraft.errors import PGCraftError
from pgcraft.identifiers import quote_name
from pgcraft.service.drift import DriftRequest, format_mending
from pgcraft.service.drift_types import DriftAnswer, Side
from pgcraft.service.project import find_project
from pgcraft.service.types import ExportRequest
from pgcraft.service.workbench import Workbench
from tests.conftest import ProjectFactory
from tests.service.drifting import CHANGES, EXPECTED, MAIN, MODELS, STRANGERS, UNMODELLED
from tests.support.databases import Database
from tests.support.projects import ENV_PY, Project

pytestmark = pytest.mark.usefixtures("clean_roles")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """One on the models of every kind."""
    (tmp_path / "models.py").write_text(MODELS)
    with Workbench(find_project(tmp_path)) as opened:
        yield opened


def deploy(workbench: Workbench, database: Database) -> None:
    database.psql(workbench.export(ExportRequest(direction="schema", format="sql"))[0].text)


def list_facts(answer: DriftAnswer) -> dict[str, tuple[str, ...]]:
    """Return the facts that are told of each object, or the side that has it."""
    return {
        **{str(each.id): tuple(fact.name for fact in each.facts) for each in answer.different},
        **{str(each.id): ("only here",) for each in answer.only_here},
        **{str(each.id): ("only there",) for each in answer.only_there},
    }


@pytest.mark.each_server
def test_what_is_changed_by_hand_in_each_kind_is_told_and_mended(workbench: Workbench, database: Database) -> None:
    """Every fact that somebody changes is told of its object and of no other; the SQL for it makes the two equal."""
    deploy(workbench, database)
    first = workbench.drift(DriftRequest(database.url))
    assert first.agree, first
    database.run("CREATE ROLE dr_other")
    for sql, _, _ in CHANGES:
        database.run(sql)
    for sql in UNMODELLED:
        database.run(sql)

    told = workbench.drift(DriftRequest(database.url, mend="here"))
    assert EXPECTED == list_facts(told)
    assert len(UNMODELLED) == len(told.unmodelled_here)
    assert first.same == told.same + len(told.different) + len(told.only_there)

    database.psql(format_mending(told.mend))
    left = workbench.drift(DriftRequest(database.url, mend="here", drops=True))
    assert dict.fromkeys(STRANGERS, ("only here",)) == list_facts(left)
    assert set(STRANGERS) == {str(each) for each in told.kept}
    database.psql(format_mending(left.mend))
    assert {} == list_facts(workbench.drift(DriftRequest(database.url)))


def test_something_of_each_kind_is_changed() -> None:
    """A new kind needs a change here."""
    assert set(Kind) == {kind for kind in Kind for object_id in EXPECTED if object_id.startswith(f"{kind} ")}


@pytest.mark.parametrize("side", ["here", "there"])
def test_either_of_two_databases_is_made_like_the_other(
    workbench: Workbench, database: Database, new_database: Callable[[], Database], side: Side
) -> None:
    """Here is what was asked about, there what it is compared with."""
    other = new_database()
    deploy(workbench, database)
    deploy(workbench, other)
    database.run("CREATE ROLE dr_other")
    for sql, object_id, _ in CHANGES:
        if not object_id.startswith("role "):
            database.run(sql)
    told = workbench.drift(DriftRequest(database.url, against=other.url, mend=side, drops=True))
    (database if side == "here" else other).psql(format_mending(told.mend))
    after = workbench.drift(DriftRequest(database.url, against=other.url))
    assert after.agree, after
    assert {"role"} == {kind.split()[0] for kind in EXPECTED.keys() - list_facts(told).keys()}


HISTORY = ENV_PY.replace(
    "include_schemas=True,",
    "include_schemas=True,\n        version_table='v \"t\"',\n        version_table_schema='O \"S\".x',",
).replace(
    ".connect() as connection:\n",
    """.connect() as connection:
        connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS "O ""S"".x"; CREATE SCHEMA IF NOT EXISTS app')
        connection.commit()
""",
)
FIRST = """revision, down_revision = "{revision}", {parent!r}
from alembic import op

def upgrade():
    op.execute({up!r})

def downgrade():
    pass
"""


def write_history(made: Project) -> None:
    steps = (("aa1", None, 'CREATE TABLE app.a ("x.y" integer)'), ("bb2", "aa1", "CREATE TABLE app.b (x integer)"))
    for revision, parent, up in (*steps, ("cc3", "bb2", 'ALTER TABLE app.b ADD "it\'s" text')):
        text = f'"""{revision} says: {up[-9:]}"""\n' + FIRST.format(revision=revision, parent=parent, up=up)
        made.write(f"migrations/versions/{revision}.py", text)


BEHIND = """
from sqlalchemy import Column, Integer, MetaData, Table, Text
metadata = MetaData()
Table("a", metadata, Column("x.y", Integer), schema="app")
Table("b", metadata, Column("x", Integer), Column("it's", Text), schema="app")
"""


def test_a_database_two_revisions_behind_says_so(
    project: ProjectFactory, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alembic's table is where env.py says, and is no drift itself; the revision it stands at is equal."""
    made = project(BEHIND, database=database, env_py=HISTORY)
    write_history(made)
    monkeypatch.setenv("DATABASE_URL", database.url)
    with Workbench(find_project(made.root)) as opened:
        fresh = opened.drift(DriftRequest(database.url)).standing
        made.alembic("upgrade", "aa1")
        behind = opened.drift(DriftRequest(database.url))
        own = opened.drift(DriftRequest(database.url, revision="aa1"))
        made.alembic("upgrade", "head")
        (made.root / "migrations/versions/cc3.py").unlink()
        ahead = opened.drift(DriftRequest(database.url)).standing
    assert fresh
    assert behind.standing
    assert ahead
    assert ("aa1", "bb2", "cc3") == tuple(revision for revision, _ in fresh.pending)
    assert ('O "S".x.v "t"', False) == (fresh.table, fresh.has_table)
    assert ("aa1",) == tuple(revision for revision, _ in behind.standing.revisions)
    assert ("bb2", "cc3") == tuple(revision for revision, _ in behind.standing.pending)
    assert {"table app.b": ("only there",)} == list_facts(behind)
    assert own.agree, own
    assert (("cc3",), ()) == (ahead.unknown, ahead.pending)


def test_a_plain_role_looks_at_what_somebody_else_deployed(project: ProjectFactory, database: Database) -> None:
    """What it may not read is named and not compared; the rest is. It could write nothing, and waits for no writer."""
    made = project(MODELS, database=database)
    write_history(made)
    with Workbench(find_project(made.root)) as opened:
        database.run("CREATE ROLE dr_dba LOGIN CREATEROLE SUPERUSER; CREATE ROLE dr_plain LOGIN")
        name = quote_name(database.name)
        database.run(f"ALTER DATABASE {name} OWNER TO dr_dba; REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        database.run(f"GRANT CONNECT ON DATABASE {name} TO dr_plain")
        text = opened.export(ExportRequest(direction="schema", format="sql"))[0].text
        database.psql(f"SET ROLE dr_dba;\n{text}")
        database.run("CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY)")
        request = DriftRequest(replace_user(database.url, "dr_plain"))
        with database.connect(autocommit=False) as writer:
            tables = f"{MAIN}, app.parent, public.alembic_version"
            writer.execute(
                f"LOCK TABLE {tables} IN EXCLUSIVE MODE".encode()
            )  # lets ACCESS SHARE pass, and nothing else
            whole = opened.drift(request)
        database.run("REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC; GRANT DELETE ON app.parent TO dr_reader")
        part = opened.drift(DriftRequest(request.database, mend="here"))
    assert whole.agree, whole
    assert whole.standing
    assert "permission denied" in whole.standing.refusal
    assert "dr_plain@" in whole.here
    assert {"grant on table app.parent to dr_reader": ("only here",)} == list_facts(part)
    (unseen,) = part.unseen
    assert (Kind.POLICY,) == unseen.kinds
    assert "permission denied for table pg_policy" in unseen.reason
    assert () == part.mend


def test_nothing_can_be_written_and_no_lock_is_waited_for_in_vain(workbench: Workbench, database: Database) -> None:
    """A superuser's view that writes when it is read is not read; who holds a lock is told of."""
    deploy(workbench, database)
    with database.connect(autocommit=False) as holder:
        holder.execute(b'LOCK TABLE app."V ""x""" IN ACCESS EXCLUSIVE MODE')
        with pytest.raises(PGCraftError, match="PGC541") as caught:
            workbench.drift(DriftRequest(f"{database.url}&options=-c%20lock_timeout%3D1"))
    assert "lock" in caught.value.what
