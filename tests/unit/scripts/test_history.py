"""The record that scripts leave: names that change, what is certain, what was sent, and whose table it is."""

from pathlib import Path

import pytest
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.ids import parse_id
from pgcraft.scripts.made import History, read_history
from tests.unit.scripts.test_record import HEAD, read

TABLE = """
op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Integer()),
    sa.UniqueConstraint('a', 'id', name='u'), sa.CheckConstraint('a > id', name='c'), schema='app')
op.create_index('ix', 't', [sa.text('lower(b)'), 'a'], schema='app')
# pgcraft: create view app.v
op.execute('CREATE VIEW app.v AS SELECT 1')
# pgcraft: create trigger w on app.v
op.execute('CREATE TRIGGER w …')
# pgcraft: create function app.f(integer)
op.execute('CREATE FUNCTION …')
# pgcraft: create role r
op.execute('CREATE ROLE r')
# pgcraft: create schema other
op.execute('CREATE SCHEMA other')
"""
MADE = {
    "table app.t": (),
    "constraint t_pkey on app.t": ("id",),
    "constraint u on app.t": ("a", "id"),
    "constraint c on app.t": ("id", "a"),
    "index ix on app.t": ("lower(b)", "a"),
    "view app.v": (),
    "trigger w on app.v": (),
    "function app.f(integer)": (),
    "role r": (),
    "schema other": (),
}


def made(history: History) -> dict[str, tuple[str, ...]]:
    return {str(found): columns for found, columns in history._record.made.items()}


