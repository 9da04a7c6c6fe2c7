"""What SQL takes away with all that it holds, and which types hold every value of which."""

import pytest

from pgcraft.diff.autocommit import runs_alone, without_concurrently
from pgcraft.diff.losses import (
    find_added,
    find_losses,
    find_renamed,
    find_restructured,
    find_retyped,
    find_revalued,
    find_written,
)
from pgcraft.diff.superset import holds_all

LOSSES = {
    "DROP TABLE app.t": ["table app.t"],
    'drop table if exists odd, "s ""x".t, "A;b" cascade': ["table odd", 'table "s \\"x".t', 'table "A;b"'],
    "DROP SEQUENCE app.s": ["sequence app.s"],
    "ALTER TABLE app.t DROP COLUMN c": ["column app.t.c"],
    "ALTER TABLE IF EXISTS ONLY app.t ADD x int, DROP c, DROP COLUMN IF EXISTS d CASCADE": [
        "column app.t.c",
        "column app.t.d",
    ],
    'ALTER TABLE t DROP "column"': ["column t.column"],
    "ALTER TABLE t DROP CONSTRAINT c, ALTER c DROP DEFAULT, ALTER c DROP NOT NULL": [],
    "ALTER TABLE t ADD CHECK (drop_it(a, b)), ADD COLUMN d text DEFAULT 'x, DROP c'": [],
    "DROP SCHEMA app CASCADE": ["schema app"],
    "DROP SCHEMA app": [],
    "DROP TYPE app.state CASCADE": ["table app.state"],
    "DROP TYPE app.state": [],
    "DROP VIEW v": [],
    "TRUNCATE app.t, u": ["table app.t", "table u"],
    "TRUNCATE TABLE app.t": ["table app.t"],
    "DELETE FROM app.t WHERE x": ["table app.t"],
    "/* */ -- x\n DROP /* no */ TABLE t": ["table t"],
    "SELECT 'DROP TABLE t'": [],
    "SELECT 1; DELETE FROM app.t; INSERT INTO u VALUES (1); DROP TABLE v": ["table app.t", "table v"],
    "WITH x AS (DELETE FROM app.t RETURNING *) INSERT INTO u SELECT * FROM x": ["table app.t"],
    "WITH x AS (SELECT 1) DELETE FROM app.t USING x": ["table app.t"],
    "MERGE INTO app.t USING u ON t.x = u.x WHEN MATCHED THEN DELETE": ["table app.t"],
    "CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; SELECT 1; END": [],
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT 1; DELETE FROM t $$": [],
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT 1; DELETE FROM t $$; DROP TABLE u": ["table u"],
    "CREATE VIEW v AS SELECT '$$ '; DROP TABLE u; SELECT ' $$'": ["table u"],
    'CREATE VIEW "$$" AS SELECT 1; DROP TABLE u; DROP VIEW "$$"': ["table u"],
    "GRANT SELECT ON t TO x; DROP TABLE u": ["table u"],
    "WITH x AS (SELECT 1), y AS (DELETE FROM app.t USING a, b RETURNING *) SELECT 1": ["table app.t"],
    "WITH x AS (DELETE FROM t), y AS (DELETE FROM ONLY u) SELECT 1": ["table t", "table u"],
    "MERGE INTO app.t USING (SELECT 1, 2), v ON true WHEN MATCHED THEN DELETE": ["table app.t"],
    "MERGE INTO app.t USING u ON true WHEN MATCHED THEN DO NOTHING": [],
    "TRUNCATE ONLY t, ONLY app.u CASCADE": ["table t", "table app.u"],
    "DROP EXTENSION IF EXISTS citext CASCADE": ["table citext"],
    "ALTER TABLE t DROP IDENTITY, DROP EXPRESSION, DROP c, ADD d int": ["column t.c"],
    "ALTER VIEW v DROP c": [],
    "DELETE app.t": [],
    "ALTER": [],
    "": [],
}
ALONE = {
    "ALTER TABLE app.t VALIDATE CONSTRAINT c": True,
    "ALTER TABLE app.t ADD validate int": False,
    "DO $$ BEGIN COMMIT; END $$": True,
    "DO $$ BEGIN PERFORM 'COMMIT'; END $$": False,
    "SELECT $$ COMMIT $$": False,
    "ALTER TYPE app.state ADD VALUE 'c'": True,
    'ALTER TYPE "ADD"."VALUE" RENAME TO x': False,
    "ALTER TYPE \"add value\" ADD VALUE IF NOT EXISTS 'c'": True,
    "CREATE UNIQUE INDEX CONCURRENTLY ix ON t (x)": True,
    'CREATE INDEX "CONCURRENTLY" ON t (x)': False,
    "DROP INDEX CONCURRENTLY IF EXISTS ix": True,
    "REINDEX (VERBOSE) INDEX CONCURRENTLY ix": True,
    "VACUUM t": True,
    "CREATE TABLE t (x text DEFAULT 'CREATE INDEX CONCURRENTLY')": False,
}
WIDER = [
    ("integer", "bigint"),
    ("INTEGER", "NUMERIC"),
    ("integer", "numeric(10,0)"),
    ("VARCHAR(3)", "VARCHAR(5)"),
    ("varchar(3)", "text"),
    ("character(3)", "varchar(3)"),
    ("numeric(10,2)", "numeric(12,2)"),
    ("numeric(10,2)", "numeric"),
    ("numeric(5,-2)", "numeric(6,-2)"),
    ("numeric(5,-2)", "numeric(7,0)"),
    ("real", "double precision"),
    ("timestamp(3)", "timestamp"),
    ("timestamptz", "text"),
    ("date", "timestamp"),
    ("uuid", "text"),
    ("integer[]", "bigint[]"),
    ("integer[]", "text"),
    ("app.state", "text"),
    ("jsonb", "json"),
]
NARROWER = [
    ("bigint", "integer"),
    ("integer", "numeric(10,2)"),
    ("integer", "real"),
    ("double precision", "real"),
    ("double precision", "numeric"),
    ("numeric(10,2)", "numeric(10,1)"),
    ("numeric(5,2)", "numeric(5,-2)"),
    ("numeric(10,2)", "numeric(10,4)"),
    ("numeric", "numeric(10,2)"),
    ("text", "varchar(3)"),
    ("varchar(5)", "varchar(3)"),
    ("text", "integer"),
    ("timestamp", "date"),
    ("timestamptz", "timestamp"),
    ("timestamp", "timestamp(0)"),
    ("json", "jsonb"),
    ("text[]", "integer[]"),
    ("text", "app.state"),
    ("bytea", "text"),
    ("integer", "boolean"),
]


