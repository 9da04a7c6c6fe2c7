"""Default privileges that are declared: they come, change and go, and those of others stay."""

import pytest

from tests.alembic.conftest import Walk

MODELS = """
register_schema(metadata, SchemaDefinition(name="a b"))
register_role(metadata, RoleDefinition(name='re"ader'))
register_role(metadata, RoleDefinition(name="maker"))
"""
FORM = "register_default_privileges(metadata, DefaultPrivilegesDefinition({}))\n"
MADE = """
CREATE TABLE "a b".made (a int); CREATE FUNCTION "a b".f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
CAN = """
SELECT has_table_privilege('re"ader', '"a b".made', 'select'), has_table_privilege('theirs', '"a b".made', 'select'),
       has_function_privilege('theirs', '"a b".f()', 'execute')
"""


@pytest.mark.each_server
def test_declared_defaults_come_change_and_go_beside_those_of_others(any_walk: Walk) -> None:
    any_walk.step(MODELS)
    any_walk.database.run("""
        CREATE ROLE theirs; ALTER DEFAULT PRIVILEGES IN SCHEMA "a b" GRANT SELECT ON TABLES TO theirs;
    """)
    assert any_walk.trip.pending() == ""
    tables = 'on="tables", to=\'re"ader\', schema="a b", '
    public = FORM.format('on="functions", to="public"')
    text = any_walk.step(MODELS + public + FORM.format(tables + 'privileges=("select", "insert")'))
    assert "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC" in text
    assert 'ALTER DEFAULT PRIVILEGES IN SCHEMA "a b" GRANT SELECT, INSERT ON TABLES TO "re""ader"' in text
    any_walk.database.run(MADE)
    assert [(True, True, False)] == any_walk.database.rows(CAN)
    any_walk.database.run('DROP TABLE "a b".made; DROP FUNCTION "a b".f()')
    changed = any_walk.step(MODELS + public + FORM.format(tables + 'privileges=("select", "update"), grantable=True'))
    assert 'REVOKE INSERT ON TABLES FROM "re""ader"' in changed
    other = FORM.format(tables + 'for_role="maker", privileges="select"')
    any_walk.step(MODELS + other)
    any_walk.step(MODELS)
    assert 1 == any_walk.database.value("SELECT count(*) FROM pg_default_acl")
    any_walk.database.run(
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "a b" REVOKE SELECT ON TABLES FROM theirs; DROP ROLE theirs'
    )
    any_walk.finish()
