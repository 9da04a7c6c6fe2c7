"""What SQL in a revision does to rights, memberships, names, comments and settings."""

import pytest

from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Kind
from pgcraft.catalog.privileges import ALL_PRIVILEGES
from pgcraft.scripts.sql_changes import (
    Commenting,
    Making,
    MembershipChange,
    Removal,
    Renaming,
    RightsChange,
    Setting,
    SqlChange,
)
from pgcraft.scripts.sql_reading import read_sql

VIEWS = (Kind.VIEW, Kind.MATERIALIZED_VIEW)
RELATIONS = (Kind.TABLE, Kind.INDEX, Kind.PARTITION, *VIEWS)
ON_T = (("app", "t"),)
R = ((None, "r"),)


def rights(is_grant: bool, *facts: object, option: bool = False) -> RightsChange:
    names, grantees, privileges, columns = facts
    return RightsChange(is_grant, names, grantees, privileges, columns, is_option=option)  # type: ignore[arg-type]


CHANGES: dict[str, list[SqlChange]] = {
    "GRANT SELECT, insert ON app.t TO r": [rights(True, ON_T, ("r",), ("select", "insert"), ())],
    'GRANT SELECT (a, "B c"), UPDATE ON TABLE app.t TO r, "R s"': [
        rights(True, ON_T, ("r", "R s"), ("update",), (("select", "a"), ("select", "B c")))
    ],
    "GRANT SELECT ON app.t TO r WITH GRANT OPTION": [rights(True, ON_T, ("r",), ("select",), (), option=True)],
    "GRANT ALL PRIVILEGES ON SCHEMA app TO PUBLIC": [
        rights(True, ((None, "app"),), ("public",), ALL_PRIVILEGES["schema"], ())
    ],
    "REVOKE ALL ON app.t, u FROM r": [rights(False, (("app", "t"), (None, "u")), ("r",), ALL_PRIVILEGES["table"], ())],
    "REVOKE GRANT OPTION FOR SELECT (a) ON app.t FROM r": [
        rights(False, ON_T, ("r",), (), (("select", "a"),), option=True)
    ],
    "GRANT EXECUTE ON ROUTINE app.f(integer, text), app.g() TO r": [
        rights(True, (("app", "f"), ("app", "g")), ("r",), ("execute",), ())
    ],
    "GRANT ALL ON PROCEDURE app.f() TO r": [rights(True, (("app", "f"),), ("r",), ALL_PRIVILEGES["function"], ())],
    "GRANT ALL ON ROUTINE app.f() TO r": [rights(True, (("app", "f"),), ("r",), ALL_PRIVILEGES["function"], ())],
    "GRANT USAGE ON SEQUENCE app.s TO r": [rights(True, (("app", "s"),), ("r",), ("usage",), ())],
    "GRANT a, b TO r": [MembershipChange(True, ("a", "b"), ("r",))],
    'REVOKE "A" FROM r, s': [MembershipChange(False, ("A",), ("r", "s"))],
    "GRANT SELECT ON app.t": [],
    "GRANT something": [],
    "COMMENT ON TABLE app.t IS 'x'": [Commenting(True, None)],
    "COMMENT ON VIEW app.t IS NULL": [Commenting(False, None)],
    'COMMENT ON COLUMN app.t."A b" IS NULL': [Commenting(False, "A b")],
    "DROP TABLE IF EXISTS app.t, u CASCADE": [Removal(RELATIONS, (("app", "t"), (None, "u")), None)],
    "DROP MATERIALIZED VIEW app.t": [Removal(VIEWS, ON_T, None)],
    "DROP INDEX CONCURRENTLY IF EXISTS app.i": [Removal((Kind.INDEX,), (("app", "i"),), None)],
    "DROP FUNCTION app.f(integer)": [Removal((Kind.FUNCTION,), (("app", "f"),), None)],
    "DROP TRIGGER w ON app.t": [Removal((Kind.TRIGGER,), ((None, "w"),), ("app", "t"))],
    "DROP POLICY IF EXISTS p ON app.t": [Removal((Kind.POLICY,), ((None, "p"),), ("app", "t"))],
    "DROP DOMAIN app.e": [Removal((Kind.DOMAIN,), (("app", "e"),), None)],
    "DROP ROLE r": [Removal((Kind.ROLE,), R, None)],
    "DROP TYPE app.e": [Removal(TYPES, (("app", "e"),), None)],
    "DROP TABLE": [],
    "DROP SOMETHING x": [],
    "ALTER TABLE app.t DROP CONSTRAINT IF EXISTS c": [Removal((Kind.CONSTRAINT,), ((None, "c"),), ("app", "t"))],
    "ALTER TABLE IF EXISTS ONLY app.t RENAME TO u": [Renaming(RELATIONS, ("app", "t"), None, new_name="u")],
    "ALTER MATERIALIZED VIEW app.t SET SCHEMA b": [Renaming(VIEWS, ("app", "t"), None, new_schema="b")],
    "ALTER TABLE app.t RENAME COLUMN a TO b": [Renaming((Kind.COLUMN,), (None, "a"), ("app", "t"), new_name="b")],
    "ALTER TABLE app.t RENAME a TO b": [Renaming((Kind.COLUMN,), (None, "a"), ("app", "t"), new_name="b")],
    "ALTER TABLE app.t RENAME CONSTRAINT a TO b": [
        Renaming((Kind.CONSTRAINT,), (None, "a"), ("app", "t"), new_name="b")
    ],
    "ALTER FUNCTION app.f(integer) RENAME TO g": [Renaming((Kind.FUNCTION,), ("app", "f"), None, new_name="g")],
    "ALTER TRIGGER w ON app.t RENAME TO x": [Renaming((Kind.TRIGGER,), (None, "w"), ("app", "t"), new_name="x")],
    "ALTER SCHEMA app RENAME TO b": [Renaming((Kind.SCHEMA,), (None, "app"), None, new_name="b")],
    "ALTER TABLE app.t SET SCHEMA": [],
    "ALTER TABLE app.t RENAME TO": [],
    "ALTER TABLE app.t ADD COLUMN a int": [],
    "ALTER SYSTEM SET a = 1": [],
    "ALTER VIEW app.v SET (security_barrier = true, check_option = local)": [
        Setting(True, ("security_barrier", "check_option"))
    ],
    "ALTER VIEW app.v RESET (security_barrier)": [Setting(False, ("security_barrier",))],
    "ALTER VIEW app.v ALTER COLUMN a SET DEFAULT 1": [Setting(True, ("default of a",))],
    "ALTER VIEW app.v ALTER a DROP DEFAULT": [Setting(False, ("default of a",))],
    "ALTER VIEW app.v OWNER TO r": [],
    "CREATE OR REPLACE VIEW app.v WITH (security_barrier = true) AS SELECT 1": [
        Setting(True, ("security_barrier",), is_whole=True)
    ],
    "CREATE VIEW app.v (a, b) AS SELECT 1, 2": [Setting(True, (), is_whole=True)],
    "CREATE MATERIALIZED VIEW app.v AS SELECT 1": [Setting(True, (), is_whole=True)],
    "CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql SET work_mem = '4MB' SET a.b = '1' AS 'SET x = 1'": [
        Setting(True, ("work_mem", "a.b"), is_whole=True)
    ],
    "CREATE PROCEDURE app.f() LANGUAGE sql SET a = 1 RETURN 1": [Setting(True, ("a",), is_whole=True)],
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SET a = '1' RETURN (SELECT set FROM app.t)": [
        Setting(True, ("a",), is_whole=True)
    ],
    "CREATE TABLE app.t (a int)": [],
    'CREATE UNLOGGED TABLE app.t (a int, CONSTRAINT "c d" CHECK (a IN (1, 2)), CONSTRAINT u UNIQUE (a))': [
        Making((("c d", "CHECK ( a IN ( 1 , 2 ) )"), ("u", "UNIQUE ( a )")))
    ],
    "COMMENT ON CONSTRAINT c ON app.t IS 'x'": [Commenting(has_text=True, constraint="c")],
    "SELECT 1": [],
    "": [],
    "DROP VIEW a; -- DROP VIEW b\nDROP VIEW c": [
        Removal(VIEWS, ((None, "a"),), None),
        Removal(VIEWS, ((None, "c"),), None),
    ],
    "DO $$ BEGIN IF true THEN GRANT a TO r; ELSE REVOKE a FROM r; END IF; END $$": [
        MembershipChange(True, ("a",), ("r",)),
        MembershipChange(False, ("a",), ("r",)),
    ],
    "DO 'BEGIN LOOP DROP ROLE \"it''s\"; END LOOP; END'": [Removal((Kind.ROLE,), ((None, "it's"),), None)],
    "SELECT 'DROP ROLE r'": [],
}


@pytest.mark.parametrize("sql", CHANGES)
def test_what_a_statement_does_is_read(sql: str) -> None:
    assert CHANGES[sql] == list(read_sql(sql))
