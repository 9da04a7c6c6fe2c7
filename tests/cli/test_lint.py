"""`pgcraft lint` as it is typed."""

import pytest

from pgcraft.service.lint_rules import RULES
from tests.cli.conftest import Shell
from tests.support.databases import Database


def test_lint_tells_code_line_remedy_and_reason_and_is_narrowed(project: Shell):
    """Status 1 with a note, 0 with none; what the project ignores is not told, and options go with it."""
    told = project("lint")
    assert (0, "") == (told.status, told.stderr)
    first, at, remedy, why, _, *_, last = told.stdout.splitlines()
    assert first == "PGL111 advice: column inventory.products.id is a key of integer, which ends at 2147483647"
    assert at.startswith("  at models.py:")
    assert remedy.startswith("  take BigInteger, or IdentityPKPlugin()")
    assert why == "  why: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT"
    assert last.startswith("0 notes, ")
    found = project("lint", "products.id", "--json").json["findings"]
    assert ["PGL111", "PGL112"] == [each["code"] for each in found]
    assert "models.py" == found[0]["place"]["file"]
    assert "0 notes, 0 pieces of advice" == project("lint", "--no-advice").stdout.strip()
    with (project.root / "pyproject.toml").open("a") as file:
        file.write('lint = { select = ["PGL11"], ignore = ["PGL111", "PGL115"] }\n')
    assert ["PGL112"] == [each["code"] for each in project("lint", "--json").json["findings"]]
    assert 0 == project("lint", "--ignore", "PGL112:inventory.*").status
    assert ["PGL111"] == [each["code"] for each in project("lint", "--select", "PGL111", "--json").json["findings"]]
    with (project.root / "models.py").open("a") as file:
        file.write(
            "\nfrom sqlalchemy import Table\nTable('log', metadata, Column('said', String), schema='inventory')\n"
        )
    noted = project("lint", "--select", "PGL101")
    assert (1, "PGL101 note: ") == (noted.status, noted.stdout[:13])


def test_the_rules_are_listed(shell: Shell):
    """Nobody needs a project for that."""
    assert list(RULES) == [line.split()[0] for line in shell("lint", "--rules").stdout.splitlines()]
    assert list(RULES) == [each["code"] for each in shell("lint", "--rules", "--json").json["rules"]]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('lint = { ignore = ["PGL999"] }', "lint has no rule PGL999"),
        ('lint = { select = "PGL1" }', "selects or ignores no codes"),
        ("lint = { selected = [] }", "selects or ignores no codes"),
        ("lint = { ignore = [1] }", "selects or ignores no codes"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(project: Shell, setting: str, told: str):
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(f"{setting}\n")
    done = project("lint")
    assert (2, "PGC003") == (done.status, done.stderr[:6])
    assert told in done.stderr


def test_an_unknown_code_is_told(project: Shell):
    done = project("lint", "--select", "PGL7")
    assert (2, "PGC005") == (done.status, done.stderr[:6])


@pytest.mark.usefixtures("clean_roles18")
def test_a_real_database_is_read_and_told_of(project: Shell, database18: Database):
    """What a DBA has made there is in no model; what anon may use is its API."""
    database18.run(
        "CREATE ROLE anon; CREATE SCHEMA x; GRANT USAGE ON SCHEMA x TO anon; CREATE TABLE x.t (id int PRIMARY KEY);"
        "CREATE POLICY p ON x.t USING (id > 1); GRANT UPDATE ON x.t TO anon; CREATE TABLE x.bare (a timestamp)"
    )
    found = project("lint", "--db", database18.url, "--json").json["findings"]
    assert {
        ("PGL101", "table x.bare"),
        ("PGL113", "column x.bare.a"),
        ("PGL301", "table x.bare"),
        ("PGL305", "table x.t"),
        ("PGL306", "table x.t"),
        ("PGL311", "policy p on x.t"),
    } == {(each["code"], each["target"]["id"]) for each in found}
    assert (2, "PGC026") == ((done := project("lint", "--db", "nix")).status, done.stderr[:6])
