"""What others set on an object stays when a revision makes the object again for a reason of its own.

A DBA grants with options, comments, changes owners, sets options and builds on it; the dump of the database that is
migrated equals that of one that is built from the models, where the DBA does the same.
"""

from collections.abc import Callable
from typing import Any

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.stranger_models import (
    alone,
    column,
    composite,
    counting,
    domain,
    enum,
    foreign,
    function,
    generated,
    index,
    key,
    materialized,
    policy,
    procedure,
    publication,
    range_type,
    statistics,
    trigger,
    view,
)

ROLES = """
CREATE ROLE "{tag} dba"; CREATE ROLE "{tag} x y"; CREATE ROLE "{tag} z"; CREATE ROLE "{tag} last";
GRANT ALL ON SCHEMA {s} TO "{tag} dba", "{tag} x y", "{tag} z"
"""
_GRANTS = """
GRANT ALL ON {0} TO PUBLIC; GRANT ALL ON {0} TO "{{tag}} x y" WITH GRANT OPTION;
SET ROLE "{{tag}} x y"; GRANT ALL ON {0} TO "{{tag}} z" WITH GRANT OPTION;
SET ROLE "{{tag}} z"; GRANT ALL ON {0} TO "{{tag}} last"; RESET ROLE;
"""
_OWNER = 'ALTER {0} OWNER TO "{{tag}} dba";'
_COMMENT = "COMMENT ON {0} IS 'by a DBA: it''s 100%';"


def _case(name: str, build: Callable[[Models, bool], Any], by_hand: str, rows: str = "", **facts: Any) -> Case:
    """Return a case of models that are built for before and after; roles of a DBA are there."""
    facts = {"given": "", "by_hand": f"{ROLES}; {by_hand}", "rows": rows, "is_same": False, **facts}
    return Case(name, lambda m: build(m, False), lambda m: build(m, True), **facts)


def _all(what: str) -> str:
    """Return what a DBA does to any object: grants, owner, comment."""
    return "".join(
        (
            _GRANTS.format(what.removeprefix("MATERIALIZED VIEW ").removeprefix("VIEW ")),
            _OWNER.format(what),
            _COMMENT.format(what),
        )
    )


_ON_COLUMN = """
GRANT SELECT ({c}), UPDATE ({c}), INSERT ({c}), REFERENCES ({c}) ON {t} TO "{tag} x y" WITH GRANT OPTION;
SET ROLE "{tag} x y"; GRANT SELECT ({c}) ON {t} TO "{tag} z"; RESET ROLE;
COMMENT ON COLUMN {t}.{c} IS 'by a DBA';
ALTER TABLE {t} ALTER COLUMN {c} SET STATISTICS 77, ALTER COLUMN {c} SET (n_distinct = 5);
"""
_BUILT = """
CREATE VIEW {s}.theirs AS SELECT {c} FROM {t}; GRANT SELECT ON {s}.theirs TO "{tag} z"; COMMENT ON VIEW {s}.theirs IS 'x';
CREATE MATERIALIZED VIEW {s}.cached AS SELECT {c} FROM {s}.theirs; CREATE INDEX cached_a ON {s}.cached ({c});
CREATE INDEX their_index ON {t} ({c}) WITH (fillfactor = 55); COMMENT ON INDEX {s}.their_index IS 'x';
CREATE FUNCTION {s}.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER theirs AFTER UPDATE OF {c} ON {t} FOR EACH ROW EXECUTE FUNCTION {s}.note();
ALTER TABLE {t} DISABLE TRIGGER theirs; COMMENT ON TRIGGER theirs ON {t} IS 'x';
CREATE RULE their_rule AS ON UPDATE TO {t} WHERE NEW.{c} IS NULL DO ALSO SELECT 1; COMMENT ON RULE their_rule ON {t} IS 'x';
ALTER TABLE {t} DISABLE RULE their_rule;
CREATE POLICY theirs ON {t} FOR SELECT TO "{tag} z" USING ({c} IS NOT NULL); COMMENT ON POLICY theirs ON {t} IS 'x';
CREATE STATISTICS {s}.their_statistics ON {c}, id FROM {t}; COMMENT ON STATISTICS {s}.their_statistics IS 'x';
ALTER STATISTICS {s}.their_statistics SET STATISTICS 33;
"""


