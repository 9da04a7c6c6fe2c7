"""Nothing that holds rows falls because of something else: the rows of a table outlive what is made anew beside it."""

import pytest

from tests.alembic.beside import separate
from tests.alembic.conftest import Walk
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

NEXT_NO = """
register_function(metadata, FunctionDefinition(schema="app", name="next_no", returns="{returns}", language="plpgsql",
    arguments="{argument} text", body="begin return {body}; end", volatility="{volatility}"))
"""


def next_no(argument: str, body: str, *, returns: str = "text", volatility: str = "volatile") -> str:
    return NEXT_NO.format(argument=argument, body=body, returns=returns, volatility=volatility)


def inv(column: str, *more: str, name: str = "inv") -> str:
    return (
        f'inv = Table("{name}", metadata, Column("id", Integer, primary_key=True), {column}, schema="app")\n'
        + "\n".join(more)
        + "\n"
    )


OLD, NEW = next_no("p", "p || 'x'"), next_no("prefix", "prefix || 'y'")
STABLE_OLD = next_no("p", "p || 'x'", volatility="immutable")
STABLE_NEW = next_no("prefix", "prefix || 'x'", volatility="immutable")
OTHER = NEXT_NO.replace("next_no", "other").format(argument="p", body="p", returns="text", volatility="volatile")
DEFAULT = 'Column("no", Text, server_default=text("app.next_no(\'a\')"))'
OTHER_DEFAULT = 'Column("no", Text, server_default=text("app.other(\'a\')"))'
PLAIN = 'Column("no", Text)'
NAMED = "'Odd \"Name\" 100%'"

CHANGES = {
    "argument_renamed_under_a_default": (OLD + inv(DEFAULT), NEW + inv(DEFAULT)),
    "result_changed_under_a_default": (
        OLD + inv(DEFAULT),
        next_no("p", "(p || 'x')::varchar", returns="varchar") + inv(DEFAULT),
    ),
    "under_a_default_of_an_odd_column": (
        OLD + inv(DEFAULT.replace('"no"', NAMED)),
        NEW + inv(DEFAULT.replace('"no"', NAMED)),
    ),
    "under_a_default_that_changes_too": (
        OLD + inv(DEFAULT),
        NEW + inv(DEFAULT.replace("next_no(", "next_no(prefix => ")),
    ),
    "under_a_default_that_goes_elsewhere": (OLD + OTHER + inv(DEFAULT), NEW + OTHER + inv(OTHER_DEFAULT)),
    "function_dropped_with_the_default": (OLD + inv(DEFAULT), inv(PLAIN)),
    "function_and_default_replaced_by_others": (OLD + inv(DEFAULT), OTHER + inv(OTHER_DEFAULT)),
    "under_a_column_that_is_retyped_too": (
        OLD + inv('Column("no", String(40), server_default=text("app.next_no(\'a\')"))'),
        NEW + inv(DEFAULT),
    ),
    "under_a_column_with_a_view_over_it": (
        OLD + inv(DEFAULT, 'PGCraftView("v", "app", metadata, query=select(inv.c.no))'),
        NEW + inv(DEFAULT, 'PGCraftView("v", "app", metadata, query=select(inv.c.no))'),
    ),
    "under_a_check": (
        STABLE_OLD + inv(PLAIN, 'inv.append_constraint(CheckConstraint("app.next_no(no) <> no", name="odd"))'),
        STABLE_NEW + inv(PLAIN, 'inv.append_constraint(CheckConstraint("app.next_no(no) <> no", name="odd"))'),
    ),
    "under_an_index": (
        STABLE_OLD + inv(PLAIN, 'Index("ix", text("app.next_no(no)"), _table=inv, unique=True)'),
        STABLE_NEW + inv(PLAIN, 'Index("ix", text("app.next_no(no)"), _table=inv, unique=True)'),
    ),
    "under_the_default_of_a_view": (
        OLD
        + inv(PLAIN)
        + 'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, no FROM app.inv", '
        'column_defaults=(("no", "app.next_no(\'a\')"),)))',
        NEW
        + inv(PLAIN)
        + 'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, no FROM app.inv", '
        'column_defaults=(("no", "app.next_no(\'a\')"),)))',
    ),
    "under_a_policy": (
        OLD
        + inv(PLAIN)
        + 'register_policy(metadata, PolicyDefinition(schema="app", table="inv", name="own", using="app.next_no(no) <> \'\'"))',
        NEW
        + inv(PLAIN)
        + 'register_policy(metadata, PolicyDefinition(schema="app", table="inv", name="own", using="app.next_no(no) <> \'\'"))',
    ),
}


