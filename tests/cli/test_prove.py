"""`pgcraft prove` as it is typed."""

from tests.cli.conftest import Shell


def test_prove_tells_each_revision_and_the_one_that_does_not_hold(project: Shell):
    """Status 0 when all of it holds, 1 with the revision, why, where and the remedy."""
    project("revision", "-m", "it's first", "--no-prove")
    told = project("prove", "--json")
    assert (0, "") == (told.status, told.stderr)
    assert (True, ["up", "down", "up again"]) == (told.json["held"], [step["way"] for step in told.json["steps"][:3]])
    (path,) = project.revisions
    head, _, _ = path.read_text().partition("def downgrade")
    path.write_text(f"{head}def downgrade() -> None:\n    pass\n")
    failed = project("prove")
    assert (1, "") == (failed.status, failed.stderr)
    assert failed.stdout.startswith("FAIL  ")
    assert "      down: PGC415: not as before it: " in failed.stdout
    assert f"        at migrations/versions/{path.name}:" in failed.stdout
    assert "        let its downgrade undo all that its upgrade does\ndoes not hold on PostgreSQL 18: " in failed.stdout


def test_what_cannot_be_proven_is_an_error_of_the_project(shell: Shell):
    shell.write("models.py", "from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    done = shell("prove")
    assert (2, "PGC013") == (done.status, done.stderr[:6])
