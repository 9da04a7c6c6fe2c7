"""What revisions made is read from what they say, never found by searching in their text."""

import pytest
from sqlalchemy import MetaData

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.ids import parse_id
from pgcraft.scripts.made import History

HEAD = """
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from textwrap import dedent

SCHEMA = "app"

def upgrade() -> None:
"""


def record(*bodies: str, metadata: MetaData | None = None) -> set[str]:
    """Return what revisions with these bodies made."""
    return {str(found) for found in read(*bodies, metadata=metadata)._record.made}


def read(*bodies: str, metadata: MetaData | None = None) -> History:
    """Return the history of revisions with these bodies."""
    lines = (HEAD + "\n".join(f"    {line}" for line in body.strip("\n").split("\n")) for body in bodies)
    return History(tuple(lines), metadata=metadata)


THING = """
op.create_table('thing',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('email', sa.String(length=5), nullable=True),
sa.Column('own', sa.Integer(), sa.ForeignKey('app.other.id'), unique=True),
sa.Column('sought', sa.Integer(), index=True),
sa.CheckConstraint('id > 0'),
sa.CheckConstraint('id > 1'),
sa.UniqueConstraint('id', 'email'),
sa.ForeignKeyConstraint(['id'], ['app.other.id'], name=op.f('fk_thing')),
sa.PrimaryKeyConstraint('id'),
schema='app'
)
"""

MADE = {
    "tables_with_what_postgresql_names": (
        THING,
        {
            "table app.thing",
            "constraint thing_pkey on app.thing",
            "constraint thing_id_email_key on app.thing",
            "constraint thing_own_key on app.thing",
            "constraint thing_id_check on app.thing",
            "constraint thing_id_check1 on app.thing",
            "constraint fk_thing on app.thing",
            "constraint thing_own_fkey on app.thing",
            "index ix_app_thing_sought on app.thing",
        },
    ),
    "the_default_schema": (
        "op.create_table('thing', sa.Column('id', sa.Integer(), primary_key=True))",
        {"table public.thing", "constraint thing_pkey on public.thing"},
    ),
    "operations_one_by_one": (
        """
op.create_index(op.f('ix "a"'), 'thing', ['a', sa.text('lower(b)')], unique=True, schema='app')
op.create_unique_constraint('uq', 'thing', ['a'], schema=SCHEMA)
op.create_check_constraint(None, 'thing', 'b > 1', schema='app')
op.create_foreign_key('fk', 'thing', 'other', ['a'], ['id'], source_schema='app', referent_schema='app')
op.create_primary_key(None, 'thing', ['a'], schema='app')
op.create_exclude_constraint('ex', 'thing', ('a', '='), using='gist', schema='app')
op.add_column('thing', sa.Column('c', sa.Integer(), sa.ForeignKey('app.other.id', name='fk_c')), schema='app')
""",
        {
            'index "ix \\"a\\"" on app.thing',
            "constraint uq on app.thing",
            "constraint thing_check on app.thing",
            "constraint fk on app.thing",
            "constraint thing_pkey on app.thing",
            "constraint ex on app.thing",
            "constraint fk_c on app.thing",
        },
    ),
    "drops": (
        THING
        + """
op.drop_constraint('fk_thing', 'thing', schema='app', type_='foreignkey')
op.drop_index('ix_app_thing_sought', table_name='thing', schema='app')
op.drop_column('thing', 'own', schema='app')
op.drop_column('thing', 'email', schema='app')
""",
        {
            "table app.thing",
            "constraint thing_pkey on app.thing",
            "constraint thing_id_check on app.thing",
            "constraint thing_id_check1 on app.thing",
        },
    ),
    "a_table_that_goes": (THING + "op.drop_table('thing', schema='app')", set()),
    "renames": (
        "op.create_table('a', sa.Column('x', sa.Integer(), primary_key=True), sa.UniqueConstraint('x'), schema='app')\n"
        "op.rename_table('a', 'b', schema='app')\n"
        "op.alter_column('b', 'x', new_column_name='y', schema='app')\n"
        "op.drop_column('b', 'y', schema='app')\n",
        {"table app.b"},
    ),
    "batches_and_blocks": (
        """
with op.batch_alter_table('thing', schema='app') as batch_op:
    batch_op.create_index('ix', ['a'])
    batch_op.create_unique_constraint('uq', ['a'])
    batch_op.drop_constraint('uq', type_='unique')
with op.get_context().autocommit_block():
    op.create_index('late', 'thing', ['a'], schema='app', postgresql_concurrently=True)
""",
        {"index ix on app.thing", "index late on app.thing"},
    ),
    "what_is_not_certain": (
        THING
        + """
for name in ('a', 'b'):
    op.create_index(name, 'thing', [name], schema='app')
    op.create_index('ix', 'thing', [name], schema='app')
if op.get_bind():
    op.create_index('maybe', 'thing', ['id'], schema='app')
    op.drop_constraint('thing_id_check', 'thing', schema='app')
op.create_index(make_name(), 'thing', ['id'], schema='app')
op.create_index('elsewhere', 'thing', ['id'], schema=make_name())
op.get_bind().execute(sa.text('DROP INDEX app.ix_app_thing_sought'))
op.execute('ALTER TABLE app.thing DROP CONSTRAINT IF EXISTS thing_id_check1, ADD CHECK (id > 7)')
op.execute("COMMENT ON TABLE app.thing IS 'op.create_index(by_hand, thing)'")
""",
        {
            "table app.thing",
            "constraint thing_pkey on app.thing",
            "constraint thing_id_email_key on app.thing",
            "constraint thing_own_key on app.thing",
            "constraint fk_thing on app.thing",
            "constraint thing_own_fkey on app.thing",
        },
    ),
    "markers": (
        '''
# pgcraft: create view app.v · models.py:1
op.execute('CREATE VIEW app.v AS SELECT 1')
# pgcraft: create trigger t on app.v
op.execute('CREATE TRIGGER t INSTEAD OF INSERT ON app.v EXECUTE FUNCTION app.f()')
# pgcraft: create view app.w
# pgcraft: restore view app.theirs
op.execute("""
    # pgcraft: create view app.inside
""")
# pgcraft: create function app.f(integer)
op.execute('CREATE FUNCTION app.f(integer) …')
# pgcraft: drop view app.v
op.execute('DROP VIEW app.v')
''',
        {"function app.f(integer)"},
    ),
    "other_sql_that_takes_names_away": (
        """
# pgcraft: create view app.v
op.execute('CREATE VIEW app.v AS SELECT 1')
# pgcraft: create view app.w
op.execute('CREATE VIEW app.w AS SELECT 1')
op.create_table('thing', sa.Column('id', sa.Integer(), primary_key=True), schema='app')
op.execute('DROP VIEW IF EXISTS app.v CASCADE; ALTER VIEW app.w RENAME TO "W"; ALTER TABLE app.thing SET SCHEMA old')
""",
        {"view app.W", "table old.thing", "constraint thing_pkey on old.thing"},
    ),
}


