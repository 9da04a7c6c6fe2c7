"""`pgcraft access` as it is typed."""

import subprocess

import pytest

from tests.cli.conftest import Shell
from tests.support.databases import Database


def commit(project: Shell) -> None:
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "it's"],
    ):
        subprocess.run(["git", *words], cwd=project.root, check=True)


def test_access_tells_what_a_role_reaches_and_what_a_commit_changes(project: Shell):
    """Status 0 without a difference, 1 with one."""
    told = project("access", "anon")
    assert (0, "") == (told.status, told.stderr)
    assert "view api.products\n  select: granted\n  reads table inventory.products as its owner\n" in told.stdout
    commit(project)
    assert 0 == project("access", "anon", "--from", "HEAD").status
    models = (project.root / "models.py").read_text()
    wider = models.replace("PostgRESTView(", 'PostgRESTView(grants=["select", "update"], source=', 1)
    project.write("models.py", wider.replace("source=source=", "source="))
    diff = project("access", "anon", "--from", "HEAD")
    assert (1, "") == (diff.status, diff.stderr)
    assert "-   select: granted\n+   select, update: granted" in diff.stdout
    assert "+   runs on update function api.api_products_update() as its owner" in diff.stdout
    answer = project("access", "anon", "--from", "HEAD", "--json").json
    assert (False, ["view api.products"]) == (answer["same"], [each["after"]["id"]["id"] for each in answer["changed"]])


@pytest.mark.usefixtures("clean_roles18")
def test_access_of_a_real_database_is_read_there(project: Shell, database18: Database):
    """What somebody granted by hand is reached there, and not by the models."""
    database18.psql(project("export", "schema").stdout)
    database18.run("GRANT USAGE ON SCHEMA inventory TO anon; GRANT DELETE ON inventory.products TO anon")
    found = project("access", "anon", "--db", database18.url, "--json").json
    assert "table inventory.products" in [each["id"]["id"] for each in found["reached"]]
    assert "table inventory.products" not in project("access", "anon").stdout.replace("reads table", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("anom",), "PGC005"),
        (("anon", "--to", "HEAD"), "PGC027"),
        (("anon", "--db", "x", "--from", "HEAD"), "PGC027"),
        (("anon", "--from", "HEAD"), "PGC028"),
        (("anon", "--db", "x"), "PGC026"),
    ],
)
def test_what_cannot_be_told_is_said(project: Shell, arguments: tuple[str, ...], code: str):
    """There is no such role, database or commit, or it is not clear which is meant."""
    done = project("access", *arguments)
    assert (2, code) == (done.status, done.stderr[:6]), done.stderr