def renamed(*pairs: tuple[str, str], columns: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    found = {}
    for line, names in MADE.items():
        name = line
        for old, new in pairs:
            name = name.replace(old, new)
        found[name] = tuple((columns or {}).get(column, column) for column in names)
    return found


def without(*lines: str) -> dict[str, tuple[str, ...]]:
    return {line: columns for line, columns in MADE.items() if line not in lines}


OF_T = tuple(line for line in MADE if line.endswith("app.t"))
CHANGES: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "nothing": ("op.execute('SELECT 1')", MADE),
    "a table's name": ("op.execute('ALTER TABLE app.t RENAME TO u2')", renamed(("app.t", "app.u2"))),
    "a table's name by Alembic": ("op.rename_table('t', 'u2', schema='app')", renamed(("app.t", "app.u2"))),
    "a table's schema": ("op.execute('ALTER TABLE app.t SET SCHEMA s')", renamed(("app.t", "s.t"))),
    "a constraint's name": (
        "op.execute('ALTER TABLE app.t RENAME CONSTRAINT u TO other')",
        renamed(("constraint u on", "constraint other on")),
    ),
    "an index's name": ("op.execute('ALTER INDEX app.ix RENAME TO iy')", renamed(("index ix", "index iy"))),
    "a column's name": ("op.execute('ALTER TABLE app.t RENAME COLUMN a TO b')", renamed(columns={"a": "b"})),
    "a column's name by Alembic": (
        "op.alter_column('t', 'a', new_column_name='b', schema='app')",
        renamed(columns={"a": "b"}),
    ),
    "a view's name": ("op.execute('ALTER VIEW app.v RENAME TO z')", renamed(("app.v", "app.z"))),
    "a trigger's name": ("op.execute('ALTER TRIGGER w ON app.v RENAME TO z')", renamed(("trigger w", "trigger z"))),
    "a trigger elsewhere": ("op.execute('ALTER TRIGGER w ON app.z RENAME TO z')", MADE),
    "a function's name": ("op.execute('ALTER FUNCTION app.f(integer) RENAME TO g')", renamed(("app.f(", "app.g("))),
    "a role's name": ("op.execute('ALTER ROLE r RENAME TO q')", renamed(("role r", "role q"))),
    "another schema's table": ("op.execute('ALTER TABLE t RENAME TO u2')", MADE),
    "a table dropped": ("op.drop_table('t', schema='app')", without(*OF_T)),
    "a table dropped by SQL": ("op.execute('DROP TABLE app.t')", without(*OF_T)),
    "a table dropped where nobody knows": ("if op.get_bind():\n    op.drop_table('t', schema='app')", without(*OF_T)),
    "an index dropped": ("op.drop_index('ix', 't', schema='app')", without("index ix on app.t")),
    "an index dropped by name": ("op.drop_index('ix', schema='app')", without("index ix on app.t")),
    "an index of another table": ("op.drop_index('ix', 'z', schema='app')", MADE),
    "a constraint dropped": ("op.drop_constraint('u', 't', schema='app')", without("constraint u on app.t")),
    "a constraint dropped by SQL": (
        "op.execute('ALTER TABLE app.t DROP CONSTRAINT u')",
        without("constraint u on app.t"),
    ),
    "a constraint of another table": ("op.drop_constraint('u', 'z', schema='app')", MADE),
    "a column dropped": (
        "op.drop_column('t', 'a', schema='app')",
        without("constraint u on app.t", "constraint c on app.t", "index ix on app.t"),
    ),
    "a view dropped": ("op.execute('DROP VIEW app.v')", without("view app.v", "trigger w on app.v")),
    "a trigger dropped": ("op.execute('DROP TRIGGER w ON app.v')", without("trigger w on app.v")),
    "a trigger of another view": ("op.execute('DROP TRIGGER w ON app.z')", MADE),
    "a function dropped": ("op.execute('DROP FUNCTION app.f(integer)')", without("function app.f(integer)")),
    "a role dropped": ("op.execute('DROP ROLE r')", without("role r")),
    "a schema dropped": ("op.execute('DROP SCHEMA other')", without("schema other")),
    "under a marker of its rename": (
        "# pgcraft: rename index iy on app.t\nop.execute('ALTER INDEX app.ix RENAME TO iy')",
        renamed(("index ix", "index iy")),
    ),
    "under a marker of ours": ("# pgcraft: alter view app.v\nop.execute('DROP VIEW app.v')", MADE),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_made_is_followed(name: str) -> None:
    change, expected = CHANGES[name]
    assert expected == made(read(TABLE, change))


DEFAULT = "op.create_table('t', sa.Column('a', sa.Integer()), sa.UniqueConstraint('a'))"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "op.execute('ALTER TABLE t RENAME COLUMN a TO b')",
            {"table public.t": (), "constraint t_a_key on public.t": ("b",)},
        ),
        (
            "op.execute('ALTER TABLE t RENAME CONSTRAINT t_a_key TO u')",
            {"table public.t": (), "constraint u on public.t": ("a",)},
        ),
        (
            "op.execute('ALTER TABLE public.t RENAME TO z')",
            {"table public.z": (), "constraint t_a_key on public.z": ("a",)},
        ),
        ("op.execute('ALTER TABLE t DROP CONSTRAINT t_a_key')", {"table public.t": ()}),
        ("op.execute('DROP TABLE t')", {}),
    ],
)
def test_what_names_no_schema_is_in_the_default_one(change: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert expected == made(read(DEFAULT, change))
    other = History((HEAD + "    " + DEFAULT.replace("\n", "\n    "),), default_schema="main")
    assert {"table main.t", "constraint t_a_key on main.t"} == set(made(other))
    assert other.made_table(None, "t")
    assert other.made_table("main", "t")
    assert not other.made_table("public", "t")


BATCH = """
with op.batch_alter_table('t') as batch:
    batch.create_index('bare', ['a'])
with op.batch_alter_table(table_name='t', schema='app') as batch:
    batch.create_index('named', ['a'])
with op.batch_alter_table('t', schema=make()) as batch:
    batch.create_index('unknown', ['a'])
with op.batch_alter_table(make(), schema='app') as other:
    other.create_index('unknown_too', ['a'])
with op.batch_alter_table('t', schema='app') as batch, op.batch_alter_table('u', schema='app') as second:
    second.create_index('second', ['a'])
    batch.create_index('first', ['a'])
with make() as batch:
    op.create_index('uncertain', 't', ['a'])
with op.get_context().autocommit_block():
    op.create_index('alone', 't', ['a'])
"""


def test_batches_are_about_their_table() -> None:
    assert {
        "index bare on public.t",
        "index named on app.t",
        "index second on app.u",
        "index first on app.t",
        "index alone on public.t",
    } == set(made(read(BATCH)))


CONTROL = """
def helper():
    op.create_index('of_helper', 't', ['a'])

def again():
    op.create_index('of_again', 't', ['a'])
    again()

def upgrade_second():
    op.create_index('second', 't', ['a'])

def downgrade():
    op.create_index('down', 't', ['a'])

def upgrade():
    op.create_index('gone', 't', ['a'])
    helper()
    again()
    helper(1)
    if x:
        op.create_index('maybe', 't', ['a'])
    else:
        op.drop_index('gone', 't')
    for each in x:
        op.create_index('each', 't', ['a'])
    try:
        op.create_index('tried', 't', ['a'])
    finally:
        op.drop_index('of_again', 't')
    name = "assigned"
    op.create_index(name, 't', ['a'])
    made = op.create_index('given', 't', ['a'])
    nothing.create_index('stranger', 't', ['a'])
    create_index('bare', 't', ['a'])
    op.create_index('words', table_name='t', columns=['a'])
    op.create_index('of_unknown', 't', make())
    op.create_index('unknown_table', make(), ['a'])
    op.create_index('unknown_word', table_name=make(), columns=['a'])
    op.create_index('too many', 1, 2, 3, 4, 5, 6, 7, 8)
    op.create_index('unknown_option', 't', ['a'], unique=make())
    return
    op.create_index('never', 't', ['a'])
"""


def test_what_happens_on_every_run_is_made() -> None:
    history = History(("from alembic import op\n" + CONTROL,))
    names = {"second", "of_helper", "assigned", "given", "words", "of_unknown", "unknown_option"}
    assert {f"index {name} on public.t" for name in names} == set(made(history))
    assert {} == made(read("if x:\n    # pgcraft: create view app.v\n    y = 1"))
    assert {"view app.v": ()} == made(read("# pgcraft: create view app.v\ny = 1"))


SEVERAL = """
revision, down_revision = "a", None
def upgrade(name):
    globals()["upgrade_%s" % name]()
def upgrade_one():
    # pgcraft: create view app.one
    op.execute('CREATE VIEW …')
def upgrade_two():
    # pgcraft: need PostgreSQL 18 · X
    op.execute('DO …')
    # pgcraft: create view app.two
    op.execute('CREATE VIEW …')
"""


@pytest.mark.parametrize(
    ("token", "views"),
    {
        "one_upgrades": {"one"},
        "two_upgrades": {"two"},
        "upgrades": {"one", "two"},
        "x_upgrades": {"one", "two"},
    }.items(),
)
def test_of_several_databases_each_has_what_was_made_for_it(tmp_path: Path, token: str, views: set[str]) -> None:
    """What belongs to one was taken for ours in the other, and so was to be dropped there."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a.py").write_text("from alembic import op\n" + SEVERAL)
    options = {"as_sql": True, "starting_rev": "a", "script": ScriptDirectory(tmp_path), "upgrade_token": token}
    history = read_history(MigrationContext.configure(dialect_name="postgresql", opts=options), None, "public")
    assert {f"view app.{name}" for name in views} == set(made(history))
    assert ("two" in views) == history.has_server_need(18)


def test_what_was_sent_and_asked_for_is_known() -> None:
    plain = read("op.execute('SELECT 1')")
    assert (False, False, False) == (
        plain.has_notified(),
        plain.has_server_need(18),
        plain.has_password(parse_id("role r"), "X"),
    )
    history = read(
        "# pgcraft: need PostgreSQL 18 · X\nop.execute('DO …')\n"
        "# pgcraft: alter role r · password from SECRET\npassword = 1\n"
        """op.execute("NOTIFY pgrst, 'reload schema'")"""
    )
    assert history.has_notified()
    assert [False, True, False] == [history.has_server_need(version) for version in (17, 18, 19)]
    role = parse_id("role r")
    assert [True, False] == [history.has_password(role, name) for name in ("SECRET", "OTHER")]
    assert not history.has_password(parse_id("role q"), "SECRET")
    inside = read("op.execute('''\n    # pgcraft: need PostgreSQL 18 · X\n''')")
    assert not inside.has_server_need(18)


def test_without_a_folder_of_scripts_nothing_is_kept() -> None:
    history = read_history(MigrationContext.configure(dialect_name="postgresql"), None, "public")
    assert (False, {}) == (history.is_kept, made(history))
    assert History(()).is_kept
    assert Grant() == history.granted(parse_id("grant on view app.v to r"))


def test_renames_that_come_later_are_behind_it() -> None:
    first = read(TABLE)
    table, view = parse_id("table app.n"), parse_id("view app.z")
    history = first.after([(table, ("ALTER TABLE app.t RENAME TO n",))])
    history = history.after([(view, ("ALTER VIEW app.v RENAME TO z",))])
    assert renamed(("app.t", "app.n"), ("app.v", "app.z")) == made(history)
    assert (MADE, True, False) == (made(first), history.is_kept, History(None).after([(table, ())]).is_kept)


def test_of_overloads_the_one_that_is_told_gets_the_name() -> None:
    both = "# pgcraft: create function app.f(integer)\nop.execute('…')\n# pgcraft: create function app.f(text)\nop.execute('…')"
    renaming = "# pgcraft: rename function app.g({})\nop.execute('ALTER FUNCTION app.f(text) RENAME TO g')"
    assert ["function app.f(integer)", "function app.g(text)"] == sorted(made(read(both, renaming.format("text"))))
    assert ["function app.g(integer)", "function app.g(text)"] == sorted(made(read(both, renaming.format("app.x"))))
