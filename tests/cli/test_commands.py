"""Each command on a real project."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Shell

PLAIN_MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def test_init_makes_a_project_that_works_and_never_overwrites(shell: Shell):
    """The first two minutes of every user."""
    shell.write("pyproject.toml", '[project]\nname = "mine" # kept\n')
    made = shell("init")
    assert 0 == made.status
    assert "made alembic.ini" in made.stdout
    before = {path: path.read_bytes() for path in shell.root.rglob("*") if path.is_file()}
    assert b"# kept" in before[shell.root / "pyproject.toml"]
    assert "everything is there already" in shell("init").stdout
    assert before == {path: path.read_bytes() for path in shell.root.rglob("*") if path.is_file()}


def test_init_wires_plain_sqlalchemy_models(shell: Shell):
    """Somebody comes with a models.py of their own, without pgcraft in it."""
    shell.write("models.py", PLAIN_MODELS)
    assert 0 == shell("init").status
    assert PLAIN_MODELS == (shell.root / "models.py").read_text()
    assert "target_metadata=models.Base.metadata" in (shell.root / "migrations" / "env.py").read_text()
    assert "public.users is new" in shell("revision", "-m", "users").stderr
    assert 0 == shell("check").status


def test_show_groups_filters_and_describes(project: Shell):
    """The tree is the first look at what the models make."""
    assert 'PostgRESTView("products") · extension postgrest · models.py:' in project("show").stdout
    assert 'PGCraftSimple("products")  models.py:' in project("show", "--by", "factory").stdout
    assert "postgrest\n" in project("show", "--by", "extension").stdout
    assert "view api.products" in project("show", "api.products").stdout
    assert "made by extension postgrest" in project("show", "api.products").stdout
    plain = project("show", "--plain").stdout
    assert plain.splitlines()[0].startswith("grant on schema api to anon")
    assert "nullable no" in plain
    assert " FROM " in next(line for line in plain.splitlines() if line.startswith("view api."))
    assert 2 == project("show", "nothing like it").status


def test_ddl_makes_what_it_prints(project: Shell):
    """An object comes with its parts, grants and functions."""
    ddl = project("ddl", "api.products").stdout
    assert "CREATE VIEW api.products AS" in ddl
    assert "GRANT SELECT ON api.products TO anon" in ddl
    assert "CREATE TABLE" not in ddl
    assert "CREATE TABLE inventory.products" in project("ddl").stdout


def test_api_says_what_postgrest_will_do(project: Shell):
    """Endpoint, methods, columns, requests; with rows that were really read."""
    text = project("api", "products").stdout
    assert "/products" in text
    assert "anon: GET, HEAD" in text
    assert "curl -s http://localhost:3000/products" in text
    rows = project("api", "--rows", "--json").json["rows"][0]
    assert '"sku"' in rows


def test_extensions_are_switched_with_a_preview_and_undone_by_hand(project: Shell):
    """Nothing is written without a yes."""
    before = (project.root / "pyproject.toml").read_bytes()
    asked = project("extensions", "disable", "postgrest", stdin="")
    assert "- view api.products" in asked.stdout
    assert "nothing was written" in asked.stdout
    assert before == (project.root / "pyproject.toml").read_bytes()
    assert 0 == project("extensions", "disable", "postgrest", "--yes").status
    assert 'disabled_extensions = ["postgrest"]' in (project.root / "pyproject.toml").read_text()
    assert "off  postgrest" in project("extensions").stdout
    assert "+ view api.products" in project("extensions", "enable", "postgrest", "--yes").stdout
    assert "on   postgrest" in project("extensions").stdout


def test_switching_what_is_not_there_names_the_nearest(project: Shell):
    """A typo must not end in the file."""
    done = project("extensions", "disable", "postgest", "--yes")
    assert 2 == done.status
    assert 'did you mean "postgrest"?' in done.stderr


def test_from_models_to_a_proven_revision_and_back_to_sql(project: Shell, database18, clean_roles18):
    """The main job on the command line: diff, revision, check, verify, export, psql."""
    assert 1 == project("diff").status
    assert 1 == project("check").status
    made = project("revision", "-m", "first tables")
    assert 0 == made.status, made.stderr
    assert 1 == len(project.revisions)
    for step in ("upgrade to", "nothing left to do", "downgrade to base", "again"):
        assert f"ok    {step}" in made.stderr or step in made.stderr
    assert 0 == project("check").status
    assert 0 == project("diff").status
    assert "nothing to do" in project("revision", "-m", "again").stdout
    assert 1 == len(project.revisions)
    assert 0 == project("verify").status
    assert 0 == project("export", "-o", "up.sql").status
    assert 0 == project("export", "down", "-o", "down.sql").status
    assert 2 == project("export", "-o", "up.sql").status
    database18.psql((project.root / "up.sql").read_text())
    assert 1 == database18.value("SELECT count(*) FROM pg_views WHERE schemaname = 'api'")
    database18.psql((project.root / "down.sql").read_text())
    assert 0 == database18.value("SELECT count(*) FROM pg_views WHERE schemaname = 'api'")


def test_an_added_column_is_one_change_with_its_steps_on_demand(project: Shell):
    """A line an operation: nobody reads the seven that one column takes."""
    project("revision", "-m", "first", "--no-prove")
    text = (project.root / "models.py").read_text()
    sku = '        Column("sku", String(32), nullable=False),\n'
    project.write("models.py", text.replace(sku, sku + '        Column("note", String),\n'))
    assert "PGC029" in project("revision", "-m", "late", "--lock-timeout", "soon").stderr
    limited = project("revision", "-m", "late", "--no-prove", "--dry-run", "--lock-timeout", "5s").stdout
    assert 2 == limited.count("SET LOCAL lock_timeout = '5s'"), "both ways"
    told = "inventory.products gains note; api.products is made again with its grant"
    lock = "  * ACCESS EXCLUSIVE lock on view api.products, table inventory.products (not measured)\n"
    assert f"{told}\n{lock}" == project("diff").stdout
    checked = project("check").stdout
    assert checked.startswith(f"{told}\nthe models and the migrations differ: 1 change\n")
    steps = project("diff", "--steps").stdout
    assert steps.startswith(f"{told}\n  drop grant on view api.products to anon\n")
    only = "    * ACCESS EXCLUSIVE lock on table inventory.products (not measured)\n"
    assert (
        f"\n  create column inventory.products.note\n{only}    + ALTER TABLE inventory.products ADD COLUMN note"
        in steps
    )
    assert "    - ALTER TABLE inventory.products DROP COLUMN note" in steps
    document = project("diff", "--json").json
    (intention,) = document["intentions"]
    assert [told, [operation["key"] for operation in document["operations"]]] == [
        intention["title"],
        intention["steps"],
    ]
    assert ["column inventory.products.note"] == [each["id"] for each in intention["objects"]]
    left = project("revision", "-m", "none", "--leave-out", "inventory.products.note")
    assert "nothing to do" in left.stdout, left.stderr


def test_dropping_a_column_needs_its_name(project: Shell):
    """The guard of the workbench, in a script."""
    project("revision", "-m", "first", "--no-prove")
    text = (project.root / "models.py").read_text()
    project.write("models.py", text.replace('        Column("sku", String(32), nullable=False),\n', ""))
    refused = project("revision", "-m", "no sku")
    assert 1 == refused.status
    assert "PGC411" in refused.stderr
    assert "--allow-drop inventory.products.sku" in refused.stderr
    mistaken = project("revision", "-m", "no sku", "--allow-drop", "inventory.products.skus", "--json")
    assert "PGC005" == json.loads(mistaken.stdout)["error"]["code"]
    assert "inventory.products.sku" in json.loads(mistaken.stdout)["error"]["remedy"]
    assert 1 == len(project.revisions)
    allowed = project("revision", "-m", "no sku", "--allow-drop", "inventory.products.sku")
    assert 0 == allowed.status, allowed.stderr
    assert 2 == len(project.revisions)
    assert 0 == project("check").status


def test_a_dry_run_prints_the_file_and_writes_nothing(project: Shell):
    """What would be written, for a look or a pipe."""
    done = project("revision", "-m", "first", "--dry-run")
    assert "def upgrade() -> None:" in done.stdout
    assert [] == project.revisions


def test_several_heads_are_named_with_the_way_out(project: Shell):
    """Two branches were merged in git, not in Alembic."""
    project("revision", "-m", "first", "--no-prove")
    (first,) = project.revisions
    for name in ("aaaa", "bbbb"):
        text = f'revision = "{name}"\ndown_revision = "{first.name.partition("_")[0]}"\ndef upgrade(): pass\ndef downgrade(): pass\n'
        project.write(f"migrations/versions/{name}.py", text)
    done = project("revision", "-m", "second")
    assert 1 == done.status
    assert "PGC413" in done.stderr
    assert "pgcraft merge" in done.stderr
    checked = project("check", "--head", "aaaa")
    assert "note: the history has 2 heads: aaaa" in checked.stderr
    assert "aaaa alone was replayed" in checked.stderr
    joined = project("merge", "-m", "join")
    assert (0, 4) == (joined.status, len(project.revisions)), joined.stderr
    assert "ok    aaaa then bbbb" in joined.stderr
    assert "_join.py" in joined.stdout
    assert 1 == project("merge").status


def test_a_revision_that_fails_is_placed(project: Shell):
    """The user's own migration is as good a place for an error as their models."""
    text = 'revision = "aaaa"\ndown_revision = None\nfrom alembic import op\ndef upgrade():\n    op.execute("SELECT 1/0")\n'
    project.write("migrations/versions/aaaa.py", text)
    done = project("check")
    assert 4 == done.status
    assert "PGC521" in done.stderr
    assert "migrations/versions/aaaa.py:5" in done.stderr