@pytest.mark.parametrize(("body", "expected"), MADE.values(), ids=MADE)
def test_what_a_revision_makes_is_what_its_operations_make(body: str, expected: set[str]) -> None:
    """A name was taken for ours wherever it stood in an old revision."""
    assert expected == record(body)


def test_the_names_of_the_models_convention_are_known() -> None:
    """Alembic names what a revision leaves nameless by the convention of the models."""
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s", "ck": "ck_%(constraint_name)s"})
    made = record(
        "op.create_table('t', sa.Column('a', sa.Integer()), sa.UniqueConstraint('a'),"
        " sa.CheckConstraint('a > 0', name='plus'), sa.CheckConstraint('a > 1', name=op.f('as_it_is')), schema='app')",
        metadata=metadata,
    )
    expected = {"uq_t_a", "ck_plus", "as_it_is"}
    assert {f"constraint {name} on app.t" for name in expected} | {"table app.t"} == made


GRANT_ID = parse_id('grant on view app.v to "a b"')
UNDER = "# pgcraft: {} grant on view app.v to \"a b\"\nop.execute('{}')\n"


def test_privileges_are_followed_through_the_revisions() -> None:
    """A grant counted for ever once it stood in a revision, and one on ``price (EUR)`` never did."""
    history = read(
        UNDER.format("create", 'GRANT SELECT ("price (EUR)", b), UPDATE (b), DELETE ON app.v TO "a b"'),
        UNDER.format("alter", 'GRANT INSERT, TRUNCATE ON app.v TO "a b" WITH GRANT OPTION'),
        UNDER.format("alter", 'REVOKE UPDATE (b), TRUNCATE ON app.v FROM "a b"'),
        UNDER.format("alter", 'REVOKE GRANT OPTION FOR DELETE ON app.v FROM "a b"'),
        "op.execute('GRANT REFERENCES ON app.v TO \"a b\"')",
        UNDER.format("alter", 'GRANT TRIGGER ON app.other TO "a b"; GRANT TRIGGER ON app.v TO other'),
    )
    columns = (("select", "b"), ("select", "price (EUR)"))
    assert Grant(("delete", "insert"), ("insert",), columns) == history.granted(GRANT_ID)


def test_privileges_go_with_what_they_were_on() -> None:
    """The grants of a view that was dropped counted for the next one of its name."""
    history = read(
        UNDER.format("create", 'GRANT SELECT ON app.v TO "a b"'),
        "# pgcraft: drop view app.v\nop.execute('DROP VIEW app.v')",
    )
    assert Grant() == history.granted(GRANT_ID)
    assert not history.made(GRANT_ID)


def test_a_renamed_publication_keeps_its_tables() -> None:
    """Else nobody takes them out of it any more."""
    made = """
# pgcraft: create publication news
op.execute('CREATE PUBLICATION news FOR TABLE app.a')
# pgcraft: create published news on app.a
op.execute('ALTER PUBLICATION news ADD TABLE app.a')
"""
    renamed = "# pgcraft: rename publication feed\nop.execute('ALTER PUBLICATION news RENAME TO feed')"
    assert {"publication feed", "published feed on app.a"} == record(made, renamed)
    assert set() == record(made, renamed, "op.execute('DROP PUBLICATION feed')")


def test_memberships_are_read_in_blocks() -> None:
    """Whether a text held the statement decided, also of another role or in a comment."""
    history = read(
        '# pgcraft: create role "The Role"\n'
        'op.execute(dedent("""\n    DO $$\n    BEGIN\n      IF true THEN\n        GRANT "g h" TO "The Role";\n'
        '      END IF;\n      -- GRANT other TO "The Role"\n      GRANT third TO somebody;\n    END\n    $$\n"""))'
    )
    joined = {group for group in ("g h", "other", "third") if history.joined("The Role", group)}
    assert {"g h"} == joined


def test_a_type_that_became_one_of_another_kind_is_still_ours() -> None:
    """The enum counted as made for ever, and the domain never: neither could go."""
    steps = ("create enum app.state", "alter enum app.state", "alter domain app.state", "drop domain app.state")
    bodies = [f"# pgcraft: {step}\nop.execute('SELECT')" for step in steps]
    found = [record(*bodies[:count]) for count in (1, 2, 3, 4)]
    assert [{"enum app.state"}, {"enum app.state"}, {"domain app.state"}, set()] == found