_TYPED = """
CREATE TABLE {s}.typed (a {type} NOT NULL, list {type}[], b integer);
GRANT SELECT (a) ON {s}.typed TO "{tag} x y" WITH GRANT OPTION; COMMENT ON COLUMN {s}.typed.a IS 'x';
ALTER TABLE {s}.typed ALTER COLUMN a SET STATISTICS 77, ALTER COLUMN a SET (n_distinct = 5), REPLICA IDENTITY FULL;
ALTER TABLE {s}.typed ALTER COLUMN list SET STORAGE MAIN, ALTER COLUMN list SET COMPRESSION pglz;
ALTER TABLE {s}.typed ADD CONSTRAINT typed_key UNIQUE (a, b); COMMENT ON CONSTRAINT typed_key ON {s}.typed IS 'x';
ALTER TABLE {s}.typed CLUSTER ON typed_key; CREATE VIEW {s}.of_typed AS SELECT a, list FROM {s}.typed;
GRANT SELECT ON {s}.of_typed TO "{tag} last"; COMMENT ON VIEW {s}.of_typed IS 'x';
CREATE FUNCTION {s}.takes({type}, VARIADIC {type}[]) RETURNS SETOF {type} LANGUAGE sql AS 'SELECT $1';
GRANT EXECUTE ON FUNCTION {s}.takes({type}, {type}[]) TO "{tag} z"; COMMENT ON FUNCTION {s}.takes({type}, {type}[]) IS 'x';
"""


def _typed(name: str) -> str:
    """Return what a DBA makes of a type."""
    return _TYPED.replace("{type}", f"{{s}}.{name}")


def _built(column: str) -> str:
    """Return what a DBA sets on a column of the table, and builds on it."""
    return (_ON_COLUMN + _BUILT).replace("{c}", column)


_CONSTRAINED = """
ALTER TABLE {t} ADD CONSTRAINT their_check CHECK (a < 1000), ADD CONSTRAINT their_key UNIQUE (a, id);
COMMENT ON CONSTRAINT their_check ON {t} IS 'x';
CREATE TABLE {s}.their_table (a int REFERENCES {t} (a), z int); COMMENT ON TABLE {s}.their_table IS 'x';
"""