@pytest.mark.parametrize(("sql", "lost"), LOSSES.items())
def test_what_sql_takes_away_is_found(sql: str, lost: list[str]) -> None:
    """Whoever wrote a statement into a revision, it is asked for its losses."""
    assert lost == [str(found) for found in find_losses(sql)]


def test_a_change_of_type_is_found() -> None:
    """Somebody's own cast may cut values."""
    for sql in (
        "ALTER TABLE app.t ALTER c SET DATA TYPE int USING c::int",
        'ALTER TABLE app.t ADD x int, ALTER COLUMN "c" TYPE int USING f(c, 1)',
    ):
        assert ["column app.t.c"] == list(map(str, find_retyped(sql)))
    assert 2 == len(find_retyped("ALTER TABLE t ALTER a TYPE int, ALTER b TYPE int"))
    assert ["column t.a"] == list(map(str, find_retyped("ALTER TABLE ONLY t ALTER COLUMN a SET DATA TYPE int")))
    assert ["column t.a"] == list(map(str, find_retyped("ALTER TABLE IF EXISTS t ADD b int, ALTER a TYPE text")))
    assert () == find_retyped("ALTER TABLE app.t ALTER COLUMN type SET DEFAULT 1")
    assert () == find_retyped("ALTER TABLE app.t ALTER a SET DATA, ALTER b SET STATISTICS TYPE, ADD c TYPE")
    assert () == find_retyped("ALTER VIEW app.t ALTER a TYPE int")
    assert () == find_retyped("ALTER TYPE app.t ADD VALUE 'x'")