RULED = """
revision = "{revision}"
down_revision = "{after}"
from alembic import op
def upgrade():
    op.execute("CREATE RULE quiet AS ON DELETE TO inventory.products DO NOTHING")
    op.execute("CREATE SCHEMA mine CREATE TABLE t (a int)")
    op.execute("CREATE RULE quiet AS ON DELETE TO mine.t DO NOTHING")
def downgrade():
    pass
"""


def test_what_pgcraft_does_not_model_is_named_where_models_and_migrations_are_compared(project: Shell):
    """A rule rewrites every statement of the table's users, and no command said that it stays as it is."""
    project("revision", "-m", "first", "--no-prove")
    (first,) = project.revisions
    text = RULED.format(revision="aaaa", after=first.name.partition("_")[0])
    project.write("migrations/versions/aaaa.py", text)
    note = "rule quiet on inventory.products is left alone: pgcraft does not model it"
    for command in (("diff",), ("check",), ("revision", "-m", "second", "--dry-run")):
        assert [f"note: {note}"] == [line for line in project(*command).stderr.splitlines() if "quiet" in line]
        document = json.loads(project(*command, "--json").stdout)
        assert [note] == document.get("draft", document)["notes"]


def test_verify_names_a_grant_that_was_broken_by_hand(project: Shell):
    """The check that nobody does by hand."""
    project("revision", "-m", "first", "--no-prove")
    (path,) = project.revisions
    path.write_text(path.read_text().replace("GRANT SELECT ON api.products TO anon", "SELECT 1"))
    done = project("verify", "--failing")
    assert 1 == done.status
    assert "FAIL  anon  select  view api.products  expected allowed, seen refused" in done.stdout


def test_doctor_finds_what_is_wrong(project: Shell):
    """One command for a bug report."""
    done = project("doctor")
    assert 0 == done.status, done.stdout
    project.write("models.py", "import nothing_of_this_name\n")
    done = project("doctor")
    assert 1 == done.status
    assert "PROBLEM models: PGC301" in done.stdout


def test_tui_without_a_terminal_says_so(project: Shell):
    """In a script it waited for keys for ever, and wrote escape sequences into the file."""
    done = project("tui", stdin="")
    assert (2, "") == (done.status, done.stdout)
    assert "PGC017" in done.stderr


def test_tui_without_textual_says_what_to_install(project: Shell, tmp_path: Path):
    """A missing library is a hint, not a traceback."""
    code = (
        "import sys, importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'textual' else find(name, package)\n"
        "sys.argv = ['pgcraft', 'tui']\n"
        "from pgcraft.cli.main import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert "PGC014" in done.stderr
    assert "pip install textual" in done.stderr
