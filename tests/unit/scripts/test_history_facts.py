"""Whose the comments, settings and rights are that a database has: what the scripts made, and did not take back."""

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.ids import parse_id
from pgcraft.scripts.made import History
from tests.unit.scripts.test_record import read

COMMENTS = """
op.create_table('t', sa.Column('a', sa.Integer(), comment='x'), sa.Column('b', sa.Integer()), comment='y', schema='app')
op.create_table('plain', sa.Column('a', sa.Integer()), schema='app')
op.add_column('plain', sa.Column('n', sa.Integer(), comment='x'), schema='app')
# pgcraft: create view app.v
op.execute("COMMENT ON VIEW app.v IS 'x'; COMMENT ON COLUMN app.v.a IS 'x'; COMMENT ON COLUMN app.v.b IS 'x'")
# pgcraft: set aside view app.w
op.execute("COMMENT ON VIEW app.w IS 'x'")
# pgcraft: restore view app.w
op.execute("COMMENT ON VIEW app.w IS 'x'; ALTER VIEW app.w SET (security_barrier)")
op.execute("COMMENT ON TABLE app.plain IS 'by hand'")
"""


def commented(history: History) -> set[str]:
    return {f"{found}/{column}" for found, column in history._record.comments}


def test_comments_are_ours_where_a_migration_made_them() -> None:
    first = {
        "table app.t/None",
        "table app.t/a",
        "table app.plain/n",
        "view app.v/None",
        "view app.v/a",
        "view app.v/b",
    }
    assert first == commented(read(COMMENTS))
    later = read(
        COMMENTS,
        "op.drop_table_comment('t', schema='app')\n"
        "op.create_table_comment('plain', 'x', schema='app')\n"
        "op.alter_column('t', 'a', comment=None, schema='app')\n"
        "op.alter_column('t', 'b', comment='x', schema='app')\n"
        "op.alter_column('plain', 'n', nullable=False, schema='app')\n"
        "# pgcraft: alter view app.v\n"
        "op.execute('COMMENT ON VIEW app.v IS NULL; COMMENT ON COLUMN app.v.a IS NULL')\n",
    )
    assert {"table app.plain/None", "table app.t/b", "table app.plain/n", "view app.v/b"} == commented(later)
    assert later.commented(parse_id("table app.t"), "b")
    assert not later.commented(parse_id("table app.t"))
    moved = read(
        COMMENTS,
        "op.alter_column('t', 'a', new_column_name='z', schema='app')",
        "op.drop_column('plain', 'n', schema='app')",
    )
    assert first - {"table app.t/a", "table app.plain/n"} | {"table app.t/z"} == commented(moved)
    assert {"table app.plain/n"} == commented(
        read(COMMENTS, "op.drop_table('t', schema='app')", "op.execute('DROP VIEW app.v')")
    )
    uncertain = read("if x:\n    # pgcraft: create view app.v\n    op.execute(\"COMMENT ON VIEW app.v IS 'x'\")")
    assert set() == commented(uncertain)


SETTINGS = """
op.execute('ALTER VIEW app.v SET (security_invoker = true)')
# pgcraft: create view app.v
op.execute('CREATE VIEW app.v WITH (security_barrier = true, check_option = local) AS SELECT 1')
op.execute('ALTER VIEW app.v ALTER COLUMN a SET DEFAULT 1')
# pgcraft: create function app.f()
op.execute('CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SET work_mem = 1 AS $$SELECT 1$$')
"""


def settings(*bodies: str) -> set[str]:
    return {f"{found}: {name}" for found, name in read(*bodies)._record.settings}


def test_settings_are_ours_where_a_migration_made_them() -> None:
    default, barrier, check = "view app.v: default of a", "view app.v: security_barrier", "view app.v: check_option"
    work = "function app.f(): work_mem"
    assert {default, barrier, check, work} == settings(SETTINGS)
    at_v, at_f = "# pgcraft: alter view app.v\n", "# pgcraft: replace function app.f()\n"
    assert {default, check, work} == settings(
        SETTINGS, at_v + "op.execute('ALTER VIEW app.v RESET (security_barrier)')"
    )
    assert {barrier, check, work} == settings(SETTINGS, at_v + "op.execute('ALTER VIEW app.v ALTER a DROP DEFAULT')")
    assert {default, work} == settings(SETTINGS, at_v + "op.execute('CREATE OR REPLACE VIEW app.v AS SELECT 2')")
    again = at_f + "op.execute('CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$')"
    assert {default, barrier, check} == settings(SETTINGS, again)
    assert {work} == settings(SETTINGS, "op.execute('DROP VIEW app.v')")
    assert {line.replace("app.v", "app.z") for line in (default, barrier, check)} | {work} == settings(
        SETTINGS, "op.execute('ALTER VIEW app.v RENAME TO z')"
    )
    history = read(SETTINGS)
    assert history.has_set(parse_id("view app.v"), "security_barrier")
    assert not history.has_set(parse_id("view app.v"), "security_invoker")


