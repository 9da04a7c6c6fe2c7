"""What others set on an object stays when a revision makes the object again for a reason of its own.

A DBA grants with options, comments, changes owners, sets options and builds on it; the dump of the database that is
migrated equals that of one that is built from the models, where the DBA does the same.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Enum as SAEnum

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    PGCraftNamedType,
    PublicationDefinition,
    PublishedTable,
    RangeDefinition,
    StatisticsDefinition,
    register_composite,
    register_domain,
    register_publication,
    register_range,
    register_statistics,
)
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes

ROLES = 'CREATE ROLE "{tag} dba"; CREATE ROLE "{tag} x y"; CREATE ROLE "{tag} z"; GRANT ALL ON SCHEMA {s} TO "{tag} dba", "{tag} x y"'
_GRANTS = """
GRANT ALL ON {0} TO PUBLIC; GRANT ALL ON {0} TO "{{tag}} x y" WITH GRANT OPTION;
SET ROLE "{{tag}} x y"; GRANT ALL ON {0} TO "{{tag}} z"; RESET ROLE;
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


def _view(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("b", Integer))
    m.view("SELECT id, a FROM {t}" if after else "SELECT id, a, b FROM {t}")
    m.view("SELECT id AS i, a AS j FROM {s}.v WHERE a > 1", "w")


def _materialized(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.view(f"SELECT id, a + {int(after)} AS a FROM {{t}}", "m", is_materialized=True)


def _function(m: Models, after: bool) -> None:
    m.function(
        "SELECT $1 + 1" if not after else "SELECT ($1 + 1)::bigint",
        returns="bigint" if after else "integer",
        arguments="n integer",
    )


def _procedure(m: Models, after: bool) -> None:
    m.function("SELECT 1", arguments="m integer" if after else "n integer", is_procedure=True, returns="")


def _trigger(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.trigger_function()
    m.trigger(timing="before" if after else "after")
    m.trigger(
        "again", when="NEW.a > 1", update_columns=("a",), events=("update",), is_constraint=True, deferrable=after
    )


def _policy(m: Models, after: bool) -> None:
    m.table(Column("a", Integer))
    m.policy(using="a > 1", command="update" if after else "all")


def _enum(m: Models, after: bool) -> None:
    m.table(
        Column("a", SAEnum(*(("x", "y") if after else ("x", "y", "z")), name="e", schema=m.schema), server_default="x")
    )


def _domain(m: Models, after: bool) -> None:
    register_domain(m.metadata, DomainDefinition(schema=m.schema, name="d", type="bigint" if after else "integer"))
    m.table(Column("a", PGCraftNamedType("d", schema=m.schema)))


def _composite(m: Models, after: bool) -> None:
    attributes = (("a", "bigint" if after else "integer"), ("b", "text"))
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name="c", attributes=attributes))
    m.table(Column("a", PGCraftNamedType("c", schema=m.schema)))


def _range(m: Models, after: bool) -> None:
    register_range(m.metadata, RangeDefinition(schema=m.schema, name="r", subtype="bigint" if after else "integer"))
    m.table(Column("a", PGCraftNamedType("r", schema=m.schema)))


def _column(m: Models, after: bool) -> None:
    m.table(
        Column("a", BigInteger() if after else Integer()),
        Column("t", Text),
        UniqueConstraint("a", name="u"),
        CheckConstraint("a > 0", name="c"),
    )


def _generated(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("g", Integer, Computed(f"a + {1 + after}", persisted=True)))


def _index(m: Models, after: bool) -> None:
    table = m.table(Column("a", Integer, nullable=False), Column("b", Integer, nullable=False))
    Index("i", table.c.a, *([table.c.b] if after else []), unique=True)
    Index("x", m.text("(a + 1)"), *([table.c.b] if after else []), _table=table)


def _key(m: Models, after: bool) -> None:
    m.table(
        Column("a", Integer, nullable=False),
        Column("b", Integer),
        UniqueConstraint("a", name="u", postgresql_include=["b"] if after else []),
        CheckConstraint("a >= 0" if after else "a > 0", name="c"),
    )


def _foreign(m: Models, after: bool) -> None:
    one = m.table(name="one")
    m.table(
        Column("a", Integer), ForeignKeyConstraint(["a"], [one.c.id], name="f", ondelete="CASCADE" if after else None)
    )


def _counting(m: Models, after: bool) -> None:
    m.table(Column("id", Integer, *([Identity()] if after else []), primary_key=True), key=False, name="q")


def _statistics(m: Models, after: bool) -> None:
    m.table(Column("a", Integer), Column("b", Integer))
    facts: Any = {"kinds": ("ndistinct",)} if after else {}
    register_statistics(
        m.metadata, StatisticsDefinition(schema=m.schema, name="st", table=m.name, columns=("a", "b"), **facts)
    )


