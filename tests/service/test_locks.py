"""What statements lock: measured on a server, and told by the documentation; the two say the same."""

from collections.abc import Iterator

import psycopg
import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.devdb.server.address import to_conninfo
from pgcraft.diff.locks import find_locks
from pgcraft.render.statement import Lock, LockMode
from pgcraft.service.types import Operation
from pgcraft.worker.locks import measure
from tests.support.databases import Database

SETUP = """
CREATE SCHEMA app;
CREATE TABLE app.u (id integer PRIMARY KEY);
CREATE TABLE app.t (id integer PRIMARY KEY, a integer, b text, u integer, CONSTRAINT c CHECK (a < 9), CONSTRAINT k UNIQUE (b));
CREATE TABLE app.logged (LIKE app.t);
CREATE INDEX i ON app.t (a);
CREATE VIEW app.v AS SELECT a FROM app.u, app.logged;
CREATE MATERIALIZED VIEW app.m AS SELECT id FROM app.u;
CREATE SEQUENCE app.s;
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER old AFTER INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.f();
CREATE POLICY old ON app.t;
CREATE TABLE app.parts (id integer) PARTITION BY RANGE (id);
CREATE TABLE app.part (id integer);
ALTER TABLE app.t ADD CONSTRAINT later CHECK (a > 0) NOT VALID;
INSERT INTO app.u SELECT generate_series(1, 3);
INSERT INTO app.t SELECT id, id, id::text, id FROM app.u;
"""

STATEMENTS = """
ALTER TABLE app.t ADD COLUMN x integer
ALTER TABLE app.t ADD COLUMN y integer REFERENCES app.u
ALTER TABLE app.t ALTER COLUMN a TYPE bigint
ALTER TABLE app.t ALTER COLUMN b SET NOT NULL
ALTER TABLE app.t ALTER b SET DEFAULT 'SET STATISTICS'
ALTER TABLE app.t ALTER COLUMN b SET STATISTICS 10
ALTER TABLE app.t ALTER b SET (n_distinct = 5)
ALTER TABLE app.t ALTER b RESET (n_distinct)
ALTER TABLE app.t SET (fillfactor = 70)
ALTER TABLE app.t RESET (fillfactor)
ALTER TABLE app.t VALIDATE CONSTRAINT later
ALTER TABLE app.t ADD CONSTRAINT many CHECK (a < 100) NOT VALID
ALTER TABLE app.t ADD CONSTRAINT one UNIQUE (u, a)
ALTER TABLE app.t ADD CONSTRAINT key FOREIGN KEY (u) REFERENCES app.u
ALTER TABLE app.t DROP CONSTRAINT many
ALTER TABLE app.t DISABLE TRIGGER old
ALTER TABLE app.t ENABLE TRIGGER old
ALTER TABLE app.t ENABLE ROW LEVEL SECURITY
ALTER TABLE app.t RENAME CONSTRAINT k TO kk
ALTER TABLE ONLY app.t OWNER TO CURRENT_USER
ALTER TABLE app.t SET (autovacuum_enabled = off), ALTER b DROP NOT NULL
ALTER TABLE app.parts ATTACH PARTITION app.part FOR VALUES FROM (1) TO (9)
ALTER TABLE app.parts DETACH PARTITION app.part
CREATE TABLE app.more PARTITION OF app.parts FOR VALUES FROM (10) TO (19)
CREATE TABLE app.child () INHERITS (app.logged)
CREATE TABLE app.pointing (u integer REFERENCES app.u)
CREATE INDEX j ON app.t (b)
CREATE UNIQUE INDEX ju ON app.t (b)
DROP INDEX app.i
CREATE TRIGGER new AFTER UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()
CREATE OR REPLACE TRIGGER new AFTER UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()
DROP TRIGGER new ON app.t
CREATE POLICY new ON app.t
ALTER POLICY new ON app.t USING (true)
DROP POLICY new ON app.t
CREATE STATISTICS app.st ON a, b FROM app.t
CREATE PUBLICATION p FOR TABLE app.t
ALTER PUBLICATION p DROP TABLE app.t
COMMENT ON TABLE app.t IS 'x'
COMMENT ON COLUMN app.t.a IS 'x'
COMMENT ON VIEW app.v IS 'x'
COMMENT ON CONSTRAINT kk ON app.t IS 'x'
COMMENT ON SEQUENCE app.s IS 'x'
CREATE OR REPLACE VIEW app.v AS SELECT a, a AS more FROM app.u, app.logged
ALTER VIEW app.v SET (security_invoker = true)
DROP VIEW app.v
REFRESH MATERIALIZED VIEW app.m
DROP MATERIALIZED VIEW app.m
ALTER SEQUENCE app.s INCREMENT BY 2
ALTER SEQUENCE app.s OWNER TO CURRENT_USER
DROP SEQUENCE app.s
GRANT SELECT ON app.t TO PUBLIC
UPDATE app.t SET b = b || 'x'
INSERT INTO app.t (id) VALUES (9)
DELETE FROM ONLY app.t WHERE id = 9
TRUNCATE TABLE app.t, app.logged
ALTER TABLE app.t DROP COLUMN b
DROP TABLE app.part, app.parts
""".strip().splitlines()