CASES = (
    _case(
        "a view loses a column",
        view,
        _all("VIEW {s}.v")
        + """
        GRANT UPDATE (a), INSERT (a) ON {s}.v TO "{tag} z" WITH GRANT OPTION;
        COMMENT ON COLUMN {s}.v.a IS 'by a DBA'; ALTER VIEW {s}.v SET (security_barrier = true, check_option = 'local');
        ALTER VIEW {s}.v ALTER COLUMN a SET DEFAULT 7; ALTER VIEW {s}.w ALTER COLUMN j SET DEFAULT 8;
        CREATE RULE quiet AS ON DELETE TO {s}.v DO INSTEAD NOTHING; COMMENT ON RULE quiet ON {s}.v IS 'x';
                CREATE FUNCTION {s}.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER theirs INSTEAD OF UPDATE ON {s}.v FOR EACH ROW EXECUTE FUNCTION {s}.note();
        CREATE FUNCTION {s}.lists() RETURNS SETOF {s}.v LANGUAGE sql AS 'SELECT * FROM {s}.v';
        CREATE VIEW {s}.theirs WITH (security_invoker) AS SELECT a FROM {s}.v; ALTER VIEW {s}.theirs OWNER TO "{tag} x y";
        CREATE VIEW {s}.theirs_too AS SELECT * FROM {s}.theirs; ALTER VIEW {s}.theirs_too ALTER COLUMN a SET DEFAULT 9;
        GRANT SELECT ON {t} TO "{tag} x y", "{tag} dba";
        CREATE FUNCTION {s}.counts() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM {s}.theirs_too; END;
        COMMENT ON FUNCTION {s}.counts() IS 'x'; ALTER FUNCTION {s}.counts() OWNER TO "{tag} x y";
        REVOKE ALL ON FUNCTION {s}.counts() FROM PUBLIC; ALTER FUNCTION {s}.counts() COST 7 PARALLEL SAFE SET work_mem = '7MB';
        CREATE MATERIALIZED VIEW {s}.full AS SELECT a FROM {s}.theirs_too; CREATE UNIQUE INDEX full_a ON {s}.full (a);
        ALTER MATERIALIZED VIEW {s}.full CLUSTER ON full_a; GRANT SELECT (a) ON {s}.full TO "{tag} last";
        CREATE MATERIALIZED VIEW {s}.empty AS SELECT a::text FROM {s}.full WITH NO DATA;
        ALTER MATERIALIZED VIEW {s}.empty SET (toast.autovacuum_enabled = false);
        ALTER MATERIALIZED VIEW {s}.empty ALTER COLUMN a SET STORAGE EXTERNAL, ALTER COLUMN a SET COMPRESSION pglz;
        ALTER MATERIALIZED VIEW {s}.empty ALTER COLUMN a SET (n_distinct = 5);
        CREATE TABLE {s}.their_table (a integer); CREATE POLICY seen ON {s}.their_table USING (a IN (SELECT a FROM {s}.v));
        CREATE RULE counting AS ON INSERT TO {s}.their_table DO ALSO SELECT count(*) FROM {s}.v;
        ALTER TABLE {s}.their_table ENABLE ALWAYS RULE counting;
        """
        + _all("VIEW {s}.w"),
    ),
    _case(
        "a materialized view gets another query",
        materialized,
        _all("MATERIALIZED VIEW {s}.m")
        + """
        CREATE UNIQUE INDEX theirs ON {s}.m (id) WITH (fillfactor = 44); COMMENT ON INDEX {s}.theirs IS 'x';
        ALTER MATERIALIZED VIEW {s}.m CLUSTER ON theirs; ALTER MATERIALIZED VIEW {s}.m ALTER COLUMN a SET STATISTICS 77;
        ALTER MATERIALIZED VIEW {s}.m SET (fillfactor = 33); COMMENT ON COLUMN {s}.m.a IS 'x';
        CREATE STATISTICS {s}.both ON id, a FROM {s}.m;
        """,
    ),
    _case(
        "a function returns another type",
        function,
        _all("FUNCTION {s}.f(integer)")
        + """
        ALTER FUNCTION {s}.f(integer) COST 77; ALTER FUNCTION {s}.f(integer) PARALLEL SAFE;
        ALTER FUNCTION {s}.f(integer) SET search_path = 'a b', "c"; ALTER FUNCTION {s}.f(integer) SET work_mem = '7MB';
        CREATE VIEW {s}.theirs AS SELECT {s}.f(1) AS n;
        CREATE TABLE {s}.their_table (a integer DEFAULT {s}.f(1), CONSTRAINT positive CHECK ({s}.f(a) > 0) NO INHERIT);
        COMMENT ON CONSTRAINT positive ON {s}.their_table IS 'x'; COMMENT ON COLUMN {s}.their_table.a IS 'x';
        """,
    ),
    _case("a procedure calls its argument something else", procedure, _all("PROCEDURE {s}.f(integer)")),
    _case(
        "triggers get another timing",
        trigger,
        "COMMENT ON TRIGGER tr ON {t} IS 'x'; COMMENT ON TRIGGER again ON {t} IS 'x';"
        "ALTER TABLE {t} DISABLE TRIGGER tr; ALTER TABLE {t} ENABLE ALWAYS TRIGGER again",
    ),
    _case("a policy gets another command", policy, "COMMENT ON POLICY p ON {t} IS 'x'"),
    _case(
        "an enum loses a value",
        enum,
        _all("TYPE {s}.e") + _built("a") + _typed("e"),
        rows="INSERT INTO {t} VALUES (1, 'x'); INSERT INTO {s}.typed VALUES ('x', '{x,y}', 1), ('y', NULL, 2)",
    ),
    _case(
        "a domain is of another type",
        domain,
        _all("DOMAIN {s}.d") + _built("a") + _typed("d"),
        rows="INSERT INTO {t} VALUES (1, 7)",
    ),
    _case(
        "a composite type has an attribute of another type",
        composite,
        _all("TYPE {s}.c") + "COMMENT ON COLUMN {s}.c.b IS 'x';" + _built("a") + _typed("c"),
        rows="INSERT INTO {t} VALUES (1, '(1,x)')",
    ),
    _case(
        "a range type has bounds of another type",
        range_type,
        _all("TYPE {s}.r") + _built("a") + _typed("r"),
        rows="INSERT INTO {t} VALUES (1, '[1,5)')",
    ),
    _case(
        "a column gets another type",
        column,
        _all("TABLE {t}")
        + _built("a")
        + _CONSTRAINED
        + """
        ALTER TABLE {t} CLUSTER ON u; ALTER TABLE {t} REPLICA IDENTITY FULL;
        ALTER TABLE {t} SET (autovacuum_enabled = false, fillfactor = 66);
        COMMENT ON CONSTRAINT u ON {t} IS 'x'; COMMENT ON CONSTRAINT c ON {t} IS 'x'; COMMENT ON INDEX {s}.u IS 'y';
        CREATE PUBLICATION "{tag} p" FOR TABLE {t} (id, a) WHERE (a > 1);
        """,
        rows="INSERT INTO {t} VALUES (1, 7, 't')",
    ),
    _case(
        "columns alone get other types",
        alone,
        """
        ALTER TABLE {t} ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTENDED, ALTER a SET COMPRESSION pglz;
        ALTER TABLE {t} ALTER a SET STATISTICS 77, ALTER a SET (n_distinct = 5); COMMENT ON COLUMN {t}.a IS 'x';
        CREATE INDEX theirs ON {t} (id, (a || 'x')); ALTER INDEX {s}.theirs ALTER COLUMN 2 SET STATISTICS 66;
        COMMENT ON INDEX {s}.theirs IS 'x'; ALTER TABLE {t} CLUSTER ON theirs;
        ALTER TABLE {s}.other ADD CONSTRAINT their_key UNIQUE (c); ALTER TABLE {s}.other REPLICA IDENTITY FULL;
        COMMENT ON CONSTRAINT their_key ON {s}.other IS 'x'; COMMENT ON INDEX {s}.their_key IS 'y';
        """,
        rows="INSERT INTO {t} VALUES (1, 'a', 7)",
        is_filled=False,  # which makes it a revision of its own
    ),
    _case(
        "a generated column is made anew",
        generated,
        _built("g"),
        rows="INSERT INTO {t} VALUES (1, 7)",
    ),
    _case(
        "indexes get another column",
        index,
        """
        COMMENT ON INDEX {s}.i IS 'x'; ALTER INDEX {s}.i SET (fillfactor = 44); ALTER TABLE {t} CLUSTER ON i;
        ALTER TABLE {t} REPLICA IDENTITY USING INDEX i;
        ALTER INDEX {s}.x ALTER COLUMN 1 SET STATISTICS 77;
        """,
    ),
    _case(
        "constraints are made anew",
        key,
        """
        COMMENT ON CONSTRAINT u ON {t} IS 'x'; COMMENT ON INDEX {s}.u IS 'y'; ALTER INDEX {s}.u SET (fillfactor = 44);
        COMMENT ON CONSTRAINT c ON {t} IS 'x'; ALTER TABLE {t} CLUSTER ON u;
        ALTER TABLE {t} REPLICA IDENTITY USING INDEX u;
        CREATE TABLE {s}.their_table (a int CONSTRAINT points REFERENCES {t} (a) ON DELETE CASCADE);
        COMMENT ON CONSTRAINT points ON {s}.their_table IS 'x';
        """,
    ),
    _case("a foreign key is made anew", foreign, "COMMENT ON CONSTRAINT f ON {t} IS 'x'"),
    _case(
        "a serial column becomes an identity",
        counting,
        _GRANTS.format("{s}.q_id_seq") + "COMMENT ON SEQUENCE {s}.q_id_seq IS 'x'",
    ),
    _case(
        "a publication comes to be of all tables",
        publication,
        'ALTER PUBLICATION "{tag} p" OWNER TO "{tag} dba"; COMMENT ON PUBLICATION "{tag} p" IS \'x\'',
    ),
    _case(
        "statistics are of other kinds",
        statistics,
        "COMMENT ON STATISTICS {s}.st IS 'x'; ALTER STATISTICS {s}.st SET STATISTICS 33; "
        'ALTER STATISTICS {s}.st OWNER TO "{tag} dba"',
    ),
)


@each_of(CASES)
def test_strangers(case: Case, changes: Changes) -> None:
    changes.check(case)