RIGHTS = """
op.create_table('t', sa.Column('a', sa.Integer()), schema='app')
# pgcraft: create grant on table app.t to r
op.execute('GRANT SELECT, UPDATE (a), INSERT ON app.t TO r WITH GRANT OPTION')
# pgcraft: create grant on view app.v to PUBLIC
op.execute('GRANT SELECT ON app.v TO PUBLIC')
# pgcraft: create role r
op.execute('GRANT g, h TO r')
"""


def test_rights_follow_names_and_go_with_roles() -> None:
    on_t, on_v = parse_id("grant on table app.t to r"), parse_id("grant on view app.v to PUBLIC")
    whole = Grant(("insert", "select"), ("insert", "select"), (("update", "a"),), (("update", "a"),))
    history = read(RIGHTS)
    assert (whole, Grant(("select",))) == (history.granted(on_t), history.granted(on_v))
    assert [True, True, False] == [history.joined("r", group) for group in "ghi"]
    moved = read(RIGHTS, "op.execute('ALTER TABLE app.t RENAME COLUMN a TO b; ALTER TABLE app.t RENAME TO z')")
    assert (("update", "b"),) == moved.granted(parse_id("grant on table app.z to r")).columns
    assert Grant() == moved.granted(on_t)
    gone = read(RIGHTS, "op.execute('DROP ROLE r')")
    assert (Grant(), Grant(("select",)), False) == (gone.granted(on_t), gone.granted(on_v), gone.joined("r", "g"))
    left = read(RIGHTS, "# pgcraft: alter role r\nop.execute('REVOKE g FROM r')")
    assert [False, True] == [left.joined("r", group) for group in "gh"]
    dropped = read(RIGHTS, "# pgcraft: drop role r\nop.execute('GRANT i TO r')")
    assert not dropped.joined("r", "i")
    uncertain = read(
        "if x:\n    # pgcraft: create grant on view app.v to PUBLIC\n    op.execute('GRANT SELECT ON app.v TO PUBLIC')"
    )
    assert Grant() == uncertain.granted(on_v)
    maybe = read(
        RIGHTS, "if x:\n    # pgcraft: drop grant on table app.t to r\n    op.execute('REVOKE ALL ON app.t FROM r')"
    )
    assert Grant() == maybe.granted(on_t)


def test_storage_parameters_are_ours_where_a_migration_set_them() -> None:
    """A DBA's fillfactor on a table or an index was taken off by the next revision."""
    made = (
        "op.create_table('t', sa.Column('a', sa.Integer()), schema='app', postgresql_with={'fillfactor': '70'})\n"
        "op.create_index('i', 't', ['a'], schema='app', postgresql_with={'fillfactor': '60'})\n"
        "# pgcraft: create index j on app.t\n"
        "op.execute('CREATE UNIQUE INDEX j ON app.t USING btree (a) WITH (fillfactor = 50) WHERE a > 1')\n"
        "# pgcraft: create table app.u\n"
        "op.execute('CREATE TABLE app.u (a integer) WITH (fillfactor = 50)')\n"
    )
    ids = [parse_id(each) for each in ("table app.t", "index i on app.t", "index j on app.t", "table app.u")]
    history = read(made)
    assert [True] * 4 == [history.has_set(each, "fillfactor") for each in ids]
    assert not history.has_set(ids[0], "autovacuum_enabled")
    later = read(
        made,
        "# pgcraft: alter table app.t\n"
        "op.execute('ALTER TABLE app.t RESET (fillfactor)')\n"
        "# pgcraft: alter table app.u\n"
        "op.execute('ALTER TABLE app.u SET (autovacuum_enabled = false)')",
    )
    assert not later.has_set(ids[0], "fillfactor")
    assert later.has_set(ids[3], "autovacuum_enabled")