def test_a_statement_that_writes_rows_is_known() -> None:
    """The rows of its table may be others afterwards."""
    for sql in ("UPDATE app.t SET x = 1", "insert into app.t (x) VALUES (1)", "MERGE INTO app.t USING u ON true"):
        assert ["table app.t"] == list(map(str, find_written(sql)))
    assert ["table t", "table u"] == list(map(str, find_written("UPDATE t SET x = 1; INSERT INTO u VALUES (1)")))
    for sql in ("UPDATE ONLY app.t SET a = 1, b = 2", "COPY app.t FROM stdin", "INSERT INTO app.t VALUES (1), (2)"):
        assert ["table app.t"] == list(map(str, find_written(sql)))
    for word in ("ATTACH", "detach"):
        found = find_written(f'ALTER TABLE app.t {word} PARTITION "s".p FOR VALUES FROM (1) TO (2)')
        assert ["table app.t", "table s.p"] == list(map(str, found))
    assert () == find_written("ALTER TABLE app.t ADD partition int")
    assert () == find_written("INSERT app.t VALUES (1)")
    assert () == find_written("CREATE TRIGGER x AFTER UPDATE ON app.t")


@pytest.mark.parametrize(("sql", "expected"), ALONE.items())
def test_what_no_transaction_may_hold_is_known(sql: str, expected: bool) -> None:
    """It gets a block of its own."""
    assert expected is runs_alone(sql)
    assert "CONCURRENTLY" not in without_concurrently(sql) or not expected


@pytest.mark.parametrize(("old", "new"), WIDER)
def test_a_type_that_holds_all_loses_nothing(old: str, new: str) -> None:
    """Nobody is asked for leave where nothing can be lost."""
    assert holds_all(old, new)


@pytest.mark.parametrize(("old", "new"), NARROWER)
def test_a_type_that_holds_less_may_lose(old: str, new: str) -> None:
    """A cast cuts, rounds or fails."""
    assert not holds_all(old, new)


def test_a_type_whose_attributes_change_is_found() -> None:
    """A row that holds a value of it holds another text then."""
    for change in ("ADD ATTRIBUTE b int", "DROP ATTRIBUTE a, ADD ATTRIBUTE b int", "ALTER ATTRIBUTE a TYPE text"):
        assert ['composite app."a b"'] == list(map(str, find_restructured(f'ALTER TYPE app."a b" {change}')))
    assert ["composite t"] == list(map(str, find_restructured("ALTER TYPE t DROP ATTRIBUTE a")))
    assert () == find_restructured("ALTER TYPE app.t ADD VALUE 'attribute'")
    assert () == find_restructured("ALTER TABLE app.t ADD attribute int")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('ALTER TABLE app.a RENAME TO "b c"', [("table app.a", 'table app."b c"')]),
        ("ALTER TABLE IF EXISTS ONLY a RENAME x TO y", [("column a.x", "column a.y")]),
        ('alter table app.a rename column "column" to y; ALTER TABLE b RENAME TO c',
         [("column app.a.column", "column app.a.y"), ("table b", "table c")]),
        ("ALTER TABLE a RENAME CONSTRAINT x TO y", []),
        ("ALTER INDEX a RENAME TO b", []),
        ("ALTER TYPE app.a RENAME TO b", [("enum app.a", "enum app.b")]),
        ("ALTER TYPE app.a RENAME VALUE 'x' TO 'y'", []),
        ("ALTER TABLE app.a SET SCHEMA b", [("table app.a", "table b.a")]),
        ("ALTER", []),
        ("ALTER TABLE a ADD COLUMN rename int", []),
    ],
)  # fmt: skip
def test_what_is_renamed_is_read(sql: str, expected: list[tuple[str, str]]) -> None:
    assert expected == [(str(old), str(new)) for old, new in find_renamed(sql)]


def test_the_types_whose_values_are_renamed_are_read() -> None:
    assert ['enum app."a b"'] == list(map(str, find_revalued("ALTER TYPE app.\"a b\" RENAME VALUE 'x' TO 'y'")))
    for other in (
        "ALTER TYPE a RENAME TO value",
        "ALTER TYPE a ADD VALUE 'rename value'",
        "ALTER TABLE a RENAME value TO b",
    ):
        assert () == find_revalued(other)


def test_added_columns_are_found_and_nothing_else_that_is_added() -> None:
    sql = """ALTER TABLE IF EXISTS ONLY app.t ADD COLUMN IF NOT EXISTS "a b" int, ADD b text NOT NULL, ADD CHECK (b > ''),
        ADD CONSTRAINT c UNIQUE (a), ADD PRIMARY KEY (b), DROP d; ALTER VIEW v RENAME TO w"""
    assert ['column app.t."a b"', "column app.t.b"] == list(map(str, find_added(sql)))
