"""Changes of functions, triggers, policies and the like, each one revision both ways."""

import pytest

from tests.alembic.beside import walk_beside
from tests.alembic.conftest import Walk

FUNCTION = """
def function(name, body, **more):
    values = dict(schema="app", name=name, returns="integer", language="sql", body=body)
    register_function(metadata, FunctionDefinition(**{**values, **more}))
"""
TABLE = (
    'thing = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("n", Integer{}), schema="app")\n'
)
TRIGGER = """
function("noop", "BEGIN RETURN NEW; END", returns="trigger", language="plpgsql")
register_trigger(metadata, TriggerDefinition(schema="app", relation="thing", name="watch", function=("app", "noop"), {}))
"""
POLICY = 'register_policy(metadata, PolicyDefinition(schema="app", table="thing", name="own", {}))\n'
ROLE = 'register_role(metadata, RoleDefinition(name="worker", {}))\n'
GRANT = 'register_grant(metadata, GrantDefinition(privileges={}, to="worker", schema="app", name="thing"{}))\n'
KEPT = """
kept = PGCraftMaterializedView("kept", "app", metadata,
                               query=select(thing.c.id, ({query}).label("Total n")).where(thing.c.n > 0), indexes=[{indexes}])
"""
UNIQUE = 'PGCraftIndex(None, "{{id}}", unique=True)'
PARTLY = """PGCraftIndex("partly", "lower({{Total n}}::text)", "{{id}} DESC", postgresql_where="{{Total n}} > {}",
                          postgresql_include=["{{id}}"])"""
ON_FUNCTION = 'v = PGCraftView("v", "app", metadata, query=text("SELECT app.f({}) AS n"))\n'

