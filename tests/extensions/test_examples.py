"""The example extensions as a stranger would use them: installed with pip, found by their entry points."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import Project

EXAMPLES = Path(__file__).parents[2] / "examples" / "extensions"
NAMES = ("audit", "nanoid", "tenancy")

MODELS = """\
from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

config = PGCraftConfig().use(PostgRESTExtension())
metadata = MetaData()
notes = PGCraftSimple("notes", "app", metadata, [Column("body", String, nullable=False)], config=config)
PostgRESTView(notes, grants=["select", "insert", "update", "delete"])
"""
ALL_MODELS = """\
from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple

config = PGCraftConfig().use(PostgRESTExtension())
metadata = MetaData()
for factory in ({factories}):
    made = factory(factory.__name__.lower(), "app", metadata, [Column("body", String, nullable=False)], config=config)
    PostgRESTView(made, grants=["select", *made.writes])
"""
"""A resource of each factory."""
FACTORIES = ("PGCraftSimple", "PGCraftAppendOnly", "PGCraftLedger", "PGCraftEAV")


def write_all() -> str:
    return ALL_MODELS.format(factories=", ".join(FACTORIES))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each package installed by pip into a folder of its own."""
    folders = {}
    for name in NAMES:
        folders[name] = tmp_path_factory.mktemp(name)
        command = ("install", "--quiet", "--no-deps", "--no-build-isolation", "--target", folders[name])
        subprocess.run([sys.executable, "-m", "pip", *command, EXAMPLES / name], check=True, capture_output=True)
    return folders


@pytest.fixture
def make(project, installed, cluster18_database):
    """A project that sees the named packages."""

    def with_packages(*names: str) -> Project:
        made = project(models=MODELS, database=cluster18_database, pyproject='[project]\nname = "notes"\n')
        made.environment["PYTHONPATH"] = ":".join(str(installed[name]) for name in names)
        return made

    return with_packages


def read_objects(project: Project, *options: str) -> set[str]:
    """The text ids of everything that the models declare."""
    document = json.loads(project.pgcraft("show", "--json", *options).stdout)
    return {item["id"]["id"] for item in document["objects"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_an_example_pass(name, installed):
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={EXAMPLES / name}")
    done = subprocess.run(
        [*command, EXAMPLES / name / "tests"],
        env={"PYTHONPATH": str(installed[name]), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr


OWNED = {"audit": "table app.notes_audit", "nanoid": "function nanoid.make(integer)", "tenancy": "role tenant"}
"""Something that each of them makes."""


def test_an_installed_extension_is_listed_and_can_be_switched_off(make):
    """Switching it off, for a run or for the project, removes all of its objects, and nothing else."""
    bare = read_objects(make())
    project = make(*NAMES)
    listed = json.loads(project.pgcraft("extensions", "list", "--json").stdout)["extensions"]
    assert {(item["name"], item["source"]) for item in listed} >= {
        (name, f"entry point of pgcraft-{name}") for name in NAMES
    }
    assert read_objects(project).issuperset(OWNED.values())
    for name in NAMES:
        left = read_objects(project, *(option for other in NAMES if other != name for option in ("--disable", other)))
        assert {OWNED[name]} == left.intersection(OWNED.values())
    first, *others = NAMES
    project.pgcraft("extensions", "disable", first, "--yes")
    assert bare == read_objects(project, *(option for other in others for option in ("--disable", other)))


def test_a_nanoid_key_is_made_by_the_server(make, cluster18_database):
    project = make("nanoid")
    project.autogenerate("notes")
    project.alembic("upgrade", "head")
    key = cluster18_database.value("INSERT INTO api.notes (body) VALUES ('x') RETURNING id")
    assert 21 == len(key)
    assert [(key,)] == cluster18_database.rows("SELECT id FROM app.notes")


def test_the_audit_names_the_user_of_the_request(make, cluster18_database):
    """Behind a definer function current_user is the owner; the claims say who asked."""
    project = make("audit")
    project.autogenerate("notes")
    project.alembic("upgrade", "head")
    with cluster18_database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('request.jwt.claims', '{\"sub\": \"ann\"}', true)")
        connection.execute("SELECT set_config('request.method', 'POST', true)")
        connection.execute("SET LOCAL ROLE anon")
        connection.execute("INSERT INTO api.notes (body) VALUES ('x')")
    (row,) = cluster18_database.rows("SELECT operation, who, role, request, new ->> 'body' FROM app.notes_audit")
    assert ("insert", "ann", "anon", "POST", "x") == row


def test_each_tenant_sees_its_own_rows(make, cluster18_database):
    """Views and functions ask as their caller, in resources of every factory."""
    database = cluster18_database
    database.run("CREATE ROLE app_owner LOGIN CREATEROLE")
    database.run(f'GRANT ALL ON DATABASE "{database.name}" TO app_owner; GRANT ALL ON SCHEMA public TO app_owner')
    project = make(*NAMES)
    project.write("models.py", write_all())
    project.environment["DATABASE_URL"] = project.environment["DATABASE_URL"].replace("postgres@", "app_owner@")
    project.autogenerate("notes")
    project.alembic("upgrade", "head")
    with database.connect() as connection:
        for tenant in ("acme", "umbrella"):
            with connection.transaction():
                connection.execute("SELECT set_config('request.jwt.claims', %s, true)", (f'{{"tenant": "{tenant}"}}',))
                connection.execute("SET LOCAL ROLE tenant")
                seen = write_as(connection, tenant)
            assert seen == {name.lower(): [f"of {tenant}"] for name in FACTORIES}


def write_as(connection, tenant: str) -> dict[str, list[str]]:
    """Insert a row into each resource, change what can be changed, and give what is seen of each."""
    seen = {}
    for name in map(str.lower, FACTORIES):
        columns, more = ("body, tenant_id, value", ", 1") if "ledger" in name else ("body, tenant_id", "")
        connection.execute(f"INSERT INTO api.{name} ({columns}) VALUES ('of', 'forged'{more})")
        if "ledger" not in name:
            connection.execute(f"UPDATE api.{name} SET body = %s", (f"of {tenant}",))
        rows = connection.execute(f"SELECT CASE body WHEN 'of' THEN 'of ' || tenant_id ELSE body END FROM api.{name}")
        seen[name] = [body for (body,) in rows]
    return seen


def test_an_extension_brings_its_command(make):
    project = make("tenancy")
    assert "tenancy-claims" in project.pgcraft("--help").stdout
    claims = json.loads(project.pgcraft("tenancy-claims", "acme", "--user", "ann").stdout)
    assert {"role": "tenant", "tenant": "acme", "sub": "ann"} == claims


@pytest.mark.parametrize("name", NAMES)
def test_an_extension_goes_the_whole_round(name, make, cluster18_database):
    project = make(name)
    project.write("models.py", write_all())
    project.autogenerate("first")
    project.alembic("upgrade", "head")
    project.alembic("check")
    project.alembic("downgrade", "base")
    left = cluster18_database.rows(
        "SELECT nspname, relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE nspname !~ '^(pg_|information_schema)' AND relkind IN ('r', 'v')"
    )
    assert [("public", "alembic_version")] == left
