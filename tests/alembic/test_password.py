"""The password of ``authenticator`` reaches the role; no log, no error and no statement has it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pgcraft.devdb.server.servers import Server
from tests.alembic.conftest import HEAD
from tests.conftest import ProjectFactory
from tests.support.databases import Database, fresh_database
from tests.support.projects import Project

MODELS = HEAD + 'PostgRESTView(PGCraftSimple("t", "s", metadata, [Column("n", Integer)], config=config))\n'
VARIABLE = "PGRST_DB_PASSWORD"
PASSWORDS = ["s3cr%t':x", "pässwörd\u00a0ﬁ\u00ad", "👍ﬁ geheim", 'a\\b "$$"', "x" * 200]
ALL_LOGGED = """
ALTER DATABASE {name} SET log_statement = 'all';
ALTER DATABASE {name} SET log_min_messages = 'debug1';
ALTER DATABASE {name} SET log_min_error_statement = 'debug1';
ALTER DATABASE {name} SET log_error_verbosity = 'verbose';
ALTER DATABASE {name} SET log_parameter_max_length_on_error = -1;
"""


@pytest.fixture
def logged(cluster: Server) -> Iterator[Database]:
    """A database of which the server logs everything that it can log."""
    with fresh_database(cluster) as database:
        database.run(ALL_LOGGED.format(name=database.name))
        yield database


def make_revision(project: ProjectFactory, database: Database) -> Project:
    made = project(MODELS, database=database)
    made.autogenerate()
    return made


def read_log(server: Server) -> str:
    assert server.directory
    return "".join(path.read_text(errors="replace") for path in Path(server.directory).rglob("*log*") if path.is_file())


def let_in_by_password(server: Server, database: Database) -> None:
    assert server.directory
    (hba,) = Path(server.directory).rglob("pg_hba.conf")
    hba.write_text(f"local all authenticator scram-sha-256\n{hba.read_text()}")
    database.run("SELECT pg_reload_conf()")


@pytest.mark.parametrize("password", PASSWORDS)
def test_it_opens_the_door_and_is_in_no_log(
    project: ProjectFactory, cluster: Server, logged: Database, password: str
) -> None:
    """With ``log_statement = all`` the password itself stood in the server's log."""
    made = make_revision(project, logged)
    done = made.alembic("upgrade", "head", **{VARIABLE: password})
    log = read_log(cluster)
    assert "set_config" in log
    assert password not in log + done.output
    let_in_by_password(cluster, logged)
    with psycopg.connect(logged.conninfo_as("authenticator"), password=password) as connection:
        assert connection.info.user == "authenticator"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(logged.conninfo_as("authenticator"), password=password + "x")


def test_a_role_of_another_owner_fails_without_telling_it(
    project: ProjectFactory, cluster: Server, logged: Database
) -> None:
    """The traceback and the server's log quoted the ALTER ROLE with the password in clear."""
    made = make_revision(project, logged)
    logged.run(
        "DROP TABLE alembic_version; CREATE ROLE anon; CREATE ROLE authenticator LOGIN NOINHERIT; GRANT anon TO authenticator;"
        "COMMENT ON ROLE authenticator IS 'created by pgcraft'; CREATE ROLE plain LOGIN;"
        f"ALTER DATABASE {logged.name} OWNER TO plain"
    )
    url = logged.url.replace("postgres@", "plain@")
    done = made.alembic("upgrade", "head", check=False, **{VARIABLE: "geheim", "DATABASE_URL": url})
    told = done.output + read_log(cluster)
    assert done.status != 0
    assert "the password of role authenticator cannot be set: " in done.output
    assert "geheim" not in told
    assert "ALTER ROLE authenticator PASSWORD" not in told
    assert "SCRAM-SHA-256$" not in done.output


def test_no_sql_file_has_it(project: ProjectFactory, database18: Database) -> None:
    made = make_revision(project, database18)
    written = made.alembic("upgrade", "head", "--sql", **{VARIABLE: "geheim"}).output
    assert "CREATE ROLE authenticator" in written
    assert "geheim" not in written
    assert "SCRAM" not in written


def test_what_is_sent_is_what_libpq_would_send(
    project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    """A verifier of the same form, iterations and lengths; the salt is another one each time."""
    made = make_revision(project, database18)
    stored = []
    for _ in range(2):
        made.alembic("upgrade", "head", **{VARIABLE: "geheim"})
        stored.append(database18.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'authenticator'"))
        made.alembic("downgrade", "base")
    with database18.connect() as connection:
        theirs = connection.pgconn.encrypt_password(b"geheim", b"authenticator", b"scram-sha-256").decode()
    assert [len(part) for part in theirs.split("$")] == [len(part) for part in stored[0].split("$")]
    assert stored[0] != stored[1]