@pytest.fixture
def walk(project: ProjectFactory, database: Database, clean_roles: None) -> Walk:
    """A project without models, on each server."""
    return Walk(RoundTrip(project("", database=database), database))


ROWS = [(1, "kept"), (2, None)]


def test_a_row_outlives_the_function_beside_it(walk: Walk) -> None:
    """Column `no` was dropped with the function of its default, and made again: the row held another value."""
    before, after = (
        "\n".join(map(separate, models, range(len(CHANGES)))) for models in zip(*CHANGES.values(), strict=True)
    )
    walk.step(before)
    walk.database.run(in_each("INSERT INTO app.inv VALUES (1, 'kept'), (2, NULL)"))
    revision = walk.step(after)
    assert [ROWS] * len(CHANGES) == read_each(walk)
    assert "drop_column" not in revision
    assert "DROP COLUMN" not in revision
    walk.step(before)
    assert [ROWS] * len(CHANGES) == read_each(walk)
    walk.finish()


def in_each(sql: str) -> str:
    return ";".join(separate(sql, number) for number in range(len(CHANGES)))


def read_each(walk: Walk) -> list[list[tuple[object, ...]]]:
    query = "SELECT * FROM app.inv ORDER BY id"
    return [walk.database.rows(separate(query, number)) for number in range(len(CHANGES))]


def test_a_generated_column_is_made_again_and_said(walk: Walk) -> None:
    """PostgreSQL cannot part a generated column from its function; what it holds follows from the others."""
    column = 'Column("no", Text), Column("made", Text, Computed("app.next_no(no)", persisted=True))'
    walk.step(STABLE_OLD + inv(column))
    walk.database.run("INSERT INTO app.inv VALUES (1, 'kept')")
    revision = walk.step(STABLE_NEW + inv(column))
    assert [(1, "kept", "keptx")] == walk.database.rows("SELECT id, no, made FROM app.inv")
    assert "drop column app.inv.made" in revision
    walk.finish()


FAMILY = """
for name, parent, own in {tables}:
    columns = [Column(each, Text) for each in own]
    Table(name, metadata, *columns, schema="app", **({{"postgresql_inherits": f"app.{{parent}}"}} if parent else {{}}))
"""


def test_what_a_child_has_for_itself_outlives_the_column_of_its_parent(walk: Walk) -> None:
    """PostgreSQL drops it with that of the parent, and leaves what was there before the parent came."""
    above, later = ("above", "", "ab"), ("later", "", "abc")
    below = [("plain", "above", ""), ("keeps", "above", "b"), ("beneath", "plain", ""), ("under", "keeps", "")]
    walk.step(FAMILY.format(tables=[above, *below, later]))
    walk.database.run("INSERT INTO app.keeps VALUES ('x', 'kept'); INSERT INTO app.later VALUES ('y', 'z', 'kept')")
    walk.step(FAMILY.format(tables=[above, *below, ("later", "above", "c")]))
    walk.step(FAMILY.format(tables=[("above", "", "a"), *below, ("later", "above", "c")]))
    assert [("x", "kept")] == walk.database.rows("SELECT * FROM app.keeps")
    assert [("y", "kept")] == walk.database.rows("SELECT * FROM app.later")
    walk.finish()