def operation(sql: str, key: str = "") -> Operation:
    target = parse_id("index i on app.t" if "INDEX app.i" in sql else "table app.t")
    return Operation(key or sql, "execute", target, "", (sql,), ())


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    database.run(SETUP)
    with psycopg.connect(to_conninfo(database.url), autocommit=True) as opened:
        yield opened


def list_heavy(locks: tuple[Lock, ...]) -> set[tuple[str, str]]:
    weak = (LockMode.ACCESS_SHARE, LockMode.ROW_SHARE)
    return {(str(lock.relation), lock.mode) for lock in locks if lock.mode not in weak}


REWRITTEN = {
    "ALTER TABLE app.t ALTER COLUMN a TYPE bigint": ["table app.t"],
    "REFRESH MATERIALIZED VIEW app.m": ["materialized view app.m"],
    "TRUNCATE TABLE app.t, app.logged": ["table app.logged", "table app.t"],
}
SCANNED = {
    "ALTER TABLE app.t ALTER COLUMN a TYPE bigint": ["table app.t"],
    "ALTER TABLE app.t ALTER COLUMN b SET NOT NULL": ["table app.t"],
    "ALTER TABLE app.t VALIDATE CONSTRAINT later": ["table app.t"],
    "ALTER TABLE app.t ADD CONSTRAINT many CHECK (a < 100) NOT VALID": [],
    "ALTER TABLE app.t ADD CONSTRAINT one UNIQUE (u, a)": ["table app.t"],
    "CREATE INDEX j ON app.t (b)": ["table app.t"],
    "REFRESH MATERIALIZED VIEW app.m": ["table app.u"],
    "ALTER TABLE app.t DROP COLUMN b": [],
}
BESIDE = "CREATE INDEX CONCURRENTLY beside ON app.t (a)"
AFTER = [BESIDE, "SELECT 1 / 0", "ALTER TABLE app.t ADD COLUMN z integer", "ALTER TABLE app.new ADD COLUMN z integer"]


def test_what_is_measured_is_what_the_documentation_says(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """One database, for statements take what those before them made."""
    impacts = measure(connection, map(operation, STATEMENTS))
    assert [] == [impact.sql for impact in impacts if not all(lock.is_measured for lock in impact.locks)]
    ruled = {sql: list_heavy(find_locks(sql, operation(sql).target)) for sql in STATEMENTS}
    differing = {each.sql: list_heavy(each.locks) for each in impacts if list_heavy(each.locks) != ruled[each.sql]}
    assert {} == {sql: (measured, ruled[sql]) for sql, measured in differing.items()}
    assert REWRITTEN == {each.sql: list(map(str, each.rewritten)) for each in impacts if each.rewritten}
    assert SCANNED == {each.sql: list(map(str, each.scanned)) for each in impacts if each.sql in SCANNED}
    told = measure(connection, map(operation, AFTER))
    assert [[LockMode.SHARE_UPDATE_EXCLUSIVE], [], [LockMode.ACCESS_EXCLUSIVE], []] == [
        [lock.mode for lock in impact.locks] for impact in told
    ]
    assert not any(lock.is_measured for impact in told for lock in impact.locks)
    connection.execute("DROP INDEX app.beside")