def _publication(m: Models, after: bool) -> None:
    m.table()
    tables = () if after else (PublishedTable(schema=m.schema, name=m.name),)
    register_publication(m.metadata, PublicationDefinition(name=f"{m.tag} p", tables=tables, all_tables=after))


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
CREATE POLICY theirs ON {t} FOR SELECT TO "{tag} z" USING ({c} IS NOT NULL); COMMENT ON POLICY theirs ON {t} IS 'x';
CREATE STATISTICS {s}.their_statistics ON {c}, id FROM {t}; COMMENT ON STATISTICS {s}.their_statistics IS 'x';
ALTER STATISTICS {s}.their_statistics SET STATISTICS 33;
"""


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
        _view,
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
        """
        + _all("VIEW {s}.w"),
    ),
    _case(
        "a materialized view gets another query",
        _materialized,
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
        _function,
        _all("FUNCTION {s}.f(integer)")
        + """
        ALTER FUNCTION {s}.f(integer) COST 77; ALTER FUNCTION {s}.f(integer) PARALLEL SAFE;
        ALTER FUNCTION {s}.f(integer) SET search_path = 'a b', "c"; ALTER FUNCTION {s}.f(integer) SET work_mem = '7MB';
        CREATE VIEW {s}.theirs AS SELECT {s}.f(1) AS n;
        """,
    ),
    _case("a procedure calls its argument something else", _procedure, _all("PROCEDURE {s}.f(integer)")),
    _case(
        "triggers get another timing",
        _trigger,
        "COMMENT ON TRIGGER tr ON {t} IS 'x'; COMMENT ON TRIGGER again ON {t} IS 'x';"
        "ALTER TABLE {t} DISABLE TRIGGER tr; ALTER TABLE {t} ENABLE ALWAYS TRIGGER again",
    ),
    _case("a policy gets another command", _policy, "COMMENT ON POLICY p ON {t} IS 'x'"),
    _case(
        "an enum loses a value",
        _enum,
        _all("TYPE {s}.e")
        + _built("a")
        + """
        CREATE FUNCTION {s}.takes({s}.e) RETURNS {s}.e LANGUAGE sql AS 'SELECT $1';
        GRANT EXECUTE ON FUNCTION {s}.takes({s}.e) TO "{tag} z"; COMMENT ON FUNCTION {s}.takes({s}.e) IS 'x';
        """,
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    _case(
        "a domain is of another type",
        _domain,
        _all("DOMAIN {s}.d") + _built("a"),
        rows="INSERT INTO {t} VALUES (1, 7)",
    ),
    _case(
        "a composite type has an attribute of another type",
        _composite,
        _all("TYPE {s}.c") + "COMMENT ON COLUMN {s}.c.b IS 'x';" + _built("a"),
        rows="INSERT INTO {t} VALUES (1, '(1,x)')",
    ),
    _case(
        "a range type has bounds of another type",
        _range,
        _all("TYPE {s}.r") + _built("a"),
        rows="INSERT INTO {t} VALUES (1, '[1,5)')",
    ),
    _case(
        "a column gets another type",
        _column,
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
        "a generated column is made anew",
        _generated,
        _built("g"),
        rows="INSERT INTO {t} VALUES (1, 7)",
    ),
    _case(
        "indexes get another column",
        _index,
        """
        COMMENT ON INDEX {s}.i IS 'x'; ALTER INDEX {s}.i SET (fillfactor = 44); ALTER TABLE {t} CLUSTER ON i;
        ALTER TABLE {t} REPLICA IDENTITY USING INDEX i;
        ALTER INDEX {s}.x ALTER COLUMN 1 SET STATISTICS 77;
        """,
    ),
    _case(
        "constraints are made anew",
        _key,
        """
        COMMENT ON CONSTRAINT u ON {t} IS 'x'; COMMENT ON INDEX {s}.u IS 'y'; ALTER INDEX {s}.u SET (fillfactor = 44);
        COMMENT ON CONSTRAINT c ON {t} IS 'x'; ALTER TABLE {t} CLUSTER ON u;
        ALTER TABLE {t} REPLICA IDENTITY USING INDEX u;
        CREATE TABLE {s}.their_table (a int CONSTRAINT points REFERENCES {t} (a) ON DELETE CASCADE);
        COMMENT ON CONSTRAINT points ON {s}.their_table IS 'x';
        """,
    ),
    _case("a foreign key is made anew", _foreign, "COMMENT ON CONSTRAINT f ON {t} IS 'x'"),
    _case(
        "a serial column becomes an identity",
        _counting,
        _GRANTS.format("{s}.q_id_seq") + "COMMENT ON SEQUENCE {s}.q_id_seq IS 'x'",
    ),
    _case(
        "a publication comes to be of all tables",
        _publication,
        'ALTER PUBLICATION "{tag} p" OWNER TO "{tag} dba"; COMMENT ON PUBLICATION "{tag} p" IS \'x\'',
    ),
    _case(
        "statistics are of other kinds",
        _statistics,
        "COMMENT ON STATISTICS {s}.st IS 'x'; ALTER STATISTICS {s}.st SET STATISTICS 33; "
        'ALTER STATISTICS {s}.st OWNER TO "{tag} dba"',
    ),
)


@each_of(CASES)
def test_strangers(case: Case, changes: Changes) -> None:
    changes.check(case)