CHANGES = {
    "body": ('function("f", "SELECT 1")', 'function("f", "SELECT 2")'),
    "volatility_and_settings": (
        'function("f", "SELECT 1")',
        'function("f", "SELECT 1", volatility="stable", security_definer=True, strict=True)',
    ),
    "public_execute": ('function("f", "SELECT 1")', 'function("f", "SELECT 1", revoke_public=True)'),
    "comment": ('function("f", "SELECT 1")', 'function("f", "SELECT 1", comment="it\'s one")'),
    "argument_added": ('function("f", "SELECT 1")', 'function("f", "SELECT a", arguments="a integer")'),
    "argument_renamed_under_a_view": (
        'function("f", "SELECT 1", arguments="a integer")\n' + ON_FUNCTION.format(1),
        'function("f", "SELECT 1", arguments="b integer")\n' + ON_FUNCTION.format(1),
    ),
    "default_of_an_argument": (
        'function("f", "SELECT 1", arguments="a integer DEFAULT 1, b text DEFAULT \'x\'")',
        'function("f", "SELECT 1", arguments="a integer, b text")',
    ),
    "result_changed_under_a_view": (
        'function("f", "SELECT 1", arguments="a integer")\n' + ON_FUNCTION.format(1),
        'function("f", "SELECT 1::bigint", arguments="a integer", returns="bigint")\n' + ON_FUNCTION.format(1),
    ),
    "overloads": (
        'function("f", "SELECT 1", arguments="a integer"); function("f", "SELECT 1", arguments="a text")',
        'function("f", "SELECT 1", arguments="a integer")',
    ),
    "function_in_a_default": ("", 'function("f", "SELECT 7")\n' + TABLE.format(', server_default=text("app.f()")')),
    "function_in_a_default_changed": (
        'function("f", "SELECT 7")\n' + TABLE.format(', server_default=text("app.f()")'),
        'function("f", "SELECT 7::smallint", returns="smallint")\n' + TABLE.format(', server_default=text("app.f()")'),
    ),
    "function_in_a_check": (
        'function("f", "SELECT a", arguments="a integer", volatility="immutable")\n'
        + TABLE.format(', CheckConstraint("app.f(n) > 0", name="odd")'),
        'function("f", "SELECT b", arguments="b integer", volatility="immutable")\n'
        + TABLE.format(', CheckConstraint("app.f(n) > 0", name="odd")'),
    ),
    "function_in_an_index": (
        "",
        'function("f", "SELECT a", arguments="a integer", volatility="immutable")\n'
        + TABLE.format("")
        + 'Index("ix", text("app.f(n)"), _table=thing)',
    ),
    "trigger_events": (
        TABLE.format("") + TRIGGER.format('timing="before", events=("insert",)'),
        TABLE.format("") + TRIGGER.format('timing="after", events=("insert", "update"), when="NEW.n > 1"'),
    ),
    "trigger_condition": (
        TABLE.format("")
        + TRIGGER.format('timing="after", events=("update",), update_columns=("n",), when="NEW.n > 1"'),
        TABLE.format("")
        + TRIGGER.format('timing="after", events=("update",), update_columns=("n",), when="NEW.n > 2"'),
    ),
    "trigger_on_a_retyped_column": (
        TABLE.format("")
        + TRIGGER.format('timing="after", events=("update",), update_columns=("n",), when="NEW.n > 1"'),
        TABLE.format("").replace('"n", Integer', '"n", BigInteger')
        + TRIGGER.format('timing="after", events=("update",), update_columns=("n",), when="NEW.n > 1"'),
    ),
    "trigger_removed_with_its_table": (
        TABLE.format("") + TRIGGER.format('timing="before", events=("insert",)'),
        'Table("other", metadata, Column("id", Integer), schema="app")',
    ),
    "policy_added": (TABLE.format(""), TABLE.format("") + POLICY.format('using="n > 1", check="n > 2"')),
    "policy_changed": (
        TABLE.format("") + POLICY.format('using="n > 1"'),
        TABLE.format("") + POLICY.format('using="n > 2", command="select", force=True'),
    ),
    "policy_on_a_retyped_column": (
        TABLE.format("") + POLICY.format('using="n > 1"'),
        TABLE.format("").replace('"n", Integer', '"n", BigInteger') + POLICY.format('using="n > 1"'),
    ),
    "role_options": (ROLE.format(""), ROLE.format('login=True, inherit=False, member_of=("anon",)')),
    "grants_of_columns": (
        ROLE.format("") + TABLE.format("") + GRANT.format('("select", "update")', ""),
        ROLE.format("") + TABLE.format("") + GRANT.format('("select", "update")', ', columns=("n",)'),
    ),
    "grant_option": (
        ROLE.format("") + TABLE.format("") + GRANT.format('("select",)', ""),
        ROLE.format("") + TABLE.format("") + GRANT.format('("select",)', ", grantable=True"),
    ),
    "grant_option_of_columns": (
        ROLE.format("") + TABLE.format("") + GRANT.format('("select", "update")', ', columns=("n",)'),
        ROLE.format("") + TABLE.format("") + GRANT.format('("select", "update")', ', columns=("n",), grantable=True'),
    ),
    "schema_comment": (
        'register_schema(metadata, SchemaDefinition(name="app"))',
        'register_schema(metadata, SchemaDefinition(name="app", comment="all: 100%"))',
    ),
    "view_options": (
        'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT 1 AS n"))',
        'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT 1 AS n", '
        'options=(("security_barrier", "true"),), comment="c"))',
    ),
    "indexes_of_a_view_that_keeps_rows": (
        TABLE.format("") + KEPT.format(query="thing.c.n", indexes=""),
        TABLE.format("") + KEPT.format(query="thing.c.n", indexes=f"{UNIQUE.format()}, {PARTLY.format(5)}"),
    ),
    "an_index_of_a_view_that_keeps_rows_changes": (
        TABLE.format("") + KEPT.format(query="thing.c.n", indexes=PARTLY.format(5)),
        TABLE.format("") + KEPT.format(query="thing.c.n", indexes=PARTLY.format(6)),
    ),
    "a_view_with_indexes_that_keeps_rows_changes": (
        TABLE.format("") + KEPT.format(query="thing.c.n", indexes=f"{UNIQUE.format()}, {PARTLY.format(5)}"),
        TABLE.format("") + KEPT.format(query="thing.c.n + 1", indexes=f"{UNIQUE.format()}, {PARTLY.format(5)}"),
    ),
    "view_defaults": (
        TABLE.format("")
        + 'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, n FROM app.thing"))',
        TABLE.format("")
        + 'register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, n FROM app.thing", '
        'column_defaults=(("n", "1 + 1"),)))',
    ),
    "names": (
        'Table("Order", metadata, Column("User", Integer, primary_key=True), schema="Sales Dept")',
        't = Table("Order", metadata, Column("User", Integer, primary_key=True), Column("a b", String), schema="Sales Dept")\n'
        'PGCraftView("select", "Sales Dept", metadata, query=select(t))',
    ),
}


@pytest.mark.parametrize(("before", "after"), walk_beside(CHANGES, common=FUNCTION))
def test_a_change_is_one_revision_each_way(walk: Walk, before: str, after: str) -> None:
    """A change that does not apply, does not settle or cannot be undone ends a user's day."""
    walk.step(before)
    walk.step(after)
    walk.step(before)
    walk.finish()
