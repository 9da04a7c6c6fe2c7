"""`pgcraft drift` as it is typed."""

from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import Shell
from tests.support.databases import Database

SECRET = "t0p:s3cret"
NAMED = '[tool.pgcraft]\nmodels = "models.py"\n[tool.pgcraft.databases]\nlive = "$LIVE_URL"\n'


def with_password(database: Database) -> str:
    """The database's address with a password, which the server does not ask for."""
    parts = urlsplit(database.url)
    return parts._replace(scheme="postgresql", netloc=f"postgres:{SECRET.replace(':', '%3A')}@").geturl()


@pytest.mark.usefixtures("clean_roles18")
def test_drift_tells_by_its_status_by_text_and_by_json(project: Shell, database18: Database) -> None:
    """In CI the status is all that counts; who looks at it reads what, whose, and where. No password is shown."""
    project.write("pyproject.toml", NAMED)
    live = {"LIVE_URL": with_password(database18)}
    database18.psql(project("export", "schema").stdout)
    equal = project("drift", **live)
    assert (0, "") == (equal.status, equal.stderr)
    assert ", 0 different, 0 only here, 0 only there" in equal.stdout
    assert "stands at no revision: there is no alembic_version" in equal.stdout

    body = "-- \x1b[2J\n" * 20000 + "SELECT 'a'"
    database18.run("ALTER TABLE inventory.products ALTER sku SET DEFAULT 'x'")
    database18.run('CREATE TABLE public."it\'s\n[red]" (x integer)')
    database18.run(f"CREATE FUNCTION inventory.f() RETURNS text LANGUAGE sql AS $${body}$$")
    told = project("drift", "--db", "live", **live)
    assert (1, "") == (told.status, told.stderr)
    assert "default: 'x'::character varying here, none there" in told.stdout
    assert 'PGCraftSimple("products") · models.py:' in told.stdout
    assert 'table public."it\'s\\u00000a[red]"' in told.stdout
    narrowed = project("drift", "sku", "--json", **live)
    assert [{"name": "default", "here": "'x'::character varying", "there": ""}] == narrowed.json["different"][0][
        "facts"
    ]
    assert [] == narrowed.json["only_here"]
    assert 0 == project("drift", "nothing like it", **live).status

    mend = project("drift", "--mend", "here", "--drop", **live)
    assert "-- ! data loss" in mend.stdout
    database18.psql(mend.stdout)
    assert 0 == project("drift", **live).status
    for done in (equal, told, narrowed, mend):
        assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        ((), "PGC026", 2),
        (("--db", "lvie"), "PGC026", 2),
        (("--db", "live"), "PGC026", 2),
        (("--db", "mysql://me:t0ps3cret@h/d"), "PGC016", 2),
        (("--db", "postgresql://me:t0ps3cret@127.0.0.1:1/d"), "PGC540", 4),
        (("--db", "postgresql://me@h/d", "--against", "live", "--revision", "head"), "PGC027", 2),
    ],
)
def test_what_cannot_be_compared_is_said(project: Shell, arguments: tuple[str, ...], code: str, status: int) -> None:
    """Each says which of its words is wrong."""
    named = NAMED + 'other = "postgresql://h/d"\n'
    project.write("pyproject.toml", named)
    done = project("drift", *arguments)
    assert (status, code) == (done.status, done.stderr[:6]), done.stderr
    assert "t0ps3cret" not in done.stderr
    assert arguments != ("--db", "lvie") or 'did you mean "live"?' in done.stderr
